"""Requests of a suggestion: its products, and whether each completion still leads to any. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from app.suggest.completions import Completions, Reading, Typed
from es.mappings import products as fields
from shop.lexicon.phrases import Phrase

Clause = dict[str, Any]

# Where a completed query has to find all its words, as a search does.
_SEARCHED: Final = (fields.NAME, fields.BRAND_WORDS, fields.DESCRIPTION, fields.IDENTIFIER_WORDS, fields.DETAILS)
_MATCHED: Final = ((fields.NAME, 3.0), (fields.BRAND_WORDS, 2.0), (fields.DETAILS, 1.0))
# Whole words count more than begun ones, and words as they were typed more than what they may stand for.
_BEGUN: Final = 0.8
_MISTAKEN: Final = 0.5
_IDENTIFIER: Final = 20.0
_IDENTIFIER_FROM: Final = 3
_LONGEST_IDENTIFIER: Final = 256


def product_body(given: Typed, completions: Completions, visible: Sequence[Clause], size: int) -> dict[str, Any]:
    """Products that have every word, the last one perhaps only begun; one of each family; popular ones and those in
    stock first. `visible`: filters that every product must pass to be shown."""
    last = len(given.words) - 1
    every = [
        _any(
            clause
            for reading in readings
            for clause in _clauses(reading, begun=given.open and place == last and reading.mistakes == 0)
        )
        for place, readings in enumerate(completions.readings)
    ]
    either: list[Clause] = [{"bool": {"must": every}}]
    if _IDENTIFIER_FROM <= len(given.text) <= _LONGEST_IDENTIFIER and any(c.isdigit() for c in given.text):
        begun = {fields.IDENTIFIERS: {"value": given.text, "case_insensitive": True}}
        either.append(_constant({"prefix": begun}, _IDENTIFIER))
    found = {"bool": {"must": [_any(either)], "filter": list(visible)}}
    popular = {"field_value_factor": {"field": fields.REVIEW_COUNT, "modifier": "log1p", "missing": 0}}
    there = {"filter": {"term": {fields.IN_STOCK: True}}, "weight": 1.0}
    return {
        "stored_fields": "_none_",
        "docvalue_fields": [fields.CARD],
        "track_total_hits": False,
        "size": size,
        "query": {
            "function_score": {
                "query": found, "functions": [popular, there], "score_mode": "sum", "boost_mode": "sum",
            }
        },
        "sort": [{"_score": "desc"}, {fields.PRODUCT_ID: "asc"}],
        "collapse": {"field": fields.GROUP_ID},
    }  # fmt: skip


def _clauses(reading: Reading, *, begun: bool) -> list[Clause]:
    rate = _MISTAKEN if reading.mistakes else 1.0
    found = [_constant({"match": {field: reading.word}}, rate * weight) for field, weight in _MATCHED]
    if begun:
        found += [
            _constant({"prefix": {field: {"value": reading.word}}}, _BEGUN * weight)
            for field, weight in _MATCHED
            # So many words begin with two letters that their attributes say nothing.
            if field != fields.DETAILS or len(reading.word) > 2
        ]
    return found


def _constant(query: Clause, boost: float) -> Clause:
    return {"constant_score": {"filter": query, "boost": boost}}


def _any(clauses: Any) -> Clause:  # noqa: ANN401 - any iterable of clauses
    listed = list(clauses)
    return listed[0] if len(listed) == 1 else {"dis_max": {"queries": listed}}


def query_check(phrase: Phrase, visible: Sequence[Clause]) -> dict[str, Any]:
    """Whether a product is found by every word of the query; looks no further than the first."""
    every = {"combined_fields": {"query": phrase.text, "fields": list(_SEARCHED), "operator": "and"}}
    return _exists([every, *visible])


def category_check(phrase: Phrase, visible: Sequence[Clause]) -> dict[str, Any]:
    """Whether a product is in the category, the shop's own or one of the ten."""
    either = [{"term": {fields.SHOP_CATEGORY: phrase.value}}, {"term": {fields.CATEGORY: phrase.value}}]
    return _exists([{"bool": {"should": either}}, *visible])


def brand_check(phrase: Phrase, visible: Sequence[Clause]) -> dict[str, Any]:
    """Whether a product is of the brand."""
    return _exists([{"term": {fields.BRAND: phrase.value}}, *visible])


def _exists(filters: Sequence[Clause]) -> dict[str, Any]:
    return {
        "size": 0,
        "terminate_after": 1,
        "track_total_hits": 1,
        "query": {"bool": {"filter": list(filters)}},
    }


def exists(answer: dict[str, Any]) -> bool:
    """What a check found."""
    return bool(answer["hits"]["total"]["value"])
