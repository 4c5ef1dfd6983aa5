"""Values of one field that are asked for together. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.search.understanding.found import Constraint, Op, distinct, plain
from app.search.understanding.tokens import tokenise
from app.search.understanding.tree import but


def merged(constraints: Sequence[Constraint], texts: Mapping[str, Iterable[str]]) -> list[Constraint]:
    """Several values of one field asked for are alternatives: `in`. What must not be is one constraint a source.
    `texts`: values of each attribute, as they are stored."""
    constraints = [_spelled(one, constraints, texts) for one in constraints]
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


def _spelled(one: Constraint, others: Sequence[Constraint], texts: Mapping[str, Iterable[str]]) -> Constraint:
    """An amount that is asked for beside another of the same attribute, by the stored numbers that are as much."""
    amounts = [other for other in others if other.op is Op.EQ and other.within and other.field == one.field]
    if one not in amounts or len(amounts) == 1 or one.within is None:
        return one
    low, high = one.within
    numbers = {text: token.number for text in texts.get(one.field, ()) if (token := tokenise(text)[0]).number}
    matches = [
        text
        for text, number in numbers.items()
        if number is not None and (low is None or low <= number) and (high is None or number <= high)
    ]
    return replace(one, within=None, matches=tuple(matches) or (str(plain(one.value)),), value=str(plain(one.value)))


def _alternatives(group: Sequence[Constraint]) -> Constraint:
    values = distinct(v for one in group for v in (one.value if isinstance(one.value, tuple) else (str(one.value),)))
    matches = distinct(match for one in group for match in one.matches)
    also_in = distinct(name for one in group for name in one.also_in)
    beside = {"": tuple(path for one in group for path in one.but)}
    first = replace(group[0], also_in=also_in, but=but(["", *matches], beside))
    if len(values) == 1:
        return replace(first, value=values[0], matches=matches)
    source = ", ".join(distinct(one.source for one in group))
    words = " ".join(one.words for one in group if one.words)
    return replace(first, op=Op.IN, value=values, source=source, matches=matches, words=words)
