"""The index of feedback: what became of recommendations, one document a day, dimension and value.

    day         of the list's first impression (UTC); what came of it counts there, whenever it came
    dimension   all, algorithm, placement, placement_algorithm ("home/content"), segment
    value       of the dimension; "all" for all
    lists, visits, impressions, clicks, carts, purchases, orders, revenue_milli, unexpected, likes, dislikes
                sums; shop/feedback/figures.py has the formulas of what is made of them
    reward      sum over the products shown of 1 if clicked, 3 if put into a cart, 5 if ordered, 1 if liked, -1 if
                disliked or dismissed
    expected    what any products would have got at these places: the placement's rewards shared out over all that it
                showed, by 1 / log2(1 + position), the usual discount of how few look so far down. So standing first
                is no merit in reward / expected
    products    hashes of the products shown (shop/feedback/distinct.py)
    catalogue   products of the catalogue when the job counted: what coverage is a share of

The mapping's `_meta` says which days are covered: `since` (the first), `until` (the moment that the job counted from).
"""

from typing import Any, Final

KIND: Final = "feedback"
SCHEMA_VERSION: Final = 1

DAY: Final = "day"
DIMENSION: Final = "dimension"
VALUE: Final = "value"
PRODUCTS: Final = "products"
CATALOGUE: Final = "catalogue"
REWARD: Final = "reward"
EXPECTED: Final = "expected"
SUMS: Final = (
    "lists", "visits", "impressions", "clicks", "carts", "purchases", "orders", "revenue_milli", "unexpected", "likes",
    "dislikes",
)  # fmt: skip
"""What is added up."""
SINCE: Final = "since"
UNTIL: Final = "until"


def definition(since: str, until: str) -> dict[str, Any]:
    """Settings and mapping of one generation. `since`: a day; `until`: a moment."""
    return {
        "settings": {"number_of_shards": 1},
        "mappings": {
            "dynamic": False,
            "_meta": {"schema_version": SCHEMA_VERSION, SINCE: since, UNTIL: until},
            "properties": {
                DAY: {"type": "date"},
                DIMENSION: {"type": "keyword"},
                VALUE: {"type": "keyword", "ignore_above": 2000},
                # Dashboards add these up; the API reads them from what is stored.
                **{name: {"type": "long"} for name in (*SUMS, CATALOGUE)},
                REWARD: {"type": "double"},
                EXPECTED: {"type": "double"},
                PRODUCTS: {"type": "keyword"},
            },
        },
    }
