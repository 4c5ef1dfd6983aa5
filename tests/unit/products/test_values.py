"""Laws of amounts: exact prices, and numbers whose alphabetical order is their own."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.products.document import Product
from shop.products.stored import card, category_paths, details, product_of, shown_price, stored_form
from shop.products.values import (
    HIGHEST_SORTABLE,
    LOWEST_SORTABLE,
    PriceRange,
    attribute_name,
    from_milli,
    sortable,
    to_milli,
)
from tests.factory import prices, product, products

numbers = st.floats(allow_nan=False)


@given(numbers, numbers)
def test_sortable_orders_texts_as_numbers(a: float, b: float) -> None:
    assert (sortable(a) < sortable(b)) == (a < b)
    assert (sortable(a) == sortable(b)) == (a == b)  # -0.0 and 0.0 are one number


@given(numbers)
def test_sortable_stays_within_its_ends(number: float) -> None:
    assert len(sortable(number)) == 16
    assert LOWEST_SORTABLE <= sortable(number) <= HIGHEST_SORTABLE


@pytest.mark.parametrize("number", [5e-324, -5e-324, 1.7976931348623157e308, math.inf, -math.inf, 0.1, -0.1])
def test_sortable_next_to_its_neighbours(number: float) -> None:
    below, above = math.nextafter(number, -math.inf), math.nextafter(number, math.inf)
    assert sortable(below) <= sortable(number) <= sortable(above)


@given(prices())
def test_a_price_survives_storing(price: Decimal) -> None:
    assert from_milli(to_milli(price)) == price
    assert Decimal(str(shown_price(price))) == price or price >= Decimal(10) ** 12


@given(st.decimals(0, 10**9, places=6))
def test_more_than_three_decimals_are_rounded_to_the_nearest(price: Decimal) -> None:
    assert abs(from_milli(to_milli(price)) - price) <= Decimal("0.0005")


@given(st.integers(0, 10**10))
def test_every_price_has_one_named_range(milli: int) -> None:
    within = [r for r in PriceRange if r.bounds_milli[0] <= milli and milli < (r.bounds_milli[1] or math.inf)]
    assert len(within) == 1


@given(st.text(max_size=100))
def test_an_attribute_name_is_its_own_name(raw: str) -> None:
    name = attribute_name(raw)
    assert attribute_name(name) == name
    assert len(name) <= 64
    assert "." not in name
    assert "colour" not in name


@given(products())
def test_a_product_survives_storing(given_product: Product) -> None:
    again = product_of(stored_form(given_product))
    assert again == given_product.model_copy(update={"price": from_milli(to_milli(given_product.price))})


@given(products())
def test_a_card_is_of_plain_values(given_product: Product) -> None:
    shown = card(given_product)
    assert shown["product_id"] == given_product.product_id
    assert isinstance(shown["price"], float)
    assert set(shown) == {
        "product_id", "parent_id", "name", "brand", "category", "currency", "rating", "review_count", "in_stock",
        "price", "image",
    }  # fmt: skip


@given(st.lists(st.text("ab/ ", max_size=12), max_size=4))
def test_every_path_brings_its_ancestors(paths: list[str]) -> None:
    found = category_paths(paths)
    assert len(found) == len(set(found))
    assert all(path.rpartition("/")[0] in found for path in found if "/" in path)


@pytest.mark.parametrize(
    ("price", "named"),
    [("0", "budget"), ("24.999", "budget"), ("25", "affordable"), ("99.99", "affordable"), ("100", "moderate"),
     ("499.999", "moderate"), ("500", "premium"), ("1999.99", "premium"), ("2000", "luxury")],
)  # fmt: skip
def test_named_ranges_end_where_they_say(price: str, named: str) -> None:
    milli = to_milli(product(price=price).price)
    low, high = PriceRange(named).bounds_milli
    assert low <= milli
    assert high is None or milli < high


@pytest.mark.parametrize(
    ("product_id", "searched"),
    [
        ("BN1004", True), ("MH01", True), ("30571-B", True), ("15970", True), ("AB-12345", True),
        ("summit-trail-45l-green", False), ("12", False), ("lamp", False),
        ("6579c22f-be2b-444c-a52b-0116dd82df6c", False),
    ],
)  # fmt: skip
def test_a_code_that_is_typed_off_an_invoice_finds_its_product(product_id: str, searched: bool) -> None:
    assert (product_id in details(product(product_id))) is searched
