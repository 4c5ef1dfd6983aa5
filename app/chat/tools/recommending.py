"""The tool for the shop's own lists: what is popular or new, what goes with a product, what it recommends to whoever is
asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field

from app.chat.quotable import product_name
from app.chat.reading.recommending import ShopList
from app.chat.tools.shopping import product_record
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.products.service import ProductService
from app.recommend.service import RecommendService

_PLACEMENTS: Final[Mapping[ShopList, str]] = {
    ShopList.FOR_YOU: "home",
    ShopList.POPULAR: "popular",
    ShopList.NEW: "new",
    ShopList.WITH: "bought_together",
}
_BESIDE: Final = "cart"
"""What goes with a product that nobody has bought together with another yet."""
_OF_DEMAND: Final = frozenset({"trending", "popular"})
_OF_NOVELTY: Final = frozenset({"new"})
_BOUGHT: Final = frozenset({"bought_together", "bought_after"})
_OF_ITS_SHOPPERS: Final = _BOUGHT | {"viewed_together", "follows"}
_OF_THE_PERSON: Final = _OF_ITS_SHOPPERS | {
    "goes_with", "wanted_with", "affinity", "taste", "similar", "alike", "llm",
}  # fmt: skip


class RecommendArguments(Arguments):
    """`product_id`: what a list WITH is about. `budget`: highest price of one piece, in main units."""

    which: ShopList
    product_id: str | None = None
    budget: float | None = Field(None, gt=0)
    limit: int = Field(5, ge=1, le=20)


@dataclass(frozen=True, slots=True)
class RecommendTool:
    """Lists of the recommenders, with their reasons. `facts["because"]`: the reason of each product, by id."""

    recommendations: RecommendService
    products: ProductService
    name: str = "recommend"
    description: str = "What is popular, what is new, what goes with a product, or what suits who is asking."
    changes: bool = False

    @property
    def arguments(self) -> type[RecommendArguments]:
        return RecommendArguments

    async def run(self, arguments: RecommendArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        which = arguments.which
        answer = await self._list(_PLACEMENTS[which], arguments, caller)
        items, degraded = answer["items"], answer["degraded"]
        if which is ShopList.WITH and not items:
            answer = await self._list(_BESIDE, arguments, caller)
            items = [item for item in answer["items"] if item["reason_data"].get("product_id") == arguments.product_id]
            items = [item for item in items if item["reason_data"]["kind"] in _OF_ITS_SHOPPERS]
        found = await self.products.batch([item["product_id"] for item in items])
        there = {product["product_id"]: product for product in found["products"]}
        items = [item for item in items if item["product_id"] in there]
        records = tuple(product_record(there[item["product_id"]]) for item in items)
        facts = {
            "total": len(records),
            "hits": items,
            "degraded": degraded,
            "because": {item["product_id"]: item["reason"] for item in items if item["reason"]},
        }
        about = await self._name(arguments.product_id) if which is ShopList.WITH else ""
        say = _told(which, items, about, known=caller.customer_id is not None)
        return ToolResult(Outcome.DONE if records else Outcome.EMPTY, records, say, facts)

    async def _list(self, placement: str, arguments: RecommendArguments, caller: Caller) -> dict[str, Any]:
        asked: dict[str, Any] = {"placement": placement, "limit": arguments.limit}
        if caller.customer_id is not None:
            asked["customer_id"] = caller.customer_id
        if arguments.product_id is not None:
            asked["product_id"] = arguments.product_id
        if arguments.budget is not None:
            asked["budget"] = arguments.budget
        return await self.recommendations.recommend(asked)

    async def _name(self, product_id: str | None) -> str:
        found = (await self.products.batch([product_id] if product_id else []))["products"]
        return product_name(found[0]["name"], found[0]["product_id"], found[0].get("brand") or "") if found else "that"


def _told(which: ShopList, items: Sequence[Mapping[str, Any]], about: str, *, known: bool) -> str:
    """What the list is, as far as the reasons of its products say so."""
    kinds = {item["reason_data"].get("kind", "") for item in items}
    if which is ShopList.WITH:
        if not items:
            return f"Nobody has bought anything together with {about} yet, so I cannot tell what goes with it."
        these = "this" if len(items) == 1 else "these"
        if kinds <= _BOUGHT:
            return f"Others bought {these} with {about}."
        return f"What is bought with {about} I do not know yet; its shoppers also looked at {these}."
    if not items:
        return "There is nothing that I could recommend at the moment; tell me what kind of thing you would like."
    if which is ShopList.POPULAR:
        return "This is what is popular at the moment." if kinds <= _OF_DEMAND else "This is what others like."
    if which is ShopList.NEW:
        return "These came in lately." if kinds <= _OF_NOVELTY else "Nothing has come in lately; others like these."
    if known and kinds & _OF_THE_PERSON:
        return "I have picked these by what you looked at and bought."
    return "I do not know your taste yet, so this is what others like."
