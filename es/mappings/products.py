"""The product index: its field names, analysis and mapping.

A query and the field it needs change together: whoever asks for a field takes its name from here.

Prices are exact integers: thousandths of the currency's main unit (19.99 USD is 19990), one scale for every
ISO 4217 currency with up to three decimals, so that a range filter needs no table of exponents.

Free attributes never add a field to the mapping. Their values live in two `flattened` fields: as words
(`attributes.color = red`) and, for numbers, as strings whose order is the order of the numbers
(`attribute_numbers.weight_g`), so that ranges work too. `attribute_names` lists what a product has,
`number_names` those of them that are numbers.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from es.mappings.plurals import filters as plural_filters

SCHEMA_VERSION: Final = 2
"""2: singular and plural are one word (es/mappings/plurals.py)."""
"""Raised whenever the mapping or the stored form changes so that an older index cannot serve this code."""

KIND: Final = "products"

PRODUCT_ID: Final = "product_id"
GROUP_ID: Final = "group_id"
NAME: Final = "name"
DESCRIPTION: Final = "description"
BRAND: Final = "brand"
BRAND_KEY: Final = "brand.key"
BRAND_WORDS: Final = "brand.words"
CATEGORY: Final = "category"
SHOP_CATEGORY: Final = "category_paths"
DETAILS: Final = "details"
IDENTIFIERS: Final = "identifiers"
IDENTIFIER_WORDS: Final = "identifiers.words"
PRICE: Final = "price_milli"
CURRENCY: Final = "currency"
RATING: Final = "rating"
REVIEW_COUNT: Final = "review_count"
GENDER: Final = "target_gender"
AGE: Final = "target_age"
OCCASIONS: Final = "occasions"
TAGS: Final = "tags"
IN_STOCK: Final = "in_stock"
STOCK: Final = "stock_quantity"
CREATED_AT: Final = "created_at"
UPDATED_AT: Final = "updated_at"
MARGIN: Final = "margin"
ATTRIBUTES: Final = "attributes"
ATTRIBUTE_NUMBERS: Final = "attribute_numbers"
ATTRIBUTE_NAMES: Final = "attribute_names"
NUMBER_NAMES: Final = "number_names"
TEXT_VECTOR: Final = "text_vector"
IMAGE_VECTOR: Final = "image_vector"
CARD: Final = "card"
CHANGE_VERSIONS: Final = "change_versions"
"""Which change set which field last, for changes that come late. Stored with the product, not indexed."""


class VectorIndex(StrEnum):
    """How Elasticsearch keeps vectors for the search of neighbours (measured in docs/explain/performance.md)."""

    INT8_HNSW = "int8_hnsw"
    BBQ_HNSW = "bbq_hnsw"
    HNSW = "hnsw"
    INT8_FLAT = "int8_flat"


BBQ_OVERSAMPLE: Final = 3.0
"""Of vectors kept in one bit a dimension, so many times k are looked at again with their floats."""


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """Which model made the vectors of a field: its id and the number of dimensions."""

    model: str
    dims: int


def analysis() -> dict[str, Any]:
    """Words lower-cased, without accents, possessives and plurals.

    Stop words stay: "The Who" and "it" are things that shops sell, and BM25 weighs common words down.
    """
    plurals = plural_filters()
    return {
        "filter": {"possessive": {"type": "stemmer", "language": "possessive_english"}, **plurals},
        "analyzer": {
            "product_words": {
                "type": "custom",
                "tokenizer": "standard",
                "filter": ["possessive", "lowercase", "asciifolding", *plurals],
            }
        },
        "normalizer": {"folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
    }


def _words() -> dict[str, Any]:
    return {"type": "text", "analyzer": "product_words"}


def _vector(space: VectorSpace, index: VectorIndex) -> dict[str, Any]:
    # The type is pinned: the server's default changes with its version and the number of dimensions. A graph built from
    # 200 neighbours instead of 100 finds .97 of the true 100 nearest instead of .96 (num_candidates 200), and more of
    # those of its worst query, for some 1.7 times the time of building it.
    options: dict[str, Any] = {"type": index.value}
    if index is not VectorIndex.INT8_FLAT:
        options |= {"m": 16, "ef_construction": 200}
    if index is VectorIndex.BBQ_HNSW:
        options["rescore_vector"] = {"oversample": BBQ_OVERSAMPLE}
    return {
        "type": "dense_vector",
        "dims": space.dims,
        "index": True,
        "similarity": "dot_product",
        "index_options": options,
    }


def properties(
    text: VectorSpace | None, image: VectorSpace | None, index: VectorIndex = VectorIndex.INT8_HNSW
) -> dict[str, Any]:
    """Every field of the index. A space that is None has no field: its model was not there at the load."""
    keyword = {"type": "keyword", "ignore_above": 1024}
    fields: dict[str, Any] = {
        PRODUCT_ID: keyword,
        GROUP_ID: keyword,
        NAME: _words(),
        DESCRIPTION: _words(),
        BRAND: {
            **keyword,
            "fields": {
                "key": {"type": "keyword", "normalizer": "folded", "ignore_above": 1024},
                "words": _words(),
            },
        },
        CATEGORY: keyword,
        SHOP_CATEGORY: keyword,
        DETAILS: _words(),
        IDENTIFIERS: {
            "type": "keyword",
            "normalizer": "folded",
            "ignore_above": 256,
            "fields": {"words": _words()},
        },
        PRICE: {"type": "long"},
        CURRENCY: keyword,
        RATING: {"type": "float"},
        REVIEW_COUNT: {"type": "integer"},
        GENDER: keyword,
        AGE: keyword,
        OCCASIONS: keyword,
        TAGS: keyword,
        IN_STOCK: {"type": "boolean"},
        STOCK: {"type": "integer"},
        CREATED_AT: {"type": "date"},
        UPDATED_AT: {"type": "date"},
        MARGIN: {"type": "float"},
        ATTRIBUTES: {"type": "flattened", "depth_limit": 2, "ignore_above": 512},
        ATTRIBUTE_NUMBERS: {"type": "flattened", "depth_limit": 2},
        ATTRIBUTE_NAMES: keyword,
        NUMBER_NAMES: keyword,
        # What a result list shows, as JSON in one column of doc values: a hit is fetched without reading its stored
        # source, which costs some 25 microseconds a hit (docs/explain/performance.md).
        CARD: {"type": "binary", "doc_values": True},
    }
    if text is not None:
        fields[TEXT_VECTOR] = _vector(text, index)
    if image is not None:
        fields[IMAGE_VECTOR] = _vector(image, index)
    return fields


def definition(
    text: VectorSpace | None,
    image: VectorSpace | None,
    *,
    shards: int = 1,
    index: VectorIndex = VectorIndex.INT8_HNSW,
) -> dict[str, Any]:
    """Settings and mapping for creating a product index.

    `_meta` names the schema and the model of each vector field, so that an app with another model can tell.
    """
    models = {
        field: {"model": space.model, "dims": space.dims}
        for field, space in ((TEXT_VECTOR, text), (IMAGE_VECTOR, image))
        if space is not None
    }
    return {
        "settings": {"number_of_shards": shards, "analysis": analysis()},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION, "models": models},
            "properties": properties(text, image, index),
        },
    }
