"""Counting families in many facets at once takes no more of the server's memory than is meant."""

import math
from collections.abc import Iterator
from typing import Any

import pytest

from app.search import facets

MEGABYTE = 1024 * 1024


def counts(body: Any, buckets: int = 1) -> Iterator[tuple[int, int]]:  # noqa: ANN401 - a body of any shape
    """Of every count of families: in how many buckets, with which threshold."""
    if isinstance(body, dict):
        own = body.get("terms", {}).get("size", 1) if isinstance(body.get("terms"), dict) else 1
        if "cardinality" in body:
            yield buckets, body["cardinality"]["precision_threshold"]
        for name, part in body.items():
            yield from counts(part, buckets * own if name == "aggs" else buckets)


def bytes_of(threshold: int) -> int:
    """As HyperLogLogPlusPlus.precisionFromThreshold of Elasticsearch has it."""
    return int(2 ** min(18, (4 * math.ceil(threshold / 0.75)).bit_length()))


@pytest.mark.parametrize(("names", "size"), [(1, 10), (2, 100), (24, 10), (24, 30), (40, 100)])
def test_the_memory_of_counts_is_bounded(names: int, size: int) -> None:
    body = facets.aggregations([f"a{n}" for n in range(names)], {}, size, {}, grouped=True, having=True)
    found = list(counts(body))
    assert len(found) == 2 * names
    # The buckets of "having" come beside those that the bound is made for: one a facet.
    beside = max(bytes_of(threshold) for _, threshold in found) * names
    assert sum(buckets * bytes_of(threshold) for buckets, threshold in found) <= 32 * MEGABYTE + beside
    assert min(threshold for _, threshold in found) >= 500


def test_few_counts_are_as_exact_as_can_be() -> None:
    body = facets.aggregations(["brand"], {}, 10, {}, grouped=True)
    assert [threshold for _, threshold in counts(body)] == [40_000]


def test_values_are_shown_by_families_and_not_by_products() -> None:
    buckets = [
        {"key": "many products", "doc_count": 90, facets.FAMILIES: {"value": 2}},
        {"key": "b", "doc_count": 9, facets.FAMILIES: {"value": 5}},
        {"key": "a", "doc_count": 5, facets.FAMILIES: {"value": 5}},
    ]
    shown, others = facets.in_order(buckets, 2)
    assert [bucket["key"] for bucket in shown] == ["a", "b"]
    assert others == 2
