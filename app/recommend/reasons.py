"""Why a product is recommended, in a sentence made from stored figures. Pure.

The kinds of `reason_data`, and where each figure can be computed again:

    viewed_together  product_id, did, count, share    es/mappings/pairs.py: count and confidence of the pair
    bought_together  product_id, did, count, share    likewise, of orders
    bought_after     product_id, did, count, share    likewise, of buyers
    follows          product_id, did                  es/mappings/successors.py: it is among the product's successors
    goes_with        product_id, did                  es/mappings/neighbours.py: it is a neighbour of the product
    alike            product_id, did                  likewise, in the table of texts
    wanted_with      product_id, did                  es/mappings/factors.py: it speaks most for the product
    similar          product_id, similarity           vectors of the texts of both
    similar_looks    product_id, similarity           vectors of the pictures of both
    affinity         field, value, share              es/mappings/profiles.py: the share of the brand or category
    taste            -                                nearest to the mean of what the shopper did
    trending, popular  views, carts, orders, spike    es/mappings/trends.py; orders are pieces
    reviewed         reviews, rating                  the product
    new              created_at                       the product
    in_stock         -                                the product
    pinned           rule_id                          the rule
    llm              product_id, did                  the shopper's events: the model named one as its reason
    told             text                             a recommender's own words

`did`: looked, cart, bought (the latest event of the shopper with product_id), page (the page's product), in_cart, or
empty where it is not known.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

_BECAUSE: Final = {
    "looked": "Because you looked at {name}",
    "cart": "Because you put {name} into your cart",
    "in_cart": "Goes with {name} in your cart",
    "bought": "Because you bought {name}",
    "page": "Shoppers of {name} also looked at this",
    "": "Goes with {name}",
}
_LONGEST_NAME: Final = 60


def sentence(reason: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The reason in words; empty where there is nothing true to say. `names`: of products by id."""
    kind = reason.get("kind", "")
    if "product_id" in reason:
        name = names.get(reason["product_id"], "")
        # A product that is gone is no reason that anybody could follow.
        return _of_product(kind, reason, _short(name)) if name else ""
    return _of_figures(kind, reason)


def product_of(reason: Mapping[str, Any]) -> str:
    """The product that the reason names; empty where it names none."""
    return str(reason.get("product_id", ""))


def _of_product(kind: str, reason: Mapping[str, Any], name: str) -> str:
    if kind == "bought_together":
        return _share(reason["share"], f"of the orders with {name} have this too", f"Ordered together with {name}")
    if kind == "bought_after":
        return _share(reason["share"], f"of the buyers of {name} bought this later", f"Bought after {name}")
    if kind in ("similar", "alike"):
        return f"Similar to {name}"
    if kind == "similar_looks":
        return f"Looks like {name}"
    # What the learned hybrid or factors found need not have been looked at by the same shoppers.
    did = "" if kind in ("goes_with", "wanted_with") and reason.get("did") == "page" else str(reason.get("did", ""))
    return _BECAUSE.get(did, _BECAUSE[""]).format(name=name)


def _of_figures(kind: str, reason: Mapping[str, Any]) -> str:
    if kind == "affinity":
        return f"You often look at {str(reason['value']).replace('_', ' ')}"
    if kind == "taste":
        return "Like what you looked at lately"
    if kind in ("trending", "popular"):
        return _trend(kind, reason)
    if kind == "reviewed":
        return _reviews(int(reason["reviews"]), reason.get("rating"))
    if kind == "new":
        created = datetime.fromisoformat(reason["created_at"])
        return f"New since {created.day} {created:%B %Y}"
    return {"in_stock": "In stock", "pinned": "Chosen by the shop", "told": str(reason.get("text", ""))}.get(kind, "")


def _trend(kind: str, reason: Mapping[str, Any]) -> str:
    bought, seen = int(reason["orders"]), int(reason["views"])
    figures = [f"{bought:,} sold"] if bought else []
    if seen and (kind == "trending" or not bought):
        figures.append(f"looked at {_times(seen)}")
    said = " and ".join(figures)
    start = "Suddenly popular: " if reason.get("spike") and said else ""
    text = f"{start}{said} in the last 30 days" if said else ""
    return text[:1].upper() + text[1:]


def _reviews(count: int, rating: float | None) -> str:
    if not count:
        return ""
    people = "1 review" if count == 1 else f"{count:,} reviews"
    return people if rating is None else f"{rating:.1f} stars in {people}"


def _share(share: float, rest: str, otherwise: str) -> str:
    percent = int(share * 100 + 0.5)
    return f"{percent} % {rest}" if percent >= 1 else otherwise


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count:,} times"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
