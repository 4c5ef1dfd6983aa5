"""shopscout-lite must not fall below what was measured when it was made (embed/weights/shopscout-lite/README.md)."""

from collections.abc import Callable

import pytest

from embed.base import ImageEmbedder
from embed.lite import LiteEmbedder
from embed.load import LITE, model_folder
from evaluate.errors import DataMissing
from evaluate.pictures import data
from evaluate.pictures.measure import Row, class_rows, demo_rows, fashion_rows, name_rows
from evaluate.settings import EvaluateSettings


@pytest.fixture(scope="module")
def lite() -> ImageEmbedder:
    return LiteEmbedder(model_folder(LITE))


def means(rows: Callable[[], list[Row]]) -> dict[str, float]:
    try:
        return {row.name: row.value for row in rows()}
    except DataMissing as missing:
        pytest.skip(str(missing))


def test_sixty_queries_find_the_demos_pictures(lite: ImageEmbedder) -> None:
    found = means(lambda: demo_rows(lite, data.demo()))

    assert found["demo, 60 queries, P@5"] >= 0.97


def test_fashion_is_found_by_words_and_by_pictures(lite: ImageEmbedder) -> None:
    folder = EvaluateSettings().data
    floors = {
        "type, P@10 (types with 5 pictures or more)": 0.9,
        "type, P@10 (types with 10 pictures or more)": 0.95,
        "colour + type, P@10 (pairs with 5 pictures or more)": 0.765,
        "own name, R@10": 0.79,
        "picture to picture, P@10, type": 0.75,
        "picture to picture, P@10, type + colour + gender": 0.31,
    }

    found = means(lambda: fashion_rows(lite, data.validation(folder), ()))

    assert {name: found[name] for name, floor in floors.items() if found[name] < floor} == {}


def test_pictures_of_other_shops_and_of_phones_are_found(lite: ImageEmbedder) -> None:
    folder = EvaluateSettings().data
    floors = {"eshop names, R@10": 0.59, "clothing-small, P@10": 0.65, "clothing-small, nearest class right": 0.56}

    found = means(lambda: name_rows(lite, data.outdoor_shop(folder)) + class_rows(lite, data.phone_photos(folder)))

    assert {name: found[name] for name, floor in floors.items() if found[name] < floor} == {}
