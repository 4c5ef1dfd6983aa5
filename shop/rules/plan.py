"""From the rules that apply to one plan: what is done, which rule does it, and which rule had to give way. Pure.

Rules go by priority, highest first, then by id, and the actions of a rule in their order. Where two disagree:

1. hide is stronger than pin, and a filter is stronger than both: what does not pass is never shown;
2. a place is the first rule's that pins to it; the next one's product goes to the next free place;
3. a product is pinned once, by the first rule that pins it;
4. words are replaced once, by the first rule that replaces them; a redirect is the first rule's;
5. filters of different names all hold; of one name, the first rule's holds;
6. factors of boost and bury are multiplied, and kept between 0.1 and 10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from shop.rules.document import (
    MAX_FACTOR,
    MAX_PLACE,
    MIN_FACTOR,
    Boost,
    Bury,
    Filter,
    Hide,
    Pin,
    Redirect,
    Rule,
    Selection,
)
from shop.rules.matching import Context, RuleSet
from shop.rules.wording import reworded

MAX_PINS: Final = 20


class Pinned(NamedTuple):
    """A product at a place, counted from 1."""

    rule_id: str
    product_id: str
    place: int


class Weighted(NamedTuple):
    """Products whose relevance is multiplied by `factor`."""

    rule_id: str
    action: Literal["boost", "bury"]
    products: Selection
    factor: float


class Hidden(NamedTuple):
    """Products that are left out."""

    rule_id: str
    products: Selection


class Filtered(NamedTuple):
    """A filter that everything shown passes; `value` as it stands in the rule."""

    rule_id: str
    name: str
    value: Any


class Overruled(NamedTuple):
    """An action that was not done as it stands: `by` the rule that was first (empty: by no rule), and why."""

    rule_id: str
    action: str
    by: str
    why: str


class Applied(NamedTuple):
    """An action that was done."""

    rule_id: str
    action: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What the rules make of one request."""

    text: str = ""
    """What to look for, words replaced."""
    others: tuple[str, ...] = ()
    """Other wordings of it, by synonyms."""
    pins: tuple[Pinned, ...] = ()
    """By place; one product a place, one place a product."""
    weighted: tuple[Weighted, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    filters: tuple[Filtered, ...] = ()
    redirect: str = ""
    applied: tuple[Applied, ...] = ()
    overruled: tuple[Overruled, ...] = ()


def plan(rules: RuleSet, at: datetime, context: Context) -> Plan | None:
    """The plan for a request at this moment; None where no rule applies."""
    active = rules.active(at, context)
    return planned(active, context.text if context.left is None else context.left) if active else None


def planned(active: Sequence[Rule], text: str) -> Plan:
    """The plan of rules that apply, which come in their order."""
    overruled: list[Overruled] = []
    wording = reworded(text, active)
    overruled += [Overruled(rule, "replace", by, why) for rule, by, why in wording.refused]
    hidden = tuple(Hidden(rule.id, a.products) for rule in active for a in rule.actions if isinstance(a, Hide))
    pins = _pins(active, hidden, overruled)
    filters = _filters(active, overruled)
    redirect = _redirect(active, overruled)
    weighted = tuple(
        Weighted(rule.id, a.type, a.products, a.factor)
        for rule in active
        for a in rule.actions
        if isinstance(a, Boost | Bury)
    )
    applied = [Applied(rule_id, "replace") for rule_id in wording.replaced_by]
    applied += [Applied(rule_id, "synonyms") for rule_id in wording.widened_by]
    applied += [Applied(pin.rule_id, "pin") for pin in pins]
    applied += [Applied(given.rule_id, given.action) for given in weighted]
    applied += [Applied(given.rule_id, "hide") for given in hidden]
    applied += [Applied(given.rule_id, "filter") for given in filters]
    if redirect:
        applied.append(Applied(redirect[0], "redirect"))
    return Plan(
        wording.text,
        wording.others,
        pins,
        weighted,
        hidden,
        filters,
        redirect[1] if redirect else "",
        tuple(dict.fromkeys(applied)),
        tuple(dict.fromkeys(overruled)),
    )


def factor(factors: Sequence[float]) -> float:
    """All factors of one product as one, inside its bounds."""
    product = 1.0
    for each in factors:
        product *= each
    return min(MAX_FACTOR, max(MIN_FACTOR, product))


def _pins(active: Sequence[Rule], hidden: Sequence[Hidden], overruled: list[Overruled]) -> tuple[Pinned, ...]:
    hidden_by = {product_id: given.rule_id for given in hidden for product_id in given.products.product_ids}
    by_product: dict[str, Pinned] = {}
    by_place: dict[int, Pinned] = {}
    asked = [(rule, action) for rule in active for action in rule.actions if isinstance(action, Pin)]
    for rule, pin in asked:
        told = f"product {pin.product_id}"
        if pin.product_id in hidden_by:
            overruled.append(Overruled(rule.id, "pin", hidden_by[pin.product_id], f"{told} is hidden"))
            continue
        if (first := by_product.get(pin.product_id)) is not None:
            if (first.rule_id, first.place) != (rule.id, pin.place):
                why = f"{told} is pinned to place {first.place} already"
                overruled.append(Overruled(rule.id, "pin", first.rule_id, why))
            continue
        place = next((p for p in range(pin.place, MAX_PLACE + 1) if p not in by_place), 0)
        if not place or len(by_product) >= MAX_PINS:
            overruled.append(Overruled(rule.id, "pin", "", f"no place is left for {told}; {MAX_PINS} pins fit"))
            continue
        if place != pin.place:
            why = f"place {pin.place} is taken; {told} goes to place {place}"
            overruled.append(Overruled(rule.id, "pin", by_place[pin.place].rule_id, why))
        by_product[pin.product_id] = by_place[place] = Pinned(rule.id, pin.product_id, place)
    return tuple(by_place[place] for place in sorted(by_place))


def _filters(active: Sequence[Rule], overruled: list[Overruled]) -> tuple[Filtered, ...]:
    found: dict[str, Filtered] = {}
    for rule in active:
        for action in rule.actions:
            wanted: Mapping[str, Any] = action.filters if isinstance(action, Filter) else {}
            for name, value in wanted.items():
                first = found.setdefault(name, Filtered(rule.id, name, value))
                if first.value != value:
                    overruled.append(Overruled(rule.id, "filter", first.rule_id, f"{name} is filtered already"))
    return tuple(found.values())


def _redirect(active: Sequence[Rule], overruled: list[Overruled]) -> tuple[str, str] | None:
    first: tuple[str, str] | None = None
    for rule in active:
        for action in rule.actions:
            if not isinstance(action, Redirect):
                continue
            if first is None:
                first = (rule.id, action.url)
            elif first[1] != action.url:
                overruled.append(Overruled(rule.id, "redirect", first[0], f"{first[1]} comes first"))
    return first
