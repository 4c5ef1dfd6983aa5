"""Every metric of recommendations from the events of a period. Pure.

Who follows a recommendation: a click names its list (`recommendation_id`). A cart or an order counts for the list that
it names, or else for the list in which the same customer or visit clicked the product before, at most ATTRIBUTED ago.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from es.mappings import events as fields

ATTRIBUTED: Final = timedelta(days=7)
FORMULAS: Final[Mapping[str, str]] = MappingProxyType({
    "lists": "recommendation lists shown (impression events)",
    "impressions": "products shown: pairs of list and product",
    "clicks": "pairs of list and product that were clicked; a pair counts once",
    "ctr": "clicks / impressions",
    "carts": "pairs of list and product put into a cart by who clicked it (or by an event that names the list)",
    "add_to_cart_rate": "carts / clicks",
    "purchases": "pairs of list and product ordered by who clicked it (or by an event that names the list)",
    "conversion": "purchases / clicks",
    "revenue": "sum of price * quantity of those purchases, main units",
    "revenue_per_list": "revenue / lists",
    "coverage": "distinct products shown / products of the catalogue",
    "diversity": "mean over lists of 1 - mean cosine of the texts of any two of their products (a sample of lists)",
    "serendipity": "clicks on products outside the 50 shown most by the others (algorithms of everybody's lists: "
    "trending, popular, most_reviewed) / impressions",
})  # fmt: skip
FOR_EVERYBODY: Final = frozenset({"trending", "popular", "most_reviewed"})
_EXPECTED: Final = 50
Row = tuple[str, str]


class Dimensions(NamedTuple):
    """By what figures are told apart."""

    algorithm: str
    placement: str
    day: str
    segments: tuple[str, ...]


@dataclass(slots=True)
class Counted:
    """Sums of one group."""

    lists: set[str] = field(default_factory=set)
    products: set[str] = field(default_factory=set)
    impressions: int = 0
    clicks: int = 0
    carts: int = 0
    purchases: int = 0
    revenue_milli: int = 0
    unexpected: int = 0

    def told(self, catalogue: int) -> dict[str, Any]:
        """The metrics; None where there is nothing to divide by."""
        return {
            "lists": len(self.lists),
            "impressions": self.impressions,
            "clicks": self.clicks,
            "ctr": _share(self.clicks, self.impressions),
            "carts": self.carts,
            "add_to_cart_rate": _share(self.carts, self.clicks),
            "purchases": self.purchases,
            "conversion": _share(self.purchases, self.clicks),
            "revenue": self.revenue_milli / 1000,
            "revenue_per_list": _share(self.revenue_milli / 1000, len(self.lists)),
            "coverage": _share(len(self.products), catalogue),
            "serendipity": _share(self.unexpected, self.impressions),
        }


@dataclass(slots=True)
class Shown:
    """One product of one list, and what came of it."""

    dimensions: Dimensions
    clicked: bool = False
    carted: bool = False
    bought: bool = False
    revenue_milli: int = 0


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

    def groups(self) -> dict[str, dict[str, Counted]]:
        """Sums by dimension ("all", "algorithm", "placement", "day", "segment") and value."""
        expected = self._expected()
        found: dict[str, dict[str, Counted]] = defaultdict(lambda: defaultdict(Counted))
        for (list_id, product), shown in self.shown.items():
            where = shown.dimensions
            keys = [("all", "all"), ("algorithm", where.algorithm), ("placement", where.placement), ("day", where.day)]
            keys += [("segment", segment) for segment in where.segments]
            for dimension, value in keys:
                _count(found[dimension][value], list_id, product, shown, expected)
        return {dimension: dict(values) for dimension, values in found.items()}

    def _impression(self, event: Mapping[str, Any]) -> None:
        list_id = event.get(fields.RECOMMENDATION_ID)
        if not list_id:
            return
        day = str(event[fields.TIMESTAMP])[:10]
        segments = self.segments(event.get(fields.CUSTOMER_ID, ""))
        for item in _items(event):
            algorithm = item.get(fields.ALGORITHM) or event.get(fields.ALGORITHM, "unknown")
            dimensions = Dimensions(algorithm, event.get(fields.PLACEMENT, "unknown"), day, segments)
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

    def _list_of(self, event: Mapping[str, Any], product: str) -> str:
        named = event.get(fields.RECOMMENDATION_ID, "")
        if (named, product) in self.shown:
            return str(named)
        for who in _who(event):
            list_id, at = self._clicks.get((who, product), ("", None))
            if at is not None and timedelta(0) <= _at(event) - at <= ATTRIBUTED:
                return list_id
        return ""

    def _expected(self) -> frozenset[str]:
        times: dict[str, int] = defaultdict(int)
        for (_, product), shown in self.shown.items():
            if shown.dimensions.algorithm in FOR_EVERYBODY:
                times[product] += 1
        return frozenset(sorted(times, key=lambda product: (-times[product], product))[:_EXPECTED])


def _count(group: Counted, list_id: str, product: str, shown: Shown, expected: frozenset[str]) -> None:
    group.lists.add(list_id)
    group.products.add(product)
    group.impressions += 1
    group.clicks += shown.clicked
    group.carts += shown.carted
    group.purchases += shown.bought
    group.revenue_milli += shown.revenue_milli
    group.unexpected += shown.clicked and product not in expected


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


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 6) if whole else None
