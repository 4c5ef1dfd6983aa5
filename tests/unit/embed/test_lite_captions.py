"""What is said of a training picture, and of which other pictures it is true."""

import numpy as np
import pytest

from embed.training.lite.captions import CaptionTable, captions
from embed.training.lite.data import Item, phrases, singular


def item(kind: str = "shirts", color: str = "blue", gender: str = "men", name: str = "Acme Shirt") -> Item:
    return Item("fashion", f"{kind}-{color}", bytes, phrases(kind), name, color, gender, ("topwear",))


@pytest.mark.parametrize(
    ("plural", "one"),
    [("shirts", "shirt"), ("dresses", "dress"), ("watches", "watch"), ("track pants", "track pants"), ("ties", "tie")],
)
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_a_type_of_two_words_is_written_in_its_parts_too() -> None:
    assert phrases("Perfume and Body Mist") == ("perfume and body mist", "perfume", "body mist")


def test_weights_add_up_to_one() -> None:
    for described in (item(), item(color=""), item(gender=""), item(name="")):
        assert sum(weight for _, weight in captions(described)) == pytest.approx(1)


def test_grey_is_spelled_both_ways() -> None:
    texts = {caption.text for caption, _ in captions(item(color="grey"))}

    assert {"grey shirts", "gray shirts"} <= texts


def test_a_caption_is_true_of_every_picture_that_it_describes() -> None:
    items = [item(), item(gender="women", name="Other Shirt"), item(color="red"), item(kind="shorts")]
    table = CaptionTable(items)
    said = {caption.text: place for place, caption in enumerate(table.captions)}
    everything = np.arange(len(items))

    def true(text: str) -> list[bool]:
        found: list[bool] = table.true_of(np.array([said[text]]), everything)[0].tolist()
        return found

    assert true("shirt") == [True, True, True, False]
    assert true("blue shirt") == [True, True, False, False]
    assert true("men blue shirt") == [True, False, False, False]
    assert true("Other Shirt") == [False, True, False, False]
    assert true("topwear") == [True, True, True, True]


def test_what_is_unknown_of_a_picture_is_not_true_of_it() -> None:
    items = [item(), item(color="", gender="")]
    table = CaptionTable(items)
    place = next(place for place, caption in enumerate(table.captions) if caption.text == "blue shirt")

    assert table.true_of(np.array([place]), np.arange(2)).tolist() == [[True, False]]


def test_every_drawn_caption_is_true_of_its_own_picture() -> None:
    items = [item(color=color, gender=gender) for color in ("red", "", "grey") for gender in ("men", "women", "")]
    table = CaptionTable(items)
    places = np.random.default_rng(0).integers(0, len(items), 500)

    drawn = table.draw(places, np.random.default_rng(1))

    assert table.true_of(drawn, places).diagonal().all()
    assert len({table.captions[place].text for place in drawn}) > 10
