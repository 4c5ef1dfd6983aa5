"""Which products a message points at."""

import pytest

from app.chat.context import Context, ShownProduct
from app.chat.reading.references import pointed_at

SHOWN = (
    ShownProduct("a", "Kestrel Summit Trail Backpack, 30 L", 89.9, "USD"),
    ShownProduct("b", "Vandrelo Strand Daypack", 34.5, "USD"),
    ShownProduct("c", "Harbrook Transit Laptop Backpack", 79.0, "USD"),
)
CONTEXT = Context(shown=SHOWN, focus="c")


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("tell me about the second one", "b"),
        ("the 3rd", "c"),
        ("number 1 please", "a"),
        ("compare the first and the third", "ac"),
        ("compare the first two", "ab"),
        ("the cheaper one", "b"),
        ("which is the cheapest of these?", "b"),
        ("the most expensive one", "a"),
        ("and its battery life?", "c"),
        ("is it waterproof", "c"),
        ("compare both", "ab"),
        ("compare them", "abc"),
        ("what about the Vandrelo daypack", "b"),
        ("does the laptop one fit 15 inch? I mean the Transit laptop backpack", "c"),
        ("the last one", "c"),
        ("something for my dad", ""),
        ("show me cheaper backpacks", ""),
    ],
)
def test_pointing(message: str, meant: str) -> None:
    assert [product.product_id for product in pointed_at(message, CONTEXT).products] == list(meant)


@pytest.mark.parametrize(
    ("message", "shown", "problem"),
    [
        ("the fourth one", SHOWN, "3 products, so there is no number 4"),
        ("the third one", SHOWN[:2], "2 products, so there is no number 3"),
        ("the second one", SHOWN[:1], "one product, so there is no number 2"),
        ("the second one", (), "not shown you any products"),
    ],
)
def test_pointing_at_nothing_is_told(message: str, shown: tuple[ShownProduct, ...], problem: str) -> None:
    pointed = pointed_at(message, Context(shown=shown))
    assert pointed.products == ()
    assert problem in pointed.problem
