"""Divisions and figures of a panel as columns of a Lens layer over a data view. Pure.

A figure that is one aggregation is one column. Any other is a formula: a column for each aggregation in it (`...X0` and
on), one that computes with them, and the formula itself, as Lens keeps it.
"""

from typing import Any, Final

from kibana import kql
from kibana.errors import SourceWrong
from kibana.formula import Arithmetic, Call, Node, calls, parsed
from kibana.source import Division, Figure, Panel

RECORDS: Final = "___records___"
_INTERVALS: Final = {"day": "d", "hour": "h"}
_FORMATS: Final[dict[str, dict[str, Any]]] = {
    "share": {"id": "percent", "params": {"decimals": 1}},
    "usd": {"id": "number", "params": {"decimals": 2, "suffix": " USD"}},
    "ms": {"id": "number", "params": {"decimals": 0, "suffix": " ms"}},
    "count": {"id": "number", "params": {"decimals": 0}},
    "": {"id": "number", "params": {"decimals": 2}},
}

Column = dict[str, Any]


def division_id(number: int) -> str:
    return f"by{number}"


def columns_of(panel: Panel) -> dict[str, Column]:
    """Every column of the panel by its id, in the order of the layer: of two divisions the second is the outer one, so
    that its values are the same on the whole axis. Raises SourceWrong."""
    divided = [(division_id(number), _division(division, panel)) for number, division in enumerate(panel.by)]
    if len(divided) == 2 and panel.chart != "table":
        divided.reverse()
    made = dict(divided)
    for name, figure in panel.show.items():
        made |= _figure(name, figure)
    return made


def _division(division: Division, panel: Panel) -> Column:
    shared = {"label": division.label, "customLabel": True, "isBucketed": True}
    if division.every:
        told = {"interval": _INTERVALS[division.every], "includeEmptyRows": True, "dropPartials": False}
        return {**shared, "operationType": "date_histogram", "dataType": "date", "scale": "interval",
                "sourceField": division.field, "params": told}  # fmt: skip
    if division.choices:
        for choice in division.choices:
            kql.query(choice.kql)
        told = {
            "filters": [{"label": c.label, "input": {"query": c.kql, "language": "kuery"}} for c in division.choices]
        }
        return {**shared, "operationType": "filters", "dataType": "string", "scale": "ordinal", "params": told}
    told = {
        "size": division.top,
        "orderBy": _order(division, panel),
        "orderDirection": "asc" if division.order == "value" else "desc",
        "otherBucket": False,
        "missingBucket": False,
        "parentFormat": {"id": "terms"},
        "include": [],
        "exclude": [],
        "includeIsRegex": False,
        "excludeIsRegex": False,
    }
    kind = "number" if division.number else "string"
    return {**shared, "operationType": "terms", "dataType": kind, "scale": "ordinal", "sourceField": division.field,
            "params": told}  # fmt: skip


def _order(division: Division, panel: Panel) -> dict[str, Any]:
    if division.order == "value":
        return {"type": "alphabetical", "fallback": False}
    if not isinstance(parsed(panel.show[division.order].formula), Call):
        raise SourceWrong(f"Panel {panel.id}: values can be in the order of one aggregation, not of {division.order}.")
    return {"type": "column", "columnId": division.order}


def _figure(name: str, figure: Figure) -> dict[str, Column]:
    node = parsed(figure.formula)
    shown = {"label": figure.label, "customLabel": True}
    if isinstance(node, Call):
        column = _aggregation(node)
        return {name: {**column, **shown, "params": {**column["params"], "format": _FORMATS[figure.unit]}}}
    part = {"label": f"Part of {figure.label}", "customLabel": True}
    found: dict[Call, str] = {}
    for call in calls(node):
        found.setdefault(call, f"{name}X{len(found)}")
    if not isinstance(node, Arithmetic) or not found:
        raise SourceWrong(f"`{figure.formula}` asks for nothing of the shop; it says nothing.")
    made = {column_id: {**_aggregation(call), **part} for call, column_id in found.items()}
    number = {"dataType": "number", "isBucketed": False, "scale": "ratio"}
    computed = f"{name}X{len(found)}"
    text = figure.formula.strip()
    tree = {**_tree(node, found), "location": {"min": 0, "max": len(text)}, "text": text}
    made[computed] = {**part, **number, "operationType": "math", "params": {"tinymathAst": tree},
                      "references": list(found.values())}  # fmt: skip
    told = {"formula": text, "isFormulaBroken": False, "format": _FORMATS[figure.unit]}
    made[name] = {**shown, **number, "operationType": "formula", "params": told, "references": [computed]}
    return made


def _aggregation(call: Call) -> Column:
    column: Column = {
        "operationType": call.operation,
        "sourceField": call.field or RECORDS,
        "dataType": "number",
        "isBucketed": False,
        "scale": "ratio",
        "params": {"emptyAsNull": False},
    }
    if call.operation == "percentile":
        column["params"] = {"percentile": int(call.percentile)}
    if call.kql:
        kql.query(call.kql)
        column["filter"] = {"query": call.kql, "language": "kuery"}
    return column


def _tree(node: Arithmetic, found: dict[Call, str]) -> dict[str, Any]:
    return {"type": "function", "name": node.name, "args": [_leaf(node.left, found), _leaf(node.right, found)]}


def _leaf(node: Node, found: dict[Call, str]) -> Any:  # noqa: ANN401 - a column's id, a number or a tree
    if isinstance(node, Call):
        return found[node]
    if isinstance(node, Arithmetic):
        return _tree(node, found)
    return int(node) if node.is_integer() else node
