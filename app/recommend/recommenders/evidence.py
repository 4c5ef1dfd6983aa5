"""How much each product of a shopper's history says. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.recommend.contract import Did, RecommendationRequest

WEIGHTS: Final[Mapping[Did, float]] = MappingProxyType({Did.LOOKED: 1.0, Did.CART: 3.0, Did.BOUGHT: 5.0})
"""As the jobs weigh events (docs/reference/events.md): view < cart < purchase."""
DECAY: Final = 0.8
"""What an event counts for each that came after it."""
BEFORE_THIS_VISIT: Final = 0.5
"""What an event of an earlier visit counts, where there are events of this one."""
_PAGE, _IN_CART = 5.0, 3.0


def weights_of(request: RecommendationRequest, most: int) -> dict[str, float]:
    """Products with their weights, the heaviest first, at most `most`: the page's product, the cart, the history by
    what was done and how long ago, and the latest of the profile where the history says little."""
    found: dict[str, float] = {}
    if request.product_id:
        found[request.product_id] = _PAGE
    for product in request.cart:
        found[product] = found.get(product, 0.0) + _IN_CART
    now = any(done.in_session for done in request.history)
    for behind, done in enumerate(reversed(request.history)):
        earlier = BEFORE_THIS_VISIT if now and not done.in_session else 1.0
        weight = WEIGHTS[done.did] * DECAY**behind * earlier
        found[done.product_id] = found.get(done.product_id, 0.0) + weight
    if len(found) < most:
        latest = request.profile.get("products", ())
        heaviest = max((float(one["weight"]) for one in latest), default=0.0)
        for one in latest:
            if heaviest > 0 and one["product_id"] not in found:
                found[one["product_id"]] = 0.1 * float(one["weight"]) / heaviest
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most])


def steps_of(request: RecommendationRequest) -> list[str]:
    """The products of the history, then the cart, then the page's, in order of time, as the jobs that learn from such
    steps count them: looking at one, taking it and buying it in a row is one."""
    seen = [done.product_id for done in request.history]
    seen += [*request.cart, *((request.product_id,) if request.product_id else ())]
    return [product for product, before in zip(seen, ["", *seen], strict=False) if product != before]


def done_with(request: RecommendationRequest) -> dict[str, str]:
    """What the shopper last did with each product, for reasons: `page` and `in_cart` before what was done earlier."""
    found = {done.product_id: done.did.value for done in request.history}
    found |= dict.fromkeys(request.cart, "in_cart")
    return found | ({request.product_id: "page"} if request.product_id else {})
