"""Words beside a picture or a liked product."""

import pytest

from app.search.example import without_pointing
from app.search.query import build


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("this but blue", "blue"),
        ("something like this but in red", "in red"),
        ("the same, cheaper", "cheaper"),
        ("similar", ""),
        ("blue like the sky", "blue like the sky"),
        ("for men", "for men"),
        ("", ""),
    ],
)
def test_words_that_only_point_are_left_out(said: str, left: str) -> None:
    assert without_pointing(said) == left


def test_they_are_left_out_beside_an_example_alone() -> None:
    assert build({"q": "this but blue", "like": ["p1"]}, {}, None).text == "blue"
    assert build({"q": "this but blue"}, {}, None).text == "this but blue"
