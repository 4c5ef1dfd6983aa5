"""A panel as a visualization of Lens (docs/reference/kibana.md says which shapes are relied on). Pure."""

from typing import Any, Final

from es.names import IndexNames
from kibana import kql
from kibana.columns import columns_of, division_id
from kibana.source import Panel

LAYER: Final = "layer_0"
_TYPES: Final = {"metric": "lnsMetric", "table": "lnsDatatable"}
_SERIES: Final = {"bar": "bar_stacked", "horizontal_bar": "bar_horizontal", "line": "line", "area": "area_stacked"}


def attributes(panel: Panel, names: IndexNames) -> dict[str, Any]:
    """The attributes of the panel's visualization. Raises SourceWrong."""
    kql.query(panel.where)
    columns = columns_of(panel)
    layer = {"columnOrder": list(columns), "columns": columns, "incompleteColumns": {}, "sampling": 1}
    return {
        "title": panel.title,
        "description": panel.help,
        "visualizationType": _TYPES.get(panel.chart, "lnsXY"),
        "references": references(panel, names),
        "state": {
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "visualization": _visualization(panel),
            "query": {"query": panel.where, "language": "kuery"},
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }


def references(panel: Panel, names: IndexNames) -> list[dict[str, str]]:
    """What the panel refers to: the data view that it looks over."""
    return [{"type": "index-pattern", "id": names.alias(panel.over), "name": f"indexpattern-datasource-layer-{LAYER}"}]


def _visualization(panel: Panel) -> dict[str, Any]:
    shown = {"layerId": LAYER, "layerType": "data"}
    if panel.chart == "metric":
        return {**shown, "metricAccessor": next(iter(panel.show)), "showBar": False}
    if panel.chart == "table":
        columns = [{"columnId": division_id(n), "isTransposed": False, "isMetric": False} for n in range(len(panel.by))]
        columns += [{"columnId": name, "isTransposed": False, "isMetric": True} for name in panel.show]
        return {**shown, "columns": columns, "paging": {"size": 10, "enabled": True}}
    return _axes(panel)


def _axes(panel: Panel) -> dict[str, Any]:
    series = _SERIES[panel.chart]
    visible = {"x": True, "yLeft": True, "yRight": True}
    layer: dict[str, Any] = {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": series,
        "xAccessor": division_id(0),
        "accessors": list(panel.show),
    }
    if len(panel.by) == 2:
        layer["splitAccessor"] = division_id(1)
    several = len(panel.by) == 2 or len(panel.show) > 1
    return {
        "preferredSeriesType": series,
        "legend": {"isVisible": several, "position": "right"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": True, "yRight": True},
        "tickLabelsVisibilitySettings": visible,
        "gridlinesVisibilitySettings": visible,
        "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
        "layers": [layer],
    }
