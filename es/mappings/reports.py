"""The index of recommendation reports: one document a day (UTC), algorithm and placement, its id the three of them.

The day, the algorithm and the placement are those of the list in which a product was shown; whatever came of it later
counts there.

    lists          lists shown in which the algorithm chose a product
    impressions    products shown: pairs of list and product
    clicks, carts, purchases    pairs that were clicked, put into a cart, ordered; each counts once
    revenue_milli  price * quantity of those purchases, thousandths of the main unit
    products       the distinct products shown
    catalogue      products of the catalogue when it was computed: what coverage is a share of

A cart or an order counts for the list that it names, or else for the list in which the same customer or visit clicked
the product last, at most seven days before.
"""

from typing import Any, Final

KIND: Final = "recommendation-days"
SCHEMA_VERSION: Final = 1

DAY: Final = "day"
ALGORITHM: Final = "algorithm"
PLACEMENT: Final = "placement"
LISTS: Final = "lists"
IMPRESSIONS: Final = "impressions"
CLICKS: Final = "clicks"
CARTS: Final = "carts"
PURCHASES: Final = "purchases"
REVENUE: Final = "revenue_milli"
PRODUCTS: Final = "products"
CATALOGUE: Final = "catalogue"
COMPUTED_AT: Final = "computed_at"

COUNTS: Final = (LISTS, IMPRESSIONS, CLICKS, CARTS, PURCHASES, REVENUE)


def definition() -> dict[str, Any]:
    """Settings and mapping of one generation."""
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION},
            "properties": {
                DAY: {"type": "date", "format": "strict_date"},
                ALGORITHM: {"type": "keyword"},
                PLACEMENT: {"type": "keyword"},
                PRODUCTS: {"type": "keyword"},
                CATALOGUE: {"type": "long"},
                COMPUTED_AT: {"type": "date"},
                **{name: {"type": "long"} for name in COUNTS},
            },
        },
    }
