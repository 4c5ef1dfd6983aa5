"""Tools about what is on sale: stock, promotions, and what customers say of a product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from app.chat.quotable import harmless, product_name, quotable_fields
from app.chat.records import Record, RecordKind, product_record_id
from app.chat.tools.order_records import day
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.chat.wording import counted, listed
from shop.inventory.port import InventoryPort
from shop.inventory.stock import StockItem
from shop.promotions.document import Promotion
from shop.promotions.store import PromotionStore
from shop.reviews.store import ReviewStore
from shop.reviews.summary import Mention, ReviewSummary, summarised

ProductId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_TOLD = 3


class AvailabilityArguments(Arguments):
    product_ids: list[ProductId] = Field(min_length=1, max_length=10)


class PromotionsArguments(Arguments):
    """Without `product_id` all that are on."""

    product_id: ProductId | None = None
    category: str | None = None
    brand: str = ""


class ReviewsArguments(Arguments):
    """`about`: what of the product is asked for, such as battery."""

    product_id: ProductId
    parent_id: ProductId | None = None
    about: Annotated[str, StringConstraints(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class AvailabilityTool:
    """Whether products are in stock, by the stock system that is connected."""

    inventory: InventoryPort
    name: str = "availability"
    description: str = "Whether products are in stock, and how many there are where that is known."
    changes: bool = False

    @property
    def arguments(self) -> type[AvailabilityArguments]:
        return AvailabilityArguments

    async def run(self, arguments: AvailabilityArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        found = await self.inventory.items(arguments.product_ids)
        if not found:
            return ToolResult(Outcome.EMPTY, say="That product is not in the shop any more.")
        items = [found[product_id] for product_id in arguments.product_ids if product_id in found]
        missing = [product_id for product_id in arguments.product_ids if product_id not in found]
        say = " ".join(_stock(item) for item in items)
        return ToolResult(Outcome.DONE, tuple(_stock_record(item) for item in items), say, {"missing": missing})


@dataclass(frozen=True, slots=True)
class PromotionsTool:
    """Promotions that are on now."""

    store: PromotionStore
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    name: str = "promotions"
    description: str = "Promotions and codes that are on now, of all products or of one."
    changes: bool = False

    @property
    def arguments(self) -> type[PromotionsArguments]:
        return PromotionsArguments

    async def run(self, arguments: PromotionsArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        running = await self.running()
        if arguments.product_id is not None:
            wanted = (arguments.product_id, arguments.category, arguments.brand)
            running = [promotion for promotion in running if promotion.applies(*wanted)]
        return told_promotions(running, " for that product" if arguments.product_id else "")

    async def running(self) -> list[Promotion]:
        """All that are on now."""
        return list(await self.store.running(self.clock()))


def told_promotions(running: Sequence[Promotion], on: str) -> ToolResult:
    """Promotions in a sentence. `on`: what they are on, with its preposition; empty for everything."""
    if not running:
        return ToolResult(Outcome.EMPTY, say=f"There is no promotion{on} at the moment.")
    told = listed([_promotion(promotion) for promotion in running[:_TOLD]])
    verb = "is" if len(running) == 1 else "are"
    say = f"There {verb} {counted(len(running), 'promotion')}{on} at the moment: {told}."
    return ToolResult(Outcome.DONE, tuple(_promotion_record(one) for one in running), say, {"total": len(running)})


@dataclass(frozen=True, slots=True)
class ReviewsTool:
    """What customers say of a product, counted over all stored reviews of it."""

    store: ReviewStore
    name: str = "reviews"
    description: str = "What customers say of a product: how many mention what, and how they rate it."
    changes: bool = False

    @property
    def arguments(self) -> type[ReviewsArguments]:
        return ReviewsArguments

    async def run(self, arguments: ReviewsArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        ids = [arguments.product_id, *([arguments.parent_id] if arguments.parent_id else [])]
        summary = summarised(await self.store.of_product(*ids), arguments.about, harmless)
        if not summary.reviews:
            return ToolResult(Outcome.EMPTY, say="I have no texts of reviews of that product.")
        record = Record(
            RecordKind.REVIEWS,
            f"{RecordKind.REVIEWS.value}:{arguments.product_id}",
            "Customer reviews",
            summary.as_json(),
            text=" ".join(f"\u201c{mention.quote}\u201d" for mention in summary.mentions if mention.quote),
        )
        facts = {"reviews": summary.reviews}
        return ToolResult(Outcome.DONE, (record,), reviews_sentence(summary, arguments.about), facts)


def reviews_sentence(summary: ReviewSummary, about: str = "") -> str:
    """23 of 41 reviews mention battery; 18 of those gave 4 or 5 stars."""
    total = counted(summary.reviews, "review")
    if about:
        if summary.asked is None:
            return f"None of the {total} {'mentions' if summary.reviews == 1 else 'mention'} {about}."
        return f"{_mention(summary.asked, summary.reviews)}."
    mean = f"{total}, {summary.mean:.1f} of 5 stars on average" if summary.mean is not None else total
    if not summary.mentions:
        return f"There {'is' if summary.reviews == 1 else 'are'} {mean}."
    told = listed(
        [f"{one.reviews} mention{'s' if one.reviews == 1 else ''} {one.word}" for one in summary.mentions[:3]]
    )
    return f"There {'is' if summary.reviews == 1 else 'are'} {mean}; of these {told}."


def _mention(mention: Mention, total: int) -> str:
    of = f"{mention.reviews} of {counted(total, 'review')} mention{'s' if mention.reviews == 1 else ''} {mention.word}"
    return f"{of}; {mention.positive} of those gave 4 or 5 stars" if mention.rated else of


def _stock(item: StockItem) -> str:
    name = product_name(item.name, item.item_id)
    if not item.available:
        return f"{name} is not in stock at the moment."
    left = f" ({item.quantity} left)" if item.quantity is not None else ""
    return f"{name} is in stock{left}."


def _stock_record(item: StockItem) -> Record:
    fields: dict[str, Any] = {
        "product_id": item.item_id,
        "price": float(item.price),
        "currency": item.currency,
        "in_stock": item.available,
        "specifications": quotable_fields(item.options),
    }
    if item.quantity is not None:
        fields["stock_quantity"] = item.quantity
    return Record(RecordKind.PRODUCT, product_record_id(item.item_id), product_name(item.name, item.item_id), fields)


def _promotion(promotion: Promotion) -> str:
    code = f" with the code {promotion.code}" if promotion.code else ""
    end = f" until {day(promotion.ends_at)}" if promotion.ends_at else ""
    return f"{promotion.title}{code}{end}"


def _promotion_record(promotion: Promotion) -> Record:
    fields = {
        "promotion_id": promotion.promotion_id,
        "code": promotion.code,
        "percent": promotion.percent,
        "ends_at": day(promotion.ends_at),
    }
    kept = {name: value for name, value in fields.items() if value not in (None, "")}
    record_id = f"{RecordKind.PROMOTION.value}:{promotion.promotion_id}"
    return Record(RecordKind.PROMOTION, record_id, promotion.title, kept, text=promotion.text)
