"""Whether a built file is one that Kibana takes and can show: shapes, references, columns, places. Pure."""

import json
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from kibana.build import SavedObject
from kibana.errors import ObjectsWrong
from kibana.shapes import Column, Dashboard, GridData, Layer, LensState, Panel
from kibana.shapes import SavedObject as Shape

MOST_BYTES: Final = 26_214_400
"""What Kibana takes in one import (savedObjects.maxImportPayloadBytes)."""
_SHAPE: Final[TypeAdapter[Any]] = TypeAdapter(Shape)
_PARAMS: Final[dict[str, frozenset[str]]] = {
    "date_histogram": frozenset({"interval", "includeEmptyRows", "dropPartials"}),
    "filters": frozenset({"filters"}),
    "percentile": frozenset({"percentile"}),
    "math": frozenset({"tinymathAst"}),
    "formula": frozenset({"formula", "isFormulaBroken"}),
    "terms": frozenset({"size", "orderBy", "orderDirection"}),
}


def read(content: bytes) -> list[SavedObject]:
    """The objects of a file. Raises ObjectsWrong for lines that are no JSON objects."""
    found = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            value = json.loads(line)
        except ValueError as error:
            raise ObjectsWrong(f"Line {number} is no JSON: {error}") from error
        if not isinstance(value, dict):
            raise ObjectsWrong(f"Line {number} is no object.")
        found.append(value)
    return found


def problems(content: bytes) -> list[str]:
    """A sentence for everything that is wrong with a file; none is good. Raises ObjectsWrong."""
    if len(content) > MOST_BYTES:
        return [f"It has {len(content):,} bytes, and Kibana takes {MOST_BYTES:,}."]
    objects = read(content)
    shapes: list[Any] = []
    found: list[str] = []
    for made in objects:
        where = f"{made.get('type')} {made.get('id')}"
        try:
            shapes.append(_SHAPE.validate_json(json.dumps(made)))
        except ValidationError as error:
            places = (
                ".".join(str(part) for part in problem["loc"]) + f": {problem['msg']}" for problem in error.errors()
            )
            found += [f"{where}: {place}" for place in places]
    return [
        *found,
        *_unresolved(shapes),
        *(text for each in shapes if isinstance(each, Dashboard) for text in _of(each)),
    ]


def _unresolved(shapes: Iterable[Any]) -> Iterator[str]:
    shapes = list(shapes)
    there = [(each.type, each.id) for each in shapes]
    for kind, object_id in sorted({one for one in there if there.count(one) > 1}):
        yield f"{kind} {object_id}: it is there twice."
    for each in shapes:
        for reference in each.references:
            if (reference.type, reference.id) not in there:
                yield f"{each.type} {each.id}: it refers to {reference.type} {reference.id}, which is not there."


def _of(dashboard: Dashboard) -> Iterator[str]:
    panels = dashboard.attributes.panelsJSON
    named = {reference.name: reference.id for reference in dashboard.references}
    for panel in panels:
        where = f"dashboard {dashboard.id}, panel {panel.panelIndex}: "
        if panel.gridData.i != panel.panelIndex:
            yield where + "its place has another id."
        for reference in panel.embeddableConfig.attributes.references:
            if named.get(f"{panel.panelIndex}:{reference.name}") != reference.id:
                yield where + f"the dashboard does not refer to its {reference.type} {reference.id}."
        yield from (where + text for text in _layers(panel))
    if len({panel.panelIndex for panel in panels}) != len(panels):
        yield f"dashboard {dashboard.id}: two panels have one id."
    for one, other in combinations(panels, 2):
        if _overlap(one.gridData, other.gridData):
            yield f"dashboard {dashboard.id}: {one.panelIndex} and {other.panelIndex} overlap."


def _layers(panel: Panel) -> Iterator[str]:
    attributes = panel.embeddableConfig.attributes
    if panel.gridData.x + panel.gridData.w > 48:
        yield "it is wider than the dashboard."
    for layer_id, layer in attributes.state.datasourceStates.formBased.layers.items():
        if f"indexpattern-datasource-layer-{layer_id}" not in {each.name for each in attributes.references}:
            yield f"{layer_id} has no data view."
        yield from _columns(layer)
        for column_id in _drawn(attributes.state, layer_id):
            if column_id not in layer.columns:
                yield f"{column_id} is drawn and is no column."


def _columns(layer: Layer) -> Iterator[str]:
    if sorted(layer.columnOrder) != sorted(layer.columns):
        yield "the order of its columns is not that of its columns."
    bucketed = [layer.columns[column_id].isBucketed for column_id in layer.columnOrder if column_id in layer.columns]
    if bucketed != sorted(bucketed, reverse=True):
        yield "figures stand before divisions."
    for column_id, column in layer.columns.items():
        if missing := _PARAMS.get(column.operationType, frozenset()) - column.params.keys():
            yield f"{column_id} lacks {', '.join(sorted(missing))}."
        for other in _needed(column):
            if other not in layer.columns:
                yield f"{column_id} needs the column {other}, which is not there."


def _needed(column: Column) -> Iterator[str]:
    yield from column.references or ()
    order = column.params.get("orderBy", {})
    if order.get("type") == "column":
        yield order["columnId"]
    if column.operationType == "math":
        yield from _leaves(column.params["tinymathAst"])


def _leaves(tree: Any) -> Iterator[str]:  # noqa: ANN401 - a number, an id or a tree
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict):
        for argument in tree["args"]:
            yield from _leaves(argument)


def _drawn(state: LensState, layer_id: str) -> Iterator[str]:
    """The columns of a layer that the visualization uses."""
    visualization = state.visualization
    for layer in visualization.get("layers", [visualization]):
        if layer["layerId"] != layer_id:
            continue
        yield from (layer[name] for name in ("metricAccessor", "xAccessor", "splitAccessor") if name in layer)
        yield from layer.get("accessors", ())
        yield from (column["columnId"] for column in layer.get("columns", ()))


def _overlap(one: GridData, other: GridData) -> bool:
    beside = one.x + one.w <= other.x or other.x + other.w <= one.x
    below = one.y + one.h <= other.y or other.y + other.h <= one.y
    return not (beside or below)
