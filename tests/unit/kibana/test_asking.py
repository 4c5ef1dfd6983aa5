"""What is asked of Elasticsearch for a built panel, and the rows of its answer."""

from datetime import UTC, datetime
from typing import Any

import pytest

from es.names import IndexNames
from kibana.asking import Asked, asked
from kibana.build import saved_objects
from kibana.errors import ObjectsWrong
from kibana.showing import panels, text
from kibana.source import Dashboard, data_views

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)
WITHIN = {"gte": START.isoformat(), "lt": END.isoformat(), "format": "strict_date_optional_time"}


def panel(**told: Any) -> Asked:  # noqa: ANN401 - any part of a panel
    made = {"id": "p", "title": "P", "size": [12, 6], "over": "queries", **told}
    dashboard = Dashboard.model_validate({"id": "d", "title": "D", "description": "d", "panels": [made]})
    objects = saved_objects([dashboard], data_views(), IndexNames("s"))
    ((_, found),) = panels(objects, START, END)
    return found


def test_a_share_is_two_counts_and_what_is_computed_of_them() -> None:
    made = panel(
        chart="metric", where="typing: false", show={"n": {"label": "N", "formula": "count(kql='total: 0') / count()"}}
    )
    assert made.index == "s-queries"
    assert made.body["query"] == {"bool": {"filter": [{"match": {"typing": False}}, {"range": {"time": WITHIN}}]}}
    assert made.body["aggs"] == {"nX0": {"filter": {"match": {"total": 0}}}}
    assert set(made.body["runtime_mappings"]) == {"without"}
    answer: dict[str, Any] = {"hits": {"total": {"value": 8}}, "aggregations": {"nX0": {"doc_count": 2}}}
    assert made.rows(answer) == [{"n": 0.25}]
    empty: dict[str, Any] = {"hits": {"total": {"value": 0}}, "aggregations": {"nX0": {"doc_count": 0}}}
    assert made.rows(empty) == [{"n": None}]


def test_values_come_in_the_order_of_a_figure() -> None:
    by = [{"label": "Q", "field": "text", "top": 5, "order": "m"}]
    show = {"m": {"label": "M", "formula": "max(took_ms, kql='total > 0')"}, "c": {"label": "C", "formula": "count()"}}
    made = panel(chart="table", by=by, show=show)
    terms = made.body["aggs"]["by0"]
    assert terms["terms"] == {"field": "text", "size": 5, "order": {"order>value": "desc"}}
    kept = {"filter": {"range": {"total": {"gt": 0}}}, "aggs": {"value": {"max": {"field": "took_ms"}}}}
    assert terms["aggs"] == {"m": kept, "order": kept}
    buckets = [
        {"key": "a", "doc_count": 3, "m": {"doc_count": 2, "value": {"value": 7.5}}, "order": {}},
        {"key": "b", "doc_count": 1, "m": {"doc_count": 0, "value": {"value": None}}, "order": {}},
    ]
    answer = {"hits": {"total": {"value": 4}}, "aggregations": {"by0": {"buckets": buckets}}}
    assert made.rows(answer) == [{"by0": "a", "m": 7.5, "c": 3.0}, {"by0": "b", "m": None, "c": 1.0}]


@pytest.mark.parametrize(
    ("order", "expected"), [("c", {"_count": "desc"}), ("f", {"order._count": "desc"}), ("value", {"_key": "asc"})]
)
def test_counts_and_values_are_orders_too(order: str, expected: dict[str, str]) -> None:
    show = {"c": {"label": "C", "formula": "count()"}, "f": {"label": "F", "formula": "count(kql='total: 0')"}}
    made = panel(chart="table", by=[{"label": "Q", "field": "text", "order": order}], show=show)
    assert made.body["aggs"]["by0"]["terms"]["order"] == expected


def test_series_are_divided_before_the_days_and_choices_are_filters() -> None:
    by = [
        {"label": "D", "field": "time", "every": "hour"},
        {"label": "C", "choices": [{"label": "none", "kql": "total: 0"}]},
    ]
    made = panel(chart="line", by=by, show={"p": {"label": "P", "formula": "percentile(took_ms, percentile=99)"}})
    outer = made.body["aggs"]["by1"]
    assert outer["filters"] == {"filters": {"none": {"match": {"total": 0}}}}
    inner = outer["aggs"]["by0"]
    assert inner["date_histogram"] == {"field": "time", "calendar_interval": "1h"}
    assert inner["aggs"] == {"p": {"percentiles": {"field": "took_ms", "percents": [99]}}}
    day = {"key": 1, "key_as_string": "2026-03-01T00:00:00.000Z", "doc_count": 1, "p": {"values": {"99.0": 12.0}}}
    found = {"by1": {"buckets": {"none": {"doc_count": 1, "by0": {"buckets": [day]}}}}}
    rows = made.rows({"hits": {"total": {"value": 1}}, "aggregations": found})
    assert rows == [{"by1": "none", "by0": "2026-03-01T00:00:00.000Z", "p": 12.0}]


def test_a_panel_without_its_data_view_is_refused() -> None:
    told = {"references": [], "state": {"datasourceStates": {"formBased": {"layers": {"layer_0": {}}}}}}
    with pytest.raises(ObjectsWrong, match="which is not there"):
        asked({"panelIndex": "p", "embeddableConfig": {"attributes": told}}, {}, START, END)


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        (0.1234, {"id": "percent", "params": {"decimals": 1}}, "12.3%"),
        (1234.5, {"id": "number", "params": {"decimals": 2, "suffix": " USD"}}, "1,234.50 USD"),
        (None, {}, "-"),
        ("2026-03-01T00:00:00.000Z", {}, "2026-03-01"),
        (7, {}, "7"),
    ],
)
def test_values_are_told_as_their_columns_show_them(value: object, shown: dict[str, Any], expected: str) -> None:
    assert text(value, {"params": {"format": shown}}) == expected
