"""Who asks: what is known of the shopper and the page before anything is recommended."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any

from app.recommend.contract import RecommendationRequest
from app.recommend.knowledge import Knowledge
from app.recommend.shoppers import Past
from es.errors import EngineError, IndexMissing


@dataclass(slots=True)
class Known:
    """The request with what is known of the shopper, the family of the page's product, and what could not be read.
    `nobody`: nothing is known of who asks, so the answer fits everybody."""

    request: RecommendationRequest
    family: str
    degraded: list[str]
    nobody: bool


async def known_of(knowledge: Knowledge, request: RecommendationRequest, settled_days: float) -> Known:
    """Reads all of it at once; what cannot be read is gone without, and told. `settled_days`: see Shoppers.past."""
    who = (request.customer_id, request.session_id)
    asked: dict[str, Awaitable[Any]] = {}
    if any(who):
        asked["history"] = knowledge.shoppers.past(*who, settled_days)
    if request.customer_id:
        asked["profile"] = knowledge.learned.profile(request.customer_id)
    if request.product_id:
        # With its pictures: it is what others are compared with.
        asked["product"] = knowledge.places.of([request.product_id], looks=True)
    read = dict(zip(asked, await asyncio.gather(*asked.values(), return_exceptions=True), strict=True))
    degraded = []
    for what, one in read.items():
        if isinstance(one, IndexMissing) and what == "profile":
            # A shop that has no profiles yet knows its customers by their history.
            continue
        if isinstance(one, EngineError):
            degraded.append(f"{what}: {one}")
        elif isinstance(one, BaseException):
            raise one
    there = {what: one for what, one in read.items() if not isinstance(one, BaseException)}
    past, profile = there.get("history", Past()), there.get("profile", {})
    own = there.get("product", {}).get(request.product_id)
    if "product" in there and own is None:
        degraded.append(f'product: there is no product "{request.product_id[:100]}"')
    page = {request.product_id} if request.product_id else set()
    return Known(
        replace(request, history=past.history, profile=profile, exclude=past.settled | {*request.cart, *page}),
        own.group_id if own is not None else "",
        degraded,
        nobody=not (past.history or past.settled or profile),
    )
