"""The words of a catalogue: its brands, categories, attribute values, currencies, and a sample of its products.

What a shopper's words may mean is read from here, never from a list in code. Everything is bounded, whatever the
size of the catalogue: the commonest names and values, and a random sample of the products.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from es.mappings import products as fields
from shop.products.document import Product
from shop.products.reader import CatalogueFacts, ProductReader
from shop.products.stored import attribute_text, category_paths
from shop.products.values import to_milli

MAX_BRANDS: Final = 50_000
MAX_SHOP_CATEGORIES: Final = 10_000
MAX_ATTRIBUTES: Final = 200
MAX_VALUES: Final = 500
MAX_OCCASIONS: Final = 500
MAX_VALUE_LENGTH: Final = 60
SAMPLE: Final = 5_000

_ATTRIBUTES_A_REQUEST: Final = 30
_PRODUCTS_A_REQUEST: Final = 1_000
# Ids one after the other have neighbouring hash codes in Java: multiplied they fall far apart, but evenly only once the
# upper bits are mixed into the lower ones and multiplied again (so do the finalisers of Mueller and of Appleby).
_DRAW: Final = {
    "source": f"int h = doc['{fields.PRODUCT_ID}'].value.hashCode() * -1640531535; "
    "h ^= h >>> 15; return (h * -2048144777) & 0x7fffffff"
}
_SAMPLED: Final = (
    fields.NAME,
    fields.BRAND,
    fields.CATEGORY,
    fields.SHOP_CATEGORY,
    fields.GENDER,
    fields.AGE,
    fields.OCCASIONS,
    fields.TAGS,
    fields.RATING,
    fields.PRICE,
    fields.ATTRIBUTES,
)


@dataclass(frozen=True, slots=True)
class Described:
    """A product as far as its words go. `paths` holds each category path with its ancestors; values of attributes
    are texts, as they are filtered by; the price is in thousandths of the main unit."""

    name: str
    price_milli: int
    brand: str = ""
    category: str = ""
    paths: tuple[str, ...] = ()
    gender: str = ""
    age: str = ""
    occasions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rated: bool = False
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one generation of a catalogue; every mapping goes from a spelling to how many products have it."""

    index: str = ""
    products: int = 0
    brands: Mapping[str, int] = field(default_factory=dict)
    shop_categories: Mapping[str, int] = field(default_factory=dict)
    occasions: Mapping[str, int] = field(default_factory=dict)
    currencies: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, int] = field(default_factory=dict)
    number_attributes: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Values of each attribute, the commonest ones."""
    sample: tuple[Described, ...] = ()


def vocabulary_of(products: Iterable[Product], index: str = "") -> Vocabulary:
    """The vocabulary of products at hand, all of them its sample. For a live index: `read_vocabulary`."""
    listed = list(products)
    sample = tuple(_described(product) for product in listed)
    numbers = {
        name
        for product in listed
        for name, value in product.specifications.items()
        if any(isinstance(v, int | float) and not isinstance(v, bool) for v in _items(value))
    }
    values: dict[str, Counter[str]] = {}
    for one in sample:
        for name, found in one.attributes.items():
            values.setdefault(name, Counter()).update(set(found))
    return Vocabulary(
        index=index,
        products=len(listed),
        brands=Counter(one.brand for one in sample if one.brand),
        shop_categories=Counter(path for one in sample for path in one.paths),
        occasions=Counter(occasion for one in sample for occasion in one.occasions),
        currencies=Counter(product.currency for product in listed),
        attributes=Counter(name for one in sample for name in one.attributes),
        number_attributes=frozenset(numbers),
        values=values,
        sample=sample,
    )


async def read_vocabulary(reader: ProductReader, facts: CatalogueFacts, *, deadline_s: float) -> Vocabulary:
    """The vocabulary of the live index. `deadline_s` holds for each of its requests; raises as the reader does."""
    counted = await reader.search(
        {
            "size": 0,
            "aggs": {
                "brands": _terms(fields.BRAND, MAX_BRANDS),
                "shop_categories": _terms(fields.SHOP_CATEGORY, MAX_SHOP_CATEGORIES),
                "occasions": _terms(fields.OCCASIONS, MAX_OCCASIONS),
                "currencies": _terms(fields.CURRENCY, 50),
            },
        },
        deadline_s=deadline_s,
    )
    found = counted["aggregations"]
    names = list(facts.attributes)[:MAX_ATTRIBUTES]
    values: dict[str, Mapping[str, int]] = {}
    for start in range(0, len(names), _ATTRIBUTES_A_REQUEST):
        values |= await _attribute_values(reader, names[start : start + _ATTRIBUTES_A_REQUEST], deadline_s)
    return Vocabulary(
        index=facts.index,
        products=facts.products,
        brands=_counts(found["brands"]),
        shop_categories=_counts(found["shop_categories"]),
        occasions=_counts(found["occasions"]),
        currencies=_counts(found["currencies"]),
        attributes={name: facts.attributes[name] for name in names},
        number_attributes=facts.number_attributes,
        values=values,
        sample=await _sample(reader, frozenset(names), deadline_s),
    )


async def _attribute_values(reader: ProductReader, names: list[str], deadline_s: float) -> dict[str, Mapping[str, int]]:
    aggregations = {f"a{i}": _terms(f"{fields.ATTRIBUTES}.{name}", MAX_VALUES) for i, name in enumerate(names)}
    answer = await reader.search({"size": 0, "aggs": aggregations}, deadline_s=deadline_s)
    return {name: _counts(answer["aggregations"][f"a{i}"]) for i, name in enumerate(names)}


async def _sample(reader: ProductReader, names: frozenset[str], deadline_s: float) -> tuple[Described, ...]:
    """Products drawn by chance, by their ids: the same ones however often and in whatever order they are loaded, so
    that a search understands the same words after a reload. (`random_score` draws anew with each index.)"""
    body: dict[str, Any] = {
        "size": _PRODUCTS_A_REQUEST,
        "_source": list(_SAMPLED),
        "query": {"match_all": {}},
        "sort": [{"_script": {"type": "number", "script": _DRAW, "order": "asc"}}, {fields.PRODUCT_ID: "asc"}],
        "track_total_hits": False,
    }
    drawn: list[Described] = []
    while len(drawn) < SAMPLE:
        hits = (await reader.search(body, deadline_s=deadline_s))["hits"]["hits"]
        drawn += [_read(hit["_source"], names) for hit in hits]
        if len(hits) < _PRODUCTS_A_REQUEST:
            break
        body = {**body, "search_after": hits[-1]["sort"]}
        # Or one page would be there until the next one has been read.
        del hits
    return tuple(drawn)


def _terms(field_name: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": field_name, "size": size}}


def _counts(aggregation: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in aggregation["buckets"]}


def _read(source: Mapping[str, Any], names: frozenset[str]) -> Described:
    attributes = source.get(fields.ATTRIBUTES, {})
    return Described(
        name=source[fields.NAME],
        price_milli=source[fields.PRICE],
        brand=source.get(fields.BRAND, ""),
        category=source.get(fields.CATEGORY, ""),
        paths=tuple(source.get(fields.SHOP_CATEGORY, ())),
        gender=source.get(fields.GENDER, ""),
        age=source.get(fields.AGE, ""),
        occasions=tuple(source.get(fields.OCCASIONS, ())),
        tags=tuple(source.get(fields.TAGS, ())),
        rated=source.get(fields.RATING) is not None,
        attributes={name: tuple(values) for name, values in attributes.items() if name in names},
    )


def _described(product: Product) -> Described:
    return Described(
        name=product.name,
        price_milli=to_milli(product.price),
        brand=product.brand,
        category=product.category or "",
        paths=tuple(category_paths(product.categories)),
        gender=product.target_gender or "",
        age=product.target_age or "",
        occasions=tuple(product.occasions),
        tags=tuple(product.tags),
        rated=product.rating is not None,
        attributes={
            name: tuple(attribute_text(item) for item in _items(value))
            for name, value in product.specifications.items()
        },
    )


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
