"""Where rules disagree whatever is asked: pairs that could meet in one request, and circles. Pure.

shop/rules/plan.py says what then happens; here it is shown before it does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations, pairwise
from typing import Final, Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

from shop.rules.document import Filter, Hide, OneWaySynonyms, Pin, Redirect, Replace, Rule
from shop.rules.matching import Context, RuleSet
from shop.rules.words import exact_form, forms

MAX_SHOWN: Final = 200
_MAX_PAIRS: Final = 500_000
_QUERY: Final = "q"

Kind = Literal["same_place", "same_product", "pinned_and_hidden", "same_filter", "two_redirects", "circle"]


class Conflict(NamedTuple):
    """Rules that disagree, in the order in which they go, and what comes of it."""

    kind: Kind
    rules: tuple[str, ...]
    told: str


def conflicts(rules: Iterable[Rule]) -> list[Conflict]:
    """Every conflict among rules that are enabled, at most MAX_SHOWN."""
    ordered = RuleSet(rules).rules
    found: dict[Conflict, None] = {}
    for conflict in _all(ordered):
        found[conflict] = None
        if len(found) >= MAX_SHOWN:
            break
    return list(found)


def _all(rules: Sequence[Rule]) -> Iterator[Conflict]:
    yield from _circles(rules)
    yield from _redirect_circles(rules)
    yield from _pairs(rules)


def _pairs(rules: Sequence[Rule]) -> Iterator[Conflict]:
    claims: dict[tuple[Kind, str], list[tuple[Rule, str]]] = defaultdict(list)
    for rule in rules:
        for kind, about, claim in _claims(rule):
            claims[kind, about].append((rule, claim))
    looked_at = 0
    for (kind, about), claimed in claims.items():
        for (first, one), (second, other) in combinations(claimed, 2):
            looked_at += 1
            if looked_at > _MAX_PAIRS:
                return
            if one != other and could_meet(first, second):
                yield Conflict(kind, (first.id, second.id), _told(kind, about, first, second, one, other))


def _claims(rule: Rule) -> Iterator[tuple[Kind, str, str]]:
    """What a rule lays claim to: (kind, about what, what it wants of it)."""
    for action in rule.actions:
        if isinstance(action, Pin):
            yield "same_place", str(action.place), action.product_id
            yield "same_product", action.product_id, str(action.place)
            yield "pinned_and_hidden", action.product_id, "pin"
        elif isinstance(action, Hide):
            yield from (("pinned_and_hidden", product_id, "hide") for product_id in action.products.product_ids)
        elif isinstance(action, Redirect):
            yield "two_redirects", "", action.url
        elif isinstance(action, Filter):
            yield from (("same_filter", name, repr(value)) for name, value in action.filters.items())


def _told(kind: Kind, about: str, first: Rule, second: Rule, one: str, other: str) -> str:
    a, b = f'"{first.name}"', f'"{second.name}"'
    if kind == "same_place":
        return f"{a} and {b} both pin to place {about}: {one} has it, {other} goes to the next free place."
    if kind == "same_product":
        return f"{a} and {b} both pin product {about}: it stands at place {one}, not at {other}."
    if kind == "pinned_and_hidden":
        return f"{a} and {b} pin and hide product {about}: it is hidden."
    if kind == "same_filter":
        return f"{a} and {b} both filter by {about}: the filter of {a} holds."
    return f"{a} and {b} both redirect: {one} comes first."


def could_meet(one: Rule, other: Rule) -> bool:
    """Whether both could apply to one request; false only where it is certain that they cannot."""
    a, b = one.when, other.when
    if not set(one.surfaces) & set(other.surfaces):
        return False
    for mine, theirs in ((a.device, b.device), (a.segment, b.segment)):
        if mine and theirs and not {v.lower() for v in mine} & {v.lower() for v in theirs}:
            return False
    if a.query_is and b.query_is and not {exact_form(t) for t in a.query_is} & {exact_form(t) for t in b.query_is}:
        return False
    if a.schedule and b.schedule:
        starts = max((s for s in (a.schedule.starts_at, b.schedule.starts_at) if s), default=None)
        ends = min((e for e in (a.schedule.ends_at, b.schedule.ends_at) if e), default=None)
        return starts is None or ends is None or starts < ends
    return True


def _circles(rules: Sequence[Rule]) -> Iterator[Conflict]:
    """Words that lead back to themselves: by replacements, or by one-way synonyms both ways."""
    for what, edges in (("replaced by", _replacements(rules)), ("widened by", _one_ways(rules))):
        for circle in _cycles(edges):
            owners = tuple(dict.fromkeys(edges[a][b] for a, b in pairwise(circle)))
            words = " -> ".join(" ".join(words) for words in circle)
            yield Conflict("circle", owners, f"{words}: {what} one another. Each step is made once, and it ends there.")


_Edges = dict[tuple[str, ...], dict[tuple[str, ...], str]]


def _replacements(rules: Sequence[Rule]) -> _Edges:
    edges: _Edges = defaultdict(dict)
    for rule in rules:
        for action in rule.actions:
            if isinstance(action, Replace) and action.by:
                edges[forms(action.words)].setdefault(forms(action.by), rule.id)
    return edges


def _one_ways(rules: Sequence[Rule]) -> _Edges:
    edges: _Edges = defaultdict(dict)
    for rule in rules:
        for action in rule.actions:
            if isinstance(action, OneWaySynonyms):
                for phrase in action.phrases:
                    for also in action.also:
                        edges[forms(phrase)].setdefault(forms(also), rule.id)
    return edges


def _cycles(edges: _Edges) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Each circle once, from its first word on; not by recursion, as a chain may be as long as there are rules."""
    done: set[tuple[str, ...]] = set()
    for origin in list(edges):
        path: list[tuple[str, ...]] = []
        left: list[tuple[int, tuple[str, ...]]] = [(0, origin)]
        while left:
            depth, word = left.pop()
            del path[depth:]
            if word in path:
                yield (*path[path.index(word) :], word)
            elif word not in done:
                path.append(word)
                done.add(word)
                left += [(depth + 1, following) for following in edges.get(word, {})]


def _redirect_circles(rules: Sequence[Rule]) -> Iterator[Conflict]:
    """Redirects to a page of results whose query redirects again, back to a rule that was there."""
    redirects = {rule.id: action.url for rule in rules for action in rule.actions if isinstance(action, Redirect)}
    # Whenever they are in effect: two that are so one after the other are no circle, but nearly always a mistake.
    always = RuleSet(
        rule.model_copy(update={"when": rule.when.model_copy(update={"schedule": None})})
        for rule in rules
        if rule.id in redirects
    )
    for origin in redirects:
        seen, current = [origin], origin
        while True:
            query = parse_qs(urlsplit(redirects[current]).query).get(_QUERY, [""])[0]
            following = _first(always, query) if query else ""
            if not following:
                break
            if following in seen:
                if following == origin == min(seen):
                    yield Conflict("circle", tuple(seen), f"{redirects[current]} redirects back to where it came from.")
                break
            seen.append(following)
            current = following


def _first(rules: RuleSet, query: str) -> str:
    return next((rule.id for rule in rules.active(datetime.max.replace(tzinfo=UTC), Context("search", query))), "")
