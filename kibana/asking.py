"""What Kibana asks Elasticsearch for a built panel, and the rows that it shows of the answer. Pure.

Read from the saved objects alone, not from the files that they were built from: so a panel can be tried, and its
figures looked at, without Kibana (`python -m kibana show`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kibana import kql
from kibana.columns import RECORDS
from kibana.errors import ObjectsWrong
from kibana.lens import LAYER

_DAY: Final = {"d": "1d", "h": "1h"}
_AGGREGATIONS: Final = {"sum": "sum", "average": "avg", "min": "min", "max": "max", "unique_count": "cardinality"}
_ORDER: Final = "order"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A panel as a search: where, and the body of the request. `columns`: of the layer, in their order."""

    panel: str
    index: str
    body: dict[str, Any]
    columns: Mapping[str, Any]

    def rows(self, answer: Mapping[str, Any]) -> list[Row]:
        """Rows of the answer: a value for each column that is shown, by the column's id."""
        divisions, figures = _split(self.columns)
        root = {**answer.get("aggregations", {}), "doc_count": answer["hits"]["total"]["value"]}
        return list(_rows(root, divisions, figures, {}))


def asked(panel: Mapping[str, Any], views: Mapping[str, Mapping[str, Any]], start: datetime, end: datetime) -> Asked:
    """The search of one panel of a dashboard. `views`: attributes of the data views by id. Raises ObjectsWrong."""
    told = panel["embeddableConfig"]["attributes"]
    state = told["state"]
    columns = state["datasourceStates"]["formBased"]["layers"][LAYER]
    name = f"indexpattern-datasource-layer-{LAYER}"
    view_id = next((each["id"] for each in told["references"] if each["name"] == name), "")
    if view_id not in views:
        raise ObjectsWrong(f"Panel {panel['panelIndex']} looks over the data view {view_id}, which is not there.")
    view = views[view_id]
    filters = [kql.query(state["query"]["query"])]
    if view.get("timeFieldName"):
        bounds = {"gte": start.isoformat(), "lt": end.isoformat(), "format": "strict_date_optional_time"}
        filters.append({"range": {view["timeFieldName"]: bounds}})
    ordered = {column_id: columns["columns"][column_id] for column_id in columns["columnOrder"]}
    divisions, figures = _split(ordered)
    body: dict[str, Any] = {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": filters}}}
    if aggregations := _level(divisions, figures):
        body["aggs"] = aggregations
    if computed := json.loads(view.get("runtimeFieldMap", "{}")):
        body["runtime_mappings"] = computed
    return Asked(panel["panelIndex"], view["title"], body, ordered)


def _split(columns: Mapping[str, Any]) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    divisions = [(column_id, column) for column_id, column in columns.items() if column["isBucketed"]]
    return divisions, {column_id: column for column_id, column in columns.items() if not column["isBucketed"]}


def _level(divisions: list[tuple[str, Any]], figures: Mapping[str, Any]) -> dict[str, Any]:
    """The aggregations inside one bucket."""
    if not divisions:
        made = {column_id: _figure(column) for column_id, column in figures.items()}
        return {column_id: aggregation for column_id, aggregation in made.items() if aggregation is not None}
    (column_id, column), *rest = divisions
    inner = _level(rest, figures)
    operation, told = column["operationType"], column["params"]
    if operation == "date_histogram":
        interval = _DAY[told["interval"]]
        divided: dict[str, Any] = {"date_histogram": {"field": column["sourceField"], "calendar_interval": interval}}
    elif operation == "filters":
        choices = {each["label"]: kql.query(each["input"]["query"]) for each in told["filters"]}
        divided = {"filters": {"filters": choices}}
    else:
        order, by = _order(told, figures)
        divided = {"terms": {"field": column["sourceField"], "size": told["size"], "order": order}}
        inner = {**inner, **by}
    return {column_id: {**divided, "aggs": inner}}


def _order(told: Mapping[str, Any], figures: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """The order of values, and the aggregation that it needs."""
    direction = told["orderDirection"]
    if told["orderBy"]["type"] == "alphabetical":
        return {"_key": direction}, {}
    column = figures[told["orderBy"]["columnId"]]
    aggregation = _figure(column)
    if aggregation is None:
        return {"_count": direction}, {}
    if column["operationType"] == "count":
        return {f"{_ORDER}._count": direction}, {_ORDER: aggregation}
    return {f"{_ORDER}>value" if "filter" in column else _ORDER: direction}, {_ORDER: aggregation}


def _figure(column: Mapping[str, Any]) -> dict[str, Any] | None:
    """The aggregation of a column; None where nothing is asked for it: the count of a bucket, and what is computed."""
    operation = column["operationType"]
    if operation in ("math", "formula"):
        return None
    value: dict[str, Any] | None = None
    if operation in ("percentile", "median"):
        point = column["params"]["percentile"] if operation == "percentile" else 50
        value = {"percentiles": {"field": column["sourceField"], "percents": [point]}}
    elif operation != "count":
        value = {_AGGREGATIONS[operation]: {"field": column["sourceField"]}}
    elif column["sourceField"] != RECORDS:
        raise ObjectsWrong(f"A count is of {RECORDS}, not of {column['sourceField']}.")
    if "filter" not in column:
        return value
    kept = {"filter": kql.query(column["filter"]["query"])}
    return kept if value is None else {**kept, "aggs": {"value": value}}


def _rows(
    bucket: Mapping[str, Any], divisions: list[tuple[str, Any]], figures: Mapping[str, Any], known: Row
) -> Iterator[Row]:
    if not divisions:
        values: dict[str, float | None] = {}
        # What is computed stands after what it is computed from.
        for column_id, column in figures.items():
            values[column_id] = _value(column_id, column, bucket, values)
        shown = {column_id for column_id, column in figures.items() if not column["label"].startswith("Part of ")}
        yield {**known, **{column_id: value for column_id, value in values.items() if column_id in shown}}
        return
    (column_id, _), *rest = divisions
    found = bucket[column_id]["buckets"]
    pairs = (
        found.items() if isinstance(found, dict) else ((each.get("key_as_string", each["key"]), each) for each in found)
    )
    for key, inner in pairs:
        yield from _rows(inner, rest, figures, {**known, column_id: key})


def _value(
    column_id: str, column: Mapping[str, Any], bucket: Mapping[str, Any], values: Mapping[str, float | None]
) -> float | None:
    operation = column["operationType"]
    if operation == "formula":
        return values[column["references"][0]]
    if operation == "math":
        return _computed(column["params"]["tinymathAst"], values)
    found = bucket.get(column_id, bucket)
    if operation == "count":
        return float(found["doc_count"])
    found = found.get("value", found) if "filter" in column else found
    if "values" in found:
        return next(iter(found["values"].values()), None)
    value = found["value"]
    return None if value is None else float(value)


def _computed(tree: Any, values: Mapping[str, float | None]) -> float | None:  # noqa: ANN401 - a number, an id or a tree
    if isinstance(tree, int | float):
        return float(tree)
    if isinstance(tree, str):
        return values[tree]
    left, right = (_computed(argument, values) for argument in tree["args"])
    if left is None or right is None:
        return None
    match tree["name"]:
        case "add":
            return left + right
        case "subtract":
            return left - right
        case "multiply":
            return left * right
        case "divide":
            return left / right if right else None
    raise ObjectsWrong(f"{tree['name']} is no operation that is known here.")
