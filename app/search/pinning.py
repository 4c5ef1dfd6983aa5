"""Pinned products in a page of results, and what the answer says of the rules. Pure.

A pin stands at its place in the whole list, whichever page that is on. A list that is too short for a place has the
pin at its end. Places reach as far as a page still counts hits from the top, so no page behind meets a pin.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from app.search.continuing import following
from app.search.cursor import Cursor
from app.search.fusion import Fused
from app.search.hit import Hit
from app.search.hits import Retrieved
from app.search.presentation import Page
from app.search.query import SearchQuery
from app.search.steered import from_the_top
from app.search.steering import Steering
from shop.rules.document import MAX_PLACE


class _Entry(NamedTuple):
    hit: Hit
    place: Fused
    pinned: bool


def page_with_pins(query: SearchQuery, found: Retrieved, page_of: Callable[[SearchQuery], Page]) -> Page:
    """The page of a search; `page_of` cuts the page of any part of the list without pins."""
    whole = from_the_top(query)
    if whole is query:
        return page_of(query)
    end = query.offset + query.size
    base = page_of(whole)
    entries = _placed(base, found)
    shown = entries[query.offset : end]
    places = None if base.places is None else [entry.place for entry in shown]
    cursor = None
    if base.next_cursor is not None or len(entries) > end:
        others = sum(not entry.pinned for entry in entries[:end])
        cursor = _following(query, end, others, page_of, ranked=base.places is not None)
    return replace(base, hits=[entry.hit for entry in shown], places=places, next_cursor=cursor)


def families_with_pins(query: SearchQuery, found: Retrieved, base: Page) -> Page:
    """The page of a list of families; `base` is that of `from_the_top`, without pins."""
    if not found.pinned or not query.size:
        return base
    end, start = query.offset + query.size, query.offset
    entries = _placed(base, found)
    goes_on = base.next_cursor is not None or len(entries) > end
    if query.offset >= MAX_PLACE:  # they all are on pages before
        entries, start = _placed(base, replace(found, pinned=())), 0
        goes_on = base.next_cursor is not None
    shown = entries[start : start + query.size]
    places = None if base.places is None else [entry.place for entry in shown]
    cursor = following(query, ranked=base.places is not None, shown=end) if goes_on else None
    return replace(base, hits=[entry.hit for entry in shown], places=places, next_cursor=cursor)


def _placed(base: Page, found: Retrieved) -> list[_Entry]:
    places = base.places or [Fused(hit.candidate, 0.0, 0.0, 0.0) for hit in base.hits]
    entries = [_Entry(hit, place, False) for hit, place in zip(base.hits, places, strict=True)]
    # In order of place, so that those before have moved the rest already.
    for pin, hit in found.pinned:
        entries.insert(pin.place - 1, _Entry(hit, Fused(hit.candidate, 0.0, 0.0, 0.0), True))
    return entries


def _following(
    query: SearchQuery, end: int, others: int, page_of: Callable[[SearchQuery], Page], *, ranked: bool
) -> Cursor:
    """Where the list goes on; `others`: the hits up to there that are no pins."""
    if end >= MAX_PLACE:
        behind = page_of(replace(query, offset=0, size=others)).next_cursor
        if behind is not None and behind.after is not None:
            return behind
    return following(query, ranked=ranked, shown=end)


def tell(answer: dict[str, Any], query: SearchQuery, found: Retrieved) -> None:
    """Adds to an answer which rules did something, where they redirect, and to each hit (with explain) which moved
    it."""
    steering = query.steering
    answer["rules"] = applied(steering, found) if steering else []
    answer["redirect"] = (steering.plan.redirect or None) if steering else None
    if steering is None:
        return
    pinned = {pin.product_id: pin for pin, _ in found.pinned}
    for hit in answer["hits"]:
        pin = pinned.get(hit["product_id"])
        if pin is not None:
            hit["score"] = None
        if query.explain:
            told = hit["explanation"]
            if pin is not None:
                told["ordered_by"] = "rule"
                told["rules"] = [{"id": pin.rule_id, "action": "pin", "place": pin.place}]
            else:
                by = found.weighed.get(hit["product_id"], ())
                told["rules"] = [{"id": w.rule_id, "action": w.action, "factor": w.factor} for w in by]


def applied(steering: Steering, found: Retrieved) -> list[dict[str, str]]:
    """The rules that did something to this answer: `{id, action}`, in the order in which they go."""
    pins = {pin.rule_id for pin, _ in found.pinned}
    weighed = {(given.rule_id, given.action) for by in found.weighed.values() for given in by}
    refused = {(told.rule_id, told.action) for told in steering.overruled if not told.by}
    listed = []
    for rule_id, action in steering.plan.applied:
        if action == "pin":
            did = rule_id in pins
        elif action in ("boost", "bury"):
            did = (rule_id, action) in weighed
        elif action in ("hide", "filter"):
            did = (rule_id, action) not in refused
        else:
            did = True
        if did:
            listed.append({"id": rule_id, "action": action})
    return listed
