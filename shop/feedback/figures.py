"""The metrics of recommendations and their formulas. Pure.

Sums of a group can be added up over days: a list belongs to the day on which it was first shown, and so does what
came of it, whenever it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from es.mappings import feedback as fields
from shop.feedback.distinct import Distinct

ATTRIBUTED: Final = timedelta(days=7)
FOR_EVERYBODY: Final = frozenset({"trending", "popular", "most_reviewed"})
EXPECTED: Final = 50
FORMULAS: Final[Mapping[str, str]] = MappingProxyType({
    "lists": "recommendation lists shown (impression events)",
    "visits": "distinct visits that were shown a list, by day",
    "impressions": "products shown: pairs of list and product",
    "clicks": "pairs of list and product that were clicked; a pair counts once",
    "ctr": "clicks / impressions",
    "carts": "pairs of list and product put into a cart by who clicked it (or by an event that names the list)",
    "add_to_cart_rate": "carts / clicks",
    "purchases": "pairs of list and product ordered by who clicked it (or by an event or feedback that names the list)",
    "conversion": "purchases / clicks",
    "orders": "distinct orders with such a purchase, by day of the list",
    "revenue": "sum of price * quantity of those purchases, main units",
    "revenue_per_list": "revenue / lists",
    "revenue_per_visit": "revenue / visits",
    "average_order_value": "revenue / orders",
    "coverage": "distinct products shown / products of the catalogue (exact up to 1,024 products, then +-3 %)",
    "diversity": "mean over lists of 1 - mean cosine of the texts of any two of their products (a sample of lists)",
    "serendipity": "clicks on products outside the 50 shown most that day by the others (algorithms of everybody's "
    "lists: trending, popular, most_reviewed) / impressions",
    "likes": "feedback `like` on a product of the list",
    "dislikes": "feedback `dislike` or `dismiss` on a product of the list",
    "satisfaction": "likes / (likes + dislikes)",
})  # fmt: skip
SUMS: Final = fields.SUMS
"""What is added up."""


@dataclass(slots=True)
class Counted:
    """Sums of one group; SUMS by name."""

    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMS, 0))
    products: Distinct = field(default_factory=Distinct)

    def add(self, other: "Counted") -> None:
        """Adds the sums of the same group on other days."""
        for name, value in other.sums.items():
            self.sums[name] += value
        self.products = self.products | other.products

    def told(self, catalogue: int) -> dict[str, Any]:
        """The metrics; None where there is nothing to divide by."""
        sums = self.sums
        revenue = sums["revenue_milli"] / 1000
        return {
            **{name: sums[name] for name in SUMS if name not in ("revenue_milli", "unexpected")},
            "ctr": share(sums["clicks"], sums["impressions"]),
            "add_to_cart_rate": share(sums["carts"], sums["clicks"]),
            "conversion": share(sums["purchases"], sums["clicks"]),
            "revenue": revenue,
            "revenue_per_list": share(revenue, sums["lists"]),
            "revenue_per_visit": share(revenue, sums["visits"]),
            "average_order_value": share(revenue, sums["orders"]),
            "coverage": share(min(len(self.products), catalogue), catalogue),
            "serendipity": share(sums["unexpected"], sums["impressions"]),
            "satisfaction": share(sums["likes"], sums["likes"] + sums["dislikes"]),
        }


Groups = dict[str, dict[str, Counted]]
"""By dimension ("all", "algorithm", "placement", "placement_algorithm", "day", "segment") and value."""


def merged(first: Groups, second: Groups) -> Groups:
    """The groups of two periods together; leaves both as they are."""
    found: Groups = {}
    for groups in (first, second):
        for dimension, values in groups.items():
            for value, counted in values.items():
                found.setdefault(dimension, {}).setdefault(value, Counted()).add(counted)
    return found


def share(part: float, whole: float) -> float | None:
    """part / whole to six digits; None of nothing."""
    return round(part / whole, 6) if whole else None
