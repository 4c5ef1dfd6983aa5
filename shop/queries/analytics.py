"""Figures of the query log: what is asked of Elasticsearch for them, and how its answer is read. Pure.

The formulas stand in docs/reference/search-analytics.md. Counted are searches with words, their first page, whose
typing was done; the rest of a walk through pages is the same search.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from es.mappings import queries as fields

CLICKS_AT: Final = (1, 3, 10)
# One shard counts exactly; over several indices a shard must tell more than is shown.
_SHARD_SIZE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Period:
    """From `start`, included, to `end`, which is not."""

    start: datetime
    end: datetime

    @property
    def clause(self) -> dict[str, Any]:
        bounds = {"gte": self.start.isoformat(), "lt": self.end.isoformat()}
        return {"range": {fields.TIME: {**bounds, "format": "strict_date_optional_time"}}}


def counted(period: Period) -> dict[str, Any]:
    """The searches that count."""
    return {
        "bool": {
            "filter": [
                period.clause,
                {"exists": {"field": fields.TEXT}},
                {"term": {fields.FIRST_POSITION: 1}},
                {"term": {fields.TYPING: False}},
            ]
        }
    }


_NOTHING: Final = {"term": {fields.TOTAL: 0}}
_SOMETHING: Final = {"range": {fields.TOTAL: {"gt": 0}}}


def _clicks() -> dict[str, Any]:
    """Of the searches that found something: how many were clicked, down to which position, and the mean of 1 / the
    first of these positions."""
    inner: dict[str, Any] = {
        "rank": {"avg": {"field": fields.RECIPROCAL_RANK, "missing": 0}},
        "rank_clicked": {"avg": {"field": fields.RECIPROCAL_RANK}},
    }
    for k in CLICKS_AT:
        inner[f"at_{k}"] = {"filter": {"range": {fields.BEST_CLICK: {"lte": k}}}}
    return {"filter": _SOMETHING, "aggs": inner}


def report_body(period: Period, size: int) -> dict[str, Any]:
    """The `_search` body of everything but reformulations; `size`: queries a list."""
    of_one = {"nothing": {"filter": _NOTHING}, "found": _clicks(), "mean_total": {"avg": {"field": fields.TOTAL}}}
    return {
        "size": 0,
        "track_total_hits": True,
        "query": period.clause,
        "aggs": {
            "browsing": {"filter": {"bool": {"must_not": {"exists": {"field": fields.TEXT}}}}},
            "typing": {"filter": {"term": {fields.TYPING: True}}},
            "degraded": {"filter": {"exists": {"field": fields.DEGRADED}}},
            "took": {"avg": {"field": fields.TOOK_MS}},
            "took_at": {"percentiles": {"field": fields.TOOK_MS, "percents": [50, 95, 99]}},
            "counted": {
                "filter": counted(period),
                "aggs": {
                    "nothing": {
                        "filter": _NOTHING,
                        "aggs": {"queries": {"terms": {"field": fields.TEXT, **_listed(size)}}},
                    },
                    "found": _clicks(),
                    "distinct": {"cardinality": {"field": fields.TEXT, "precision_threshold": 10_000}},
                    "queries": {"terms": {"field": fields.TEXT, **_listed(size)}, "aggs": of_one},
                },
            },
        },
    }


def _listed(size: int) -> dict[str, Any]:
    return {"size": size, "shard_size": max(size, _SHARD_SIZE)}


def read_report(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The figures by their public names."""
    found = answer["aggregations"]
    searches = found["counted"]
    took = found["took_at"]["values"]
    return {
        "logged": answer["hits"]["total"]["value"],
        "browsing": found["browsing"]["doc_count"],
        "typing": found["typing"]["doc_count"],
        "degraded": found["degraded"]["doc_count"],
        "latency_ms": {
            "mean": _rounded(found["took"]["value"], 1),
            **{f"p{point}": _rounded(took[f"{point}.0"], 1) for point in (50, 95, 99)},
        },
        "searches": searches["doc_count"],
        "distinct_queries": searches["distinct"]["value"],
        "no_results": searches["nothing"]["doc_count"],
        "no_result_rate": _share(searches["nothing"]["doc_count"], searches["doc_count"]),
        **_read_clicks(searches["found"]),
        "top_queries": [_read_query(bucket) for bucket in searches["queries"]["buckets"]],
        "no_result_queries": [
            {"query": bucket["key"], "searches": bucket["doc_count"]}
            for bucket in searches["nothing"]["queries"]["buckets"]
        ],
        "counts_are_exact": not searches["queries"].get("doc_count_error_upper_bound"),
    }


def _read_query(bucket: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "query": bucket["key"],
        "searches": bucket["doc_count"],
        "no_results": bucket["nothing"]["doc_count"],
        "mean_total": _rounded(bucket["mean_total"]["value"], 1),
        **_read_clicks(bucket["found"]),
    }


def _read_clicks(found: Mapping[str, Any]) -> dict[str, Any]:
    shown = found["doc_count"]
    return {
        "ctr": {str(k): _share(found[f"at_{k}"]["doc_count"], shown) for k in CLICKS_AT},
        "mrr": _rounded(found["rank"]["value"], 4) if shown else None,
        "mrr_of_clicked": _rounded(found["rank_clicked"]["value"], 4),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def nothing(aggs: Mapping[str, Any]) -> dict[str, Any]:
    """What an index without documents answers to these aggregations."""
    answers: dict[str, Any] = {}
    for name, asked in aggs.items():
        percents = asked.get("percentiles", {}).get("percents", ())
        answers[name] = {
            "doc_count": 0,
            "buckets": [],
            "value": 0 if "cardinality" in asked else None,
            "values": {f"{float(point)}": None for point in percents},
            **nothing(asked.get("aggs", {})),
        }
    return answers
