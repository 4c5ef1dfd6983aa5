"""Formulas as Lens writes them: `sum(clicks) / sum(impressions)`, `count(kql='total: 0') / count()`. Pure.

Calls of aggregations, numbers, the four operations and brackets. Python reads the same syntax, and so does the reading.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kibana.errors import SourceWrong

Operation = Literal["count", "sum", "average", "min", "max", "median", "percentile", "unique_count"]
OPERATIONS: Final = frozenset({"count", "sum", "average", "min", "max", "median", "percentile", "unique_count"})
_SIGNS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
}


@dataclass(frozen=True, slots=True)
class Call:
    """An aggregation over a field (empty: documents), of those that `kql` keeps."""

    operation: str
    field: str = ""
    kql: str = ""
    percentile: float = 0.0


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`name`: add, subtract, multiply or divide."""

    name: str
    left: "Node"
    right: "Node"


Node = Call | Arithmetic | float


def parsed(text: str) -> Node:
    """Raises SourceWrong for what is no formula."""
    try:
        return _node(ast.parse(text.strip(), mode="eval").body, text)
    except SyntaxError as error:
        raise SourceWrong(f"`{text}` is no formula: {error.msg}.") from error


def calls(node: Node) -> Iterator[Call]:
    """The aggregations, from left to right."""
    if isinstance(node, Call):
        yield node
    elif isinstance(node, Arithmetic):
        yield from calls(node.left)
        yield from calls(node.right)


def _node(found: ast.expr, text: str) -> Node:
    if isinstance(found, ast.Constant) and isinstance(found.value, int | float) and not isinstance(found.value, bool):
        return float(found.value)
    if isinstance(found, ast.BinOp) and type(found.op) in _SIGNS:
        return Arithmetic(_SIGNS[type(found.op)], _node(found.left, text), _node(found.right, text))
    if isinstance(found, ast.Call) and isinstance(found.func, ast.Name) and found.func.id in OPERATIONS:
        return _call(found, found.func.id, text)
    raise SourceWrong(f"`{text}` is no formula: {ast.unparse(found)} is not known. There are {', '.join(OPERATIONS)}.")


def _call(found: ast.Call, operation: str, text: str) -> Call:
    names = [ast.unparse(argument) for argument in found.args]
    options = {option.arg: option.value for option in found.keywords}
    allowed = {"kql", "percentile"} if operation == "percentile" else {"kql"}
    if len(names) > 1 or set(options) - allowed or (operation == "count") != (not names):
        raise SourceWrong(
            f"`{text}` is no formula: {ast.unparse(found)} takes one field (count() none), and kql='...'."
        )
    kql, percentile = options.get("kql"), options.get("percentile")
    if kql is not None and not (isinstance(kql, ast.Constant) and isinstance(kql.value, str)):
        raise SourceWrong(f"`{text}` is no formula: kql is a text.")
    if percentile is not None and not (isinstance(percentile, ast.Constant) and isinstance(percentile.value, int)):
        raise SourceWrong(f"`{text}` is no formula: percentile is a whole number.")
    point = float(str(percentile.value)) if isinstance(percentile, ast.Constant) else 95.0
    told = str(kql.value) if isinstance(kql, ast.Constant) else ""
    return Call(operation, names[0] if names else "", told, point if operation == "percentile" else 0.0)
