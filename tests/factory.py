"""Documents for tests: one product with readable overrides, any valid product, and whole random catalogues."""

import random
import string
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from shop.products.document import AttributeValue, Product
from shop.products.values import AgeGroup, Category, Gender

# Whole words, without plurals, possessives or accents, so that a model in Python finds what the engine finds.
WORDS = ("trail", "summit", "light", "pro", "urban", "classic", "mini", "river", "stone", "silent", "rapid", "alpine")
NOUNS = ("backpack", "jacket", "kettle", "lamp", "watch", "tent")
BRANDS = ("Northpeak", "Acme", "Café Noir", "stone works", "")
COLORS = ("Red", "red", "Blue", "Dark Green", "naïve")
SIZES = ("S", "M", "L", "XL")
WEIGHTS = (-2.5, 0.0, 0.5, 2.0, 12.0, 1200.0)
PRICES = ("0", "9.99", "19.99", "24.99", "25", "99.999", "100", "499.99", "500", "2000", "12345.5")
TAGS = ("sale", "new", "eco")
OCCASIONS = ("birthday", "Wedding")
PATHS = ("Men/Outdoor", "Women/Outdoor", "Home/Kitchen/Small", "Sale")


def product(product_id: str = "p1", **overrides: Any) -> Product:  # noqa: ANN401 - any field of a product
    """A valid product; every field but its name and price is the default unless it is given."""
    return Product.model_validate({"product_id": product_id, "name": "Trail backpack", "price": "19.99", **overrides})


class Products(list[Product]):
    """Products that do not fill the report of a failed test."""

    def __repr__(self) -> str:
        return f"<{len(self)} products>"


def catalogue(seed: int, count: int) -> Products:
    """The same `count` products for the same seed. Few words and values, so that they meet often; many fields
    missing, so that absence is met as well."""
    chance = random.Random(seed)
    return Products(_random_product(chance, f"p{i:04d}") for i in range(count))


def _random_product(chance: random.Random, product_id: str) -> Product:
    def maybe(value: Any, odds: float = 0.7) -> Any:  # noqa: ANN401
        return value if chance.random() < odds else None

    fields: dict[str, Any] = {
        "product_id": product_id,
        "name": " ".join([*chance.sample(WORDS, chance.randint(1, 3)), chance.choice(NOUNS)]).capitalize(),
        "description": " ".join(chance.choices(WORDS, k=chance.randint(0, 12))),
        "price": chance.choice(PRICES),
        "brand": chance.choice(BRANDS),
        "category": maybe(chance.choice(list(Category)[:4])),
        "categories": chance.sample(PATHS, chance.randint(0, 2)),
        "rating": maybe(chance.choice((0.0, 1.0, 2.5, 3.9, 4.0, 4.5, 5.0))),
        "review_count": chance.choice((0, 0, 3, 3, 50)),
        "tags": chance.sample(TAGS, chance.randint(0, 2)),
        "occasions": chance.sample(OCCASIONS, chance.randint(0, 1)),
        "target_gender": maybe(chance.choice(list(Gender))),
        "target_age": maybe(chance.choice(list(AgeGroup)), 0.5),
        "in_stock": chance.random() < 0.7,
        "created_at": maybe(f"20{chance.randint(10, 25)}-03-0{chance.randint(1, 9)}T12:00:00Z", 0.6),
        "parent_id": maybe(f"family{chance.randint(1, 40)}", 0.4),
        "specifications": _random_specifications(chance),
    }
    return Product.model_validate({key: value for key, value in fields.items() if value is not None})


def _random_specifications(chance: random.Random) -> dict[str, Any]:
    given: dict[str, Any] = {
        "Colour": chance.choice(COLORS),
        "size": chance.choice(SIZES),
        "weight": chance.choice(WEIGHTS),
        "waterproof": chance.random() < 0.5,
        "ports": chance.sample(("usb", "hdmi", "aux"), chance.randint(1, 3)),
    }
    return {name: value for name, value in given.items() if chance.random() < 0.7}


def attribute_values() -> st.SearchStrategy[AttributeValue]:
    """A specification's value as a feed may bring it."""
    return st.one_of(
        st.text(min_size=1, max_size=40).filter(lambda text: text.strip() != ""),
        st.booleans(),
        st.floats(allow_nan=False, allow_infinity=False),
    )


def products() -> st.SearchStrategy[Product]:
    """Any valid product, with every field drawn from all of what it may be."""
    ids = st.text(alphabet=string.ascii_letters + string.digits + "-_./é", min_size=1, max_size=30)
    words = st.lists(st.text(max_size=20), max_size=4)
    return st.builds(
        Product,
        product_id=ids,
        name=st.text(min_size=1, max_size=80).filter(lambda text: any(c.isalnum() for c in text)),
        description=st.text(max_size=200),
        price=st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=3).map(abs),
        currency=st.sampled_from(["USD", "EUR", "KWD", "JPY"]),
        brand=st.text(max_size=30),
        category=st.none() | st.sampled_from(Category),
        rating=st.none() | st.floats(0, 5),
        review_count=st.integers(0, 2**31 - 1),
        images=st.lists(st.just("https://shop.example/1.png"), max_size=2),
        specifications=st.dictionaries(
            st.text(alphabet=string.ascii_letters + " éß_.-", max_size=20),
            attribute_values() | st.lists(attribute_values(), max_size=3),
            max_size=5,
        ),
        tags=words,
        occasions=words,
        features=words,
        categories=st.lists(st.sampled_from([*PATHS, "", "a//b", " / "]), max_size=3),
        identifiers=words,
        target_gender=st.none() | st.sampled_from(Gender),
        target_age=st.none() | st.sampled_from(AgeGroup),
        in_stock=st.booleans(),
        stock_quantity=st.none() | st.integers(0, 10**6),
        created_at=st.none() | st.datetimes(),
        margin=st.none() | st.floats(0, 1),
        parent_id=st.none() | ids,
    )


def prices() -> st.SearchStrategy[Decimal]:
    """Any price that a product may have, to the thousandth."""
    return st.integers(0, 10**15 - 1).map(lambda milli: Decimal(milli) / 1000)


# One event of each type, as a shop would send it, without what all of them have.
EVENT_SAMPLES: dict[str, dict[str, Any]] = {
    "view_category": {"category": "shoes"},
    "view_product": {"product_id": "p-1", "category": "shoes", "seconds": 12.5},
    "add_to_cart": {"product_id": "p-1", "quantity": 2, "price": 19.99, "currency": "EUR"},
    "update_cart": {"product_id": "p-1", "quantity": 3},
    "remove_from_cart": {"product_id": "p-1"},
    "checkout_started": {"items": [{"product_id": "p-1", "price": 19.99}], "currency": "EUR"},
    "order_placed": {
        "order_id": "o-1",
        "items": [{"product_id": "p-1", "quantity": 2, "price": 19.99}, {"product_id": "p-2", "price": 5}],
        "currency": "EUR",
    },
    "search": {"query": "red shoes", "results": 12, "search_id": "q-1"},
    "review_submitted": {"product_id": "p-1", "rating": 4.5, "comment": "They fit."},
    "impression": {"placement": "home", "items": [{"product_id": "p-1", "position": 1, "propensity": 0.5}]},
    "recommendation_click": {"recommendation_id": "r-1", "product_id": "p-1", "position": 1},
    "search_click": {"search_id": "q-1", "product_id": "p-1", "position": 3},
    "recommendation_feedback": {"recommendation_id": "r-1", "product_id": "p-1", "verdict": "dislike"},
    "dwell": {"product_id": "p-1", "seconds": 40},
    "scroll": {"depth": 0.6, "product_id": "p-1"},
}


def event(kind: str, **overrides: Any) -> dict[str, Any]:  # noqa: ANN401
    """An event as it is sent, of an anonymous session unless told otherwise."""
    return {"type": kind, "session_id": "s-1", **EVENT_SAMPLES[kind], **overrides}
