"""Stock told in a sentence: of sizes and colours, of what is out of stock, and when it is back."""

from decimal import Decimal
from typing import Any

import pytest

from app.chat.tools.stock import stock_words
from shop.inventory.stock import StockItem


def item(item_id: str, available: bool, quantity: int | None = None, **options: str) -> StockItem:
    return StockItem(item_id, "tee", "Plain tee", Decimal("20"), "USD", available, quantity, options)


FAMILY = (
    item("tee-s", True, 3, size="S", color="red"),
    item("tee-m", False, 0, size="M", color="red"),
    item("tee-l", True, 40, size="L", color="blue"),
)


def product(item_id: str = "tee-s", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"product_id": item_id, "name": "Plain tee", "in_stock": True, **more}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("is it in stock?", "Plain tee is in stock, 3 left."),
        (
            "is the tee in stock in size M?",
            "Plain tee in size M is out of stock at the moment. In S and L there is some.",
        ),
        ("is it available in L", "Plain tee in size L is in stock."),
        ("do you have it in size l?", "Plain tee in size L is in stock."),
        ("does it come in blue?", "Plain tee in blue is in stock."),
        ("does it come in red in size L?", "There is no Plain tee in size L and red. In S and L there is some."),
        ("is it in stock in size XXL?", "Plain tee does not come in size XXL; it comes in S, M and L."),
        ("does it come in white?", "Plain tee does not come in white; it comes in red and blue."),
        ("I'm asking: is it in stock", "Plain tee is in stock, 3 left."),
    ],
)
def test_options_are_read_from_what_is_said(said: str, told: str) -> None:
    assert stock_words(product(), FAMILY, said) == told


def test_when_it_is_back_is_told_only_where_the_data_says_it() -> None:
    sold_out = (item("tee-m", False, 0),)
    unknown = stock_words(product("tee-m"), sold_out, "when is it back in stock?")
    assert unknown == ("Plain tee is out of stock at the moment. When it will be back, the shop's data does not say.")
    known = product("tee-m", specifications={"restock_date": "in the first week of March"})
    assert stock_words(known, sold_out, "when will it be available again?").endswith(
        "It is expected in the first week of March."
    )
    assert stock_words(product("tee-m"), sold_out, "is it in stock?") == "Plain tee is out of stock at the moment."


def test_other_variants_are_offered_for_one_that_is_out_of_stock() -> None:
    told = stock_words(product("tee-m"), FAMILY, "is it in stock?")
    assert told == "Plain tee is out of stock at the moment. There is some of it as S red or L blue."
