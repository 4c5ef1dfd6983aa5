"""Events of a period followed from list to click, cart and order, in memory. Pure; the job `feedback` does the same
for periods that do not fit there.

A click names its list (`recommendation_id`). A cart or an order counts for the list that it names, or else for the list
in which the same customer or visit clicked the product before, at most ATTRIBUTED ago.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from es.mappings import events as fields
from shop.feedback.distinct import Distinct
from shop.feedback.figures import ATTRIBUTED, EXPECTED, FOR_EVERYBODY, Counted, Groups

TYPES: Final = ("impression", "recommendation_click", "add_to_cart", "order_placed", "recommendation_feedback")
"""The events that tell anything."""
Row = tuple[str, str]


class Dimensions(NamedTuple):
    """By what figures are told apart."""

    algorithm: str
    placement: str
    day: str
    segments: tuple[str, ...]
    session: str

    def listed(self) -> list[Row]:
        """Every dimension with its value; a customer may be of several segments."""
        both = f"{self.placement}/{self.algorithm}"
        keys = [("all", "all"), ("algorithm", self.algorithm), ("placement", self.placement), ("day", self.day)]
        return [*keys, ("placement_algorithm", both), *(("segment", segment) for segment in self.segments)]


@dataclass(slots=True)
class Shown:
    """One product of one list, and what came of it."""

    dimensions: Dimensions
    clicked: bool = False
    carted: bool = False
    bought: bool = False
    likes: int = 0
    dislikes: int = 0
    revenue_milli: int = 0
    orders: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Group:
    counted: Counted = field(default_factory=Counted)
    lists: set[str] = field(default_factory=set)
    visits: set[Row] = field(default_factory=set)
    orders: set[Row] = field(default_factory=set)
    products: set[str] = field(default_factory=set)

    def count(self, list_id: str, product: str, shown: Shown, *, expected: bool) -> None:
        where = shown.dimensions
        self.lists.add(list_id)
        self.products.add(product)
        self.orders.update((where.day, order) for order in shown.orders)
        if where.session:
            self.visits.add((where.day, where.session))
        told = {
            "impressions": 1, "clicks": shown.clicked, "carts": shown.carted, "purchases": shown.bought,
            "revenue_milli": shown.revenue_milli, "unexpected": shown.clicked and not expected,
            "likes": shown.likes, "dislikes": shown.dislikes,
        }  # fmt: skip
        for name, value in told.items():
            self.counted.sums[name] += value

    def done(self) -> Counted:
        self.counted.sums |= {"lists": len(self.lists), "visits": len(self.visits), "orders": len(self.orders)}
        self.counted.products = Distinct.of(self.products)
        return self.counted


@dataclass(slots=True)
class Followed:
    """What became of every product shown. Feed it events in order of time (`add_all`), then ask for `groups`."""

    segments: Callable[[str], tuple[str, ...]] = lambda _: ()
    shown: dict[Row, Shown] = field(default_factory=dict)
    _clicks: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)

    def add_all(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Lists first: the clock of who clicked may run behind ours."""
        for event in events:
            if event[fields.TYPE] == "impression":
                self.add(event)
        for event in events:
            if event[fields.TYPE] != "impression":
                self.add(event)

    def add(self, event: Mapping[str, Any]) -> None:
        """One stored event (es/mappings/events.py); types that tell nothing are passed over."""
        kind = event[fields.TYPE]
        if kind == "impression":
            self._impression(event)
        elif kind == "recommendation_click":
            self._click(event)
        elif kind in ("add_to_cart", "order_placed"):
            self._taken(event, bought=kind == "order_placed")
        elif kind == "recommendation_feedback":
            self._told(event)

    def groups(self) -> Groups:
        """Sums by dimension and value."""
        expected = self._expected()
        found: dict[str, dict[str, _Group]] = defaultdict(lambda: defaultdict(_Group))
        for (list_id, product), shown in self.shown.items():
            usual = product in expected.get(shown.dimensions.day, ())
            for dimension, value in shown.dimensions.listed():
                found[dimension][value].count(list_id, product, shown, expected=usual)
        return {name: {value: group.done() for value, group in values.items()} for name, values in found.items()}

    def _impression(self, event: Mapping[str, Any]) -> None:
        list_id = event.get(fields.RECOMMENDATION_ID)
        if not list_id:
            return
        day = str(event[fields.TIMESTAMP])[:10]
        segments = self.segments(event.get(fields.CUSTOMER_ID, ""))
        placement, session = event.get(fields.PLACEMENT, "unknown"), event.get(fields.SESSION_ID, "")
        for item in _items(event):
            algorithm = item.get(fields.ALGORITHM) or event.get(fields.ALGORITHM, "unknown")
            dimensions = Dimensions(algorithm, placement, day, segments, session)
            self.shown.setdefault((list_id, item[fields.PRODUCT_ID]), Shown(dimensions))

    def _click(self, event: Mapping[str, Any]) -> None:
        product, list_id = event[fields.PRODUCT_ID], event.get(fields.RECOMMENDATION_ID, "")
        shown = self.shown.get((list_id, product))
        if shown is None:
            return
        shown.clicked = True
        for who in _who(event):
            self._clicks[who, product] = (list_id, _at(event))

    def _taken(self, event: Mapping[str, Any], *, bought: bool) -> None:
        for item in _items(event):
            product = item[fields.PRODUCT_ID]
            shown = self.shown.get((self._list_of(event, product), product))
            if shown is None:
                continue
            if not bought:
                shown.carted = True
                continue
            shown.bought = True
            quantity = item.get(fields.QUANTITY) or 1
            shown.revenue_milli += int(item.get(fields.ITEM_PRICE) or 0) * int(quantity)
            shown.orders.update([event[fields.ORDER_ID]] if event.get(fields.ORDER_ID) else ())

    def _told(self, event: Mapping[str, Any]) -> None:
        list_id, verdict = event.get(fields.RECOMMENDATION_ID, ""), event.get(fields.VERDICT)
        for item in _items(event):
            shown = self.shown.get((list_id, item[fields.PRODUCT_ID]))
            if shown is not None:
                shown.bought |= verdict == "purchase"
                shown.likes += verdict == "like"
                shown.dislikes += verdict in ("dislike", "dismiss")

    def _list_of(self, event: Mapping[str, Any], product: str) -> str:
        named = event.get(fields.RECOMMENDATION_ID, "")
        if (named, product) in self.shown:
            return str(named)
        for who in _who(event):
            list_id, at = self._clicks.get((who, product), ("", None))
            if at is not None and timedelta(0) <= _at(event) - at <= ATTRIBUTED:
                return list_id
        return ""

    def _expected(self) -> dict[str, frozenset[str]]:
        """By day: what the lists for everybody showed most."""
        times: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for (_, product), shown in self.shown.items():
            if shown.dimensions.algorithm in FOR_EVERYBODY:
                times[shown.dimensions.day][product] += 1
        return {
            day: frozenset(sorted(of_day, key=lambda product: (-of_day[product], product))[:EXPECTED])
            for day, of_day in times.items()
        }


def _items(event: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    listed = event.get(fields.ITEMS)
    if listed is not None:
        return listed  # type: ignore[no-any-return] # as it is stored
    products = event.get(fields.PRODUCT_ID, [])
    return [{fields.PRODUCT_ID: one} for one in ([products] if isinstance(products, str) else products)]


def _who(event: Mapping[str, Any]) -> list[str]:
    given = ((fields.CUSTOMER_ID, "c "), (fields.SESSION_ID, "s "))
    return [mark + event[name] for name, mark in given if event.get(name)]


def _at(event: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(event[fields.TIMESTAMP])
