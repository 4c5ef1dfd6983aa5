"""Saved objects from the files of dashboards: the same file for the same source and prefix, byte by byte. Pure."""

import json
from collections.abc import Sequence
from typing import Any, Final

from es.names import IndexNames
from kibana.errors import SourceWrong
from kibana.known_fields import check_fields
from kibana.layout import placed
from kibana.lens import attributes, references
from kibana.source import Dashboard, DataView, Panel

# Versions of the stored forms below: what Kibana 9.4 stores is at least as new, and it brings older ones up to date.
CORE_VERSION: Final = "8.8.0"
DASHBOARD_VERSION: Final = "10.2.0"
DATA_VIEW_VERSION: Final = "8.0.0"
TAG_VERSION: Final = "8.0.0"
_COLOR: Final = "#0b7a75"

SavedObject = dict[str, Any]


def saved_objects(
    dashboards: Sequence[Dashboard], data_views: Sequence[DataView], names: IndexNames
) -> list[SavedObject]:
    """Every object of a shop: a tag, its data views, its dashboards; what is referred to comes first. Raises
    SourceWrong."""
    there = {view.kind: view for view in data_views}
    for panel in (panel for dashboard in dashboards for panel in dashboard.panels):
        if panel.over not in there:
            raise SourceWrong(f"Panel {panel.id} looks over {panel.over}, of which there is no data view.")
        check_fields(panel, there[panel.over])
    tag = _tag(names)
    return [tag, *(_data_view(view, names) for view in data_views), *(_dashboard(d, tag, names) for d in dashboards)]


def ndjson(objects: Sequence[SavedObject]) -> bytes:
    """The file that Kibana imports."""
    return b"".join(_json(made).encode() + b"\n" for made in objects)


def _tag(names: IndexNames) -> SavedObject:
    told = {"name": names.prefix, "description": "Search, recommendations and conversations", "color": _COLOR}
    return _object("tag", f"{names.prefix}-tag", told, TAG_VERSION)


def _data_view(view: DataView, names: IndexNames) -> SavedObject:
    told = {
        "title": names.alias(view.kind),
        "name": f"{names.prefix}: {view.name}",
        "timeFieldName": view.time,
        "fieldAttrs": "{}",
        "fieldFormatMap": "{}",
        "fields": "[]",
        "runtimeFieldMap": _json(
            {name: {"type": c.type, "script": {"source": c.script}} for name, c in view.computed.items()}
        ),
        "sourceFilters": "[]",
        "typeMeta": "{}",
        # So that it can be made before anything was stored.
        "allowNoIndex": True,
    }
    if not view.time:
        del told["timeFieldName"]
    return _object("index-pattern", names.alias(view.kind), told, DATA_VIEW_VERSION)


def _dashboard(dashboard: Dashboard, tag: SavedObject, names: IndexNames) -> SavedObject:
    places = placed(dashboard.panels)
    panels = [_panel(panel, place, names) for panel, place in zip(dashboard.panels, places, strict=True)]
    options = {
        "useMargins": True,
        "syncColors": False,
        "syncCursor": True,
        "syncTooltips": False,
        "hidePanelTitles": False,
    }
    told = {
        "title": f"{names.prefix}: {dashboard.title}",
        "description": dashboard.description,
        "panelsJSON": _json(panels),
        "optionsJSON": _json(options),
        "timeRestore": True,
        "timeFrom": f"now-{dashboard.days}d/d",
        "timeTo": "now",
        "refreshInterval": {"pause": True, "value": 60_000},
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": _json({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }
    refers = [{"type": "tag", "id": tag["id"], "name": f"tag-ref-{tag['id']}"}]
    for panel in dashboard.panels:
        refers += [{**each, "name": f"{panel.id}:{each['name']}"} for each in references(panel, names)]
    return _object("dashboard", f"{names.prefix}-{dashboard.id}", told, DASHBOARD_VERSION, refers)


def _panel(panel: Panel, place: dict[str, int], names: IndexNames) -> dict[str, Any]:
    return {
        "type": "lens",
        "panelIndex": panel.id,
        "gridData": {**place, "i": panel.id},
        "embeddableConfig": {
            "title": panel.title,
            "description": panel.help,
            "enhancements": {},
            "attributes": attributes(panel, names),
        },
    }


def _object(
    kind: str, object_id: str, told: dict[str, Any], version: str, references: Sequence[dict[str, str]] = ()
) -> SavedObject:
    return {
        "type": kind,
        "id": object_id,
        "attributes": told,
        "references": list(references),
        "managed": False,
        "coreMigrationVersion": CORE_VERSION,
        "typeMigrationVersion": version,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
