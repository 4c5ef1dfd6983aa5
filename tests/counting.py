"""A model in Python of what a search finds and counts, written from the descriptions and not from the queries."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shop.products.document import Product

NAMED_PRICES: Mapping[str, tuple[int, int | None]] = {
    "budget": (0, 25),
    "affordable": (25, 100),
    "moderate": (100, 500),
    "premium": (500, 2000),
    "luxury": (2000, None),
}
WORD_FACETS = ("category", "brand", "gender", "age", "occasion", "tags", "shop_category", "currency")
ATTRIBUTES = ("color", "attr.size", "weight", "waterproof", "ports")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of one search: `values` by name (any of them), `least` and `most` by the name of a number."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    least: Mapping[str, str] = field(default_factory=dict)
    most: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return {*self.values, *self.least, *self.most}

    def parameters(self) -> list[tuple[str, str]]:
        """As query parameters."""
        pairs = [(name, value) for name, values in self.values.items() for value in values]
        pairs += [(f"min_{name}", bound) for name, bound in self.least.items()]
        return pairs + [(f"max_{name}", bound) for name, bound in self.most.items()]

    def without(self, name: str) -> "Wanted":
        """The same filters but for the one of this name."""
        return Wanted(
            {key: values for key, values in self.values.items() if key != name},
            {key: bound for key, bound in self.least.items() if key != name},
            {key: bound for key, bound in self.most.items() if key != name},
        )

    def passes(self, product: Product, *, but: str = "") -> bool:
        """Whether the product passes every filter, leaving out the one named `but`."""
        for name, values in self.values.items():
            if name != but and not any(_same(name, value, have) for value in values for have in having(product, name)):
                return False
        for name in {*self.least, *self.most} - {but}:
            low, high = self.least.get(name), self.most.get(name)
            if not any(
                (low is None or number >= Decimal(low)) and (high is None or number <= Decimal(high))
                for number in numbers(product, name)
            ):
                return False
        return True


def _same(name: str, wanted: str, have: str) -> bool:
    if name == "brand":
        return _plain(wanted) == _plain(have)
    if name in ("shop_category", "group_id", "tags", "occasion", *ATTRIBUTES):
        return _ascii_lower(wanted) == _ascii_lower(have)
    return wanted.lower() == have.lower()


def _plain(text: str) -> str:
    return text.lower().replace("é", "e").replace("ï", "i")


def _ascii_lower(text: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in text)


def having(product: Product, name: str) -> list[str]:
    """The values that a product has for a filter or facet."""
    simple: dict[str, Callable[[], Iterable[Any]]] = {
        "category": lambda: [product.category] if product.category else [],
        "brand": lambda: [product.brand] if product.brand else [],
        "gender": lambda: [product.target_gender] if product.target_gender else [],
        "age": lambda: [product.target_age] if product.target_age else [],
        "occasion": lambda: product.occasions,
        "tags": lambda: product.tags,
        "currency": lambda: [product.currency],
        "group_id": lambda: [product.parent_id or product.product_id],
        "in_stock": lambda: ["true" if product.in_stock else "false"],
        "shop_category": lambda: sorted(
            {"/".join(p.split("/")[:n]) for p in product.categories for n in range(1, p.count("/") + 2)}
        ),
        "price_range": lambda: [
            named
            for named, (low, high) in NAMED_PRICES.items()
            if low <= product.price and (high is None or product.price < high)
        ],
        "rating": lambda: [str(step) for step in (4, 3, 2, 1) if product.rating is not None and product.rating >= step],
    }
    if name in simple:
        return [str(value) for value in simple[name]()]
    value = product.specifications.get(name.removeprefix("attr."))
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [_written(item) for item in items]


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def numbers(product: Product, name: str) -> list[Decimal]:
    """The numbers that a range looks at; none where the product has none."""
    if name == "price":
        return [product.price]
    value = product.rating if name == "rating" else product.specifications.get(name)
    return [Decimal(str(value))] if isinstance(value, int | float) and not isinstance(value, bool) else []


def found_by_words(product: Product, query: str) -> bool:
    """One or two words must all be there; of more, three in four."""
    text = [product.name, product.brand, product.description, *product.tags, *product.occasions, *product.features]
    text += [path.replace("/", " ") for path in product.categories]
    text += [product.category.value.replace("_", " ")] if product.category else []
    for name, value in product.specifications.items():
        items = value if isinstance(value, list) else [value]
        text += [item for item in items if isinstance(item, str)]
        text += [name] if any(item is True for item in items) else []
    have = set(_plain(" ".join(text)).split())
    asked = query.split()
    least = len(asked) if len(asked) <= 2 else int(0.75 * len(asked))
    return sum(word in have for word in asked) >= least


def family(product: Product) -> str:
    """What variants have in common; a product without variants is a family of its own."""
    return product.parent_id or product.product_id


def facet(
    name: str, wanted: Wanted, by_words: Iterable[Product], nearest: Iterable[Product], *, grouped: bool = False
) -> dict[str, int]:
    """Counts of a facet's values: products found by words, under every filter but its own selection, united with
    the nearest (which the caller found under all filters, and under all but the facet's own). `grouped`: families
    that have such a product."""
    base = {p.product_id: p for p in by_words if wanted.passes(p, but=name)}
    base |= {p.product_id: p for p in nearest}
    if grouped:
        return dict(Counter(value for value, _ in {(v, family(p)) for p in base.values() for v in having(p, name)}))
    counts = Counter(value for product in base.values() for value in set(having(product, name)))
    return dict(counts)
