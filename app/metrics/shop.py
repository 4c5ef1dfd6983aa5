"""Figures of the whole shop from its events: conversion, order value, revenue, satisfaction. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from es.mappings import events as fields

SHOP_FORMULAS: Final[Mapping[str, str]] = MappingProxyType({
    "sessions": "distinct visits with any event (approximate above 40,000)",
    "shop_conversion": "visits with an order / visits",
    "average_order_value": "sum of order values / orders, main units",
    "revenue_per_session": "sum of order values / visits",
    "lifetime_value": "sum of all stored order values of customers / customers that ever ordered",
    "satisfaction": "likes / (likes + dislikes) of recommendation feedback",
})  # fmt: skip
_PRECISION: Final = 40_000


def shop_body(start: datetime, end: datetime) -> dict[str, Any]:
    """The search that counts; bots are left out."""
    within = {"range": {fields.TIMESTAMP: {"gte": start.isoformat(), "lt": end.isoformat()}}}
    ordered = {"term": {fields.TYPE: "order_placed"}}
    sessions = _distinct(fields.SESSION_ID)
    verdicts = {"terms": {"field": fields.VERDICT, "size": 10}}
    return {
        "size": 0,
        "query": {"bool": {"must_not": [{"term": {fields.BOT: True}}]}},
        "aggs": {
            "period": {
                "filter": within,
                "aggs": {
                    "sessions": sessions,
                    "verdicts": verdicts,
                    "orders": {"filter": ordered, "aggs": {"sessions": sessions, "value": _sum()}},
                },
            },
            "ever": {
                "filter": {"bool": {"filter": [ordered, {"exists": {"field": fields.CUSTOMER_ID}}]}},
                "aggs": {"customers": _distinct(fields.CUSTOMER_ID), "value": _sum()},
            },
        },
    }


def shop_figures(found: Mapping[str, Any]) -> dict[str, Any]:
    """The figures from the aggregations; None where there is nothing to divide by."""
    if not found:
        return dict.fromkeys(SHOP_FORMULAS)
    period, ever = found["period"], found["ever"]
    orders = period["orders"]
    sessions, value = period["sessions"]["value"], orders["value"]["value"] / 1000
    verdicts = {bucket["key"]: bucket["doc_count"] for bucket in period["verdicts"]["buckets"]}
    likes = verdicts.get("like", 0)
    return {
        "sessions": sessions,
        "orders": orders["doc_count"],
        "revenue": value,
        "shop_conversion": _share(orders["sessions"]["value"], sessions),
        "average_order_value": _share(value, orders["doc_count"]),
        "revenue_per_session": _share(value, sessions),
        "lifetime_value": _share(ever["value"]["value"] / 1000, ever["customers"]["value"]),
        "satisfaction": _share(likes, likes + verdicts.get("dislike", 0)),
    }


def _distinct(name: str) -> dict[str, Any]:
    return {"cardinality": {"field": name, "precision_threshold": _PRECISION}}


def _sum() -> dict[str, Any]:
    return {"sum": {"field": fields.VALUE}}


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 6) if whole else None
