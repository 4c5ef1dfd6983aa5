"""What a shopper says of a whole list: what counts as a verdict, and how records answer a taste."""

import pytest

from app.chat.context import Context, ShownProduct, Told
from app.chat.reading.tastes import Taste, base_of, pattern, taste_of
from app.chat.reading.verdicts import judged, verdict_of
from app.chat.tools.leaning import leaning

LAMPS = Context(
    about="lamps", shown=(ShownProduct("a", "Desk Lamp", 10, "USD"), ShownProduct("b", "Floor Lamp", 20, "USD"))
)


def kind(word: str) -> bool:
    return word in ("bulbs", "leather")


@pytest.mark.parametrize(
    ("message", "rest", "said"),
    [
        ("nothing here speaks to me", "", ""),
        ("none of them really", "", ""),
        ("she already has like ten of those, what else?", "", ""),
        ("not what i was hoping for", "", ""),
        ("they all look the same", "", ""),
        ("kinda dull. got one in yellow?", "got one in yellow?", "less dull"),
        ("way too formal for my brother", "", "less formal"),
        ("not so frilly pls", "", "not so frilly"),
        ("a bit sturdier maybe", "", "sturdier"),
        ("too much glitter", "", "less glitter"),
        ("she doesn't like the colours", "", ""),
        ("too fussy even for her", "", "less fussy"),
        ("bolder prints please", "", "bolder"),
        ("something less gloomy than that", "", "less gloomy"),
    ],
)
def test_a_verdict_is_told_from_the_wish_beside_it(message: str, rest: str, said: str) -> None:
    found = verdict_of(message, LAMPS, kind)
    assert found is not None
    assert (found.rest, found.taste.said) == (rest, said)


@pytest.mark.parametrize(
    "message",
    [
        "small",
        "in red",
        "no leather",
        "which one is brighter",
        "too expensive",
        "perfect",
        "too late",
        "is it sturdy?",
        "it's for my mom",
        "all good",
        "the second one is nice",
        "with a switch",
        "something warm",
        "so pretty",
    ],
)
def test_what_is_no_verdict(message: str) -> None:
    assert verdict_of(message, LAMPS, kind) is None


@pytest.mark.parametrize("word", ["ha", "so ", "hm", "no ", "really ", "too ", "all of these "])
def test_a_long_message_is_read_as_quickly(word: str) -> None:
    """With two ways to read what is repeated this would not end."""
    assert verdict_of(f"{word * 300}x y z", LAMPS, kind) is None


def test_there_is_no_verdict_before_something_was_shown() -> None:
    assert verdict_of("too boring", Context(about="lamps"), kind) is None


def test_the_whole_list_is_passed_over_or_the_one_talked_of() -> None:
    of_list, of_one = (verdict_of(message, LAMPS, kind) for message in ("these are too dull", "it is too dull"))
    assert of_list is not None
    assert of_one is not None
    talked = Context(about="lamps", shown=LAMPS.shown, focus="b")
    assert judged(Told(), of_list, talked).passed == ("a", "b")
    assert judged(Told(), of_one, talked).passed == ("b",)
    assert judged(Told(about="sofa"), of_list, talked).passed == ()


@pytest.mark.parametrize(
    ("word", "plain"), [("fancier", "fancy"), ("simpler", "simple"), ("bigger", "big"), ("oaken", ""), ("bold", "bold")]
)
def test_the_plain_word_of_one_that_compares(word: str, plain: str) -> None:
    assert base_of(word) == plain


def test_less_of_something_is_its_other_end() -> None:
    less, more = taste_of("boring", less=True, said=""), taste_of("boring", less=False, said="")
    assert (less.toward, less.away) == (more.away, more.toward)
    assert taste_of("zigzag", less=True, said="") == Taste("", (), ("zigzag*",))


def test_words_are_whole_unless_they_are_beginnings() -> None:
    assert pattern(["bold", "print*"]).findall("bolder, Bold and printed") == ["Bold", "printed"]
    assert pattern([]).search("anything") is None


def _lamp(product_id: str, description: str, parent: str | None = None) -> dict[str, object]:
    return {"product_id": product_id, "parent_id": parent, "name": "Lamp", "description": description}


def test_records_that_speak_of_the_taste_come_first() -> None:
    lamps = [_lamp("plain", "A plain lamp."), _lamp("none", "A lamp."), _lamp("bold", "A bold, bright lamp.")]
    taste = Taste("less boring", ("bold", "bright"), ("plain",))
    found, told = leaning(lamps, taste, (), 5)
    assert [one["product_id"] for one in found] == ["bold", "none"]
    assert told == "“Less boring”: first come those whose descriptions say “bold” or “bright”."
    found, told = leaning(lamps[:2], taste, (), 5)
    assert [one["product_id"] for one in found] == ["none"]
    assert told.endswith("whether the rest is “less boring”, the shop's data does not say.")
    assert leaning(lamps[:1], taste, (), 5)[0] == lamps[:1]


def test_another_variant_of_what_was_shown_counts_where_it_is_nearer() -> None:
    lamps = [_lamp("a2", "A lamp.", "a"), _lamp("a3", "A bold lamp.", "a"), _lamp("a4", "A bold lamp.", "a")]
    found, _ = leaning(lamps, Taste("bolder", ("bold",), ()), {"a2", "a3", "a4"}, 5)
    assert [one["product_id"] for one in found] == ["a3"]


def test_no_word_is_told_that_a_record_does_not_have() -> None:
    sport = {**_lamp("sport", "A sport lamp."), "target_gender": "female"}
    rosy, other = {**_lamp("rosy", "A lamp with roses."), "target_gender": "female"}, _lamp("other", "A lamp.")
    more, less = (taste_of("girly", less=less, said="so") for less in (False, True))
    found, told = leaning([sport, other, rosy], more, (), 5)
    assert [one["product_id"] for one in found] == ["rosy", "sport", "other"]
    assert told == "“So”: first come those whose descriptions say “roses”."
    assert leaning([sport, other], more, (), 5)[1] == "Whether any of these is “so”, the shop's data does not say."
    found, told = leaning([sport, other, rosy], less, (), 5)
    assert [one["product_id"] for one in found] == ["sport", "other"]
    assert told.startswith("I left out those whose descriptions say “roses”;")
