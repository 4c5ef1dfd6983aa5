"""Values of one field that are asked for together. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from app.search.understanding.found import Constraint, Op, distinct


def merged(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Several values of one field asked for are alternatives: `in`. What must not be is one constraint a source."""
    together: dict[str, list[Constraint]] = {}
    for one in constraints:
        if one.op in (Op.EQ, Op.IN) and one.matches and not one.without:
            together.setdefault(one.field, []).append(one)
    done: list[Constraint] = []
    for one in constraints:
        group = together.get(one.field, [])
        if one not in group or len(group) == 1:
            done.append(one)
        elif one is group[0]:
            done.append(_alternatives(group))
    return done


def _alternatives(group: Sequence[Constraint]) -> Constraint:
    values = distinct(v for one in group for v in (one.value if isinstance(one.value, tuple) else (str(one.value),)))
    matches = distinct(match for one in group for match in one.matches)
    also_in = distinct(name for one in group for name in one.also_in)
    first = replace(group[0], also_in=also_in)
    if len(values) == 1:
        return replace(first, value=values[0], matches=matches)
    source = ", ".join(one.source for one in group)
    words = " ".join(one.words for one in group if one.words)
    return replace(first, op=Op.IN, value=values, source=source, matches=matches, words=words)
