"""The panels of a dashboard as lines of text, asked of Elasticsearch as Kibana would ask."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from elasticsearch import Elasticsearch

from es.client import translated
from es.errors import IndexMissing
from kibana.asking import Asked, Row, asked
from kibana.build import SavedObject

MOST_ROWS: Final = 15


def panels(objects: Sequence[SavedObject], start: datetime, end: datetime) -> Iterator[tuple[str, Asked]]:
    """Every panel of the dashboards among the objects, with its title. Raises ObjectsWrong."""
    views = {each["id"]: each["attributes"] for each in objects if each["type"] == "index-pattern"}
    for made in objects:
        if made["type"] == "dashboard":
            for panel in json.loads(made["attributes"]["panelsJSON"]):
                yield panel["embeddableConfig"]["title"], asked(panel, views, start, end)


def rows(client: Elasticsearch, panel: Asked) -> list[Row]:
    """What Elasticsearch answers for a panel. Raises IndexMissing, EngineError."""
    with translated():
        return panel.rows(client.search(index=panel.index, **panel.body).body)


def shown(client: Elasticsearch, objects: Sequence[SavedObject], start: datetime, end: datetime) -> Iterator[str]:
    """Lines of text: each panel's title and its first rows. Raises EngineError."""
    for title, panel in panels(objects, start, end):
        yield f"# {title}"
        try:
            found = rows(client, panel)
        except IndexMissing:
            yield f"  nothing yet: {panel.index} is not there"
            continue
        for row in found[:MOST_ROWS]:
            cells = ((panel.columns[name], value) for name, value in row.items())
            yield "  " + ", ".join(f"{column['label']}: {text(value, column)}" for column, value in cells)
        if len(found) > MOST_ROWS:
            yield f"  and {len(found) - MOST_ROWS} more"
        if not found:
            yield "  nothing"


def text(value: object, column: Mapping[str, Any]) -> str:
    """A value as its column shows it: shares as percent, numbers with their decimals and unit, days without a time."""
    if value is None:
        return "-"
    if not isinstance(value, float):
        return str(value).removesuffix("T00:00:00.000Z")
    shown = column["params"].get("format", {})
    params = shown.get("params", {})
    decimals = params.get("decimals", 2)
    if shown.get("id") == "percent":
        return f"{value:.{decimals}%}"
    return f"{value:,.{decimals}f}{params.get('suffix', '')}"
