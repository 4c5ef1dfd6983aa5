"""Tools over products that are known: details, comparison, similar ones. The services of the HTTP API, typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import Field

from app.chat.quotable import harmless, picture_address, product_name, quotable, quotable_fields
from app.chat.records import Record, RecordKind, product_record_id
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.chat.wording import listed, money
from app.problems import BadRequest, NotFound
from app.products.service import ProductService
from app.search.similar.service import SimilarService

MAX_RESULTS: Final = 10
MAX_COMPARED: Final = 4
# Of a product's specifications, so many are told unless one is asked for.
_TOLD: Final = 40


class ProductsArguments(Arguments):
    """`quantity`: of more than one, what that many cost is told."""

    product_ids: list[str] = Field(min_length=1, max_length=MAX_COMPARED)
    quantity: int = Field(1, ge=1, le=99)
    together: bool = Field(False, description="Whether to tell what one of each costs in all.")
    most: float | None = Field(None, gt=0, description="With `together`: what that may cost.")
    left: bool = Field(False, description="With `most`: whether to tell what of that is left.")
    amounts: list[int] = Field([], max_length=MAX_COMPARED, description="With `together`: how many of each.")


@dataclass(frozen=True, slots=True)
class DetailsTool:
    """Everything that is known of one product or a few."""

    products: ProductService
    name: str = "product_details"
    description: str = "All that the shop knows of a product: price, stock, rating, specifications, features."
    changes: bool = False

    @property
    def arguments(self) -> type[ProductsArguments]:
        return ProductsArguments

    async def run(self, arguments: ProductsArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        found = await self.products.batch(arguments.product_ids)
        records = tuple(product_record(product) for product in found["products"])
        say = _total(records[0], arguments.quantity) if records and arguments.quantity > 1 else ""
        facts: dict[str, Any] = {"missing": found["missing"], **({"together": True} if say else {})}
        if arguments.together and (total := told_sum(records, arguments.most, arguments.amounts)):
            rest = left_of(records, arguments.most, arguments.amounts) if arguments.left and arguments.most else ""
            say, facts = f"{total} {rest}".strip(), {**facts, "together": True}
        return ToolResult(Outcome.DONE if records else Outcome.EMPTY, records, say, facts)


def _total(record: Record, quantity: int) -> str:
    """What so many cost, in exact decimals."""
    total = Decimal(str(record.fields["price"])) * quantity
    return f"{quantity} of {record.title} cost {money(float(total), record.fields['currency'])}."


def told_sum(records: Sequence[Record], most: float | None = None, amounts: Sequence[int] = ()) -> str:
    """What one of each costs, or as many as `amounts` say, in exact decimals, and whether that is within `most`; empty
    of one, and where currencies differ."""
    currencies = {record.fields["currency"] for record in records}
    if len(records) < 2 or len(currencies) != 1:
        return ""
    currency = currencies.pop()
    many = amounts if len(amounts) == len(records) else [1] * len(records)
    counted = list(zip(records, many, strict=True))
    total = _sum(records, many)
    each = any(count > 1 for count in many)
    names = [f"{count} of {record.title}" if each else record.title for record, count in counted]
    told = f"{listed(names)} cost {money(float(total), currency)} together."
    if most is None:
        return told
    over = total - Decimal(str(most))
    limit = money(most, currency)
    return (
        f"{told} That is {money(float(over), currency)} over {limit}."
        if over > 0
        else f"{told} That is within {limit}."
    )


def left_of(records: Sequence[Record], most: float, amounts: Sequence[int]) -> str:
    """What of a sum is left after so many of each; empty where nothing is."""
    many = amounts if len(amounts) == len(records) else [1] * len(records)
    left = Decimal(str(most)) - _sum(records, many)
    return f"{money(float(left), records[0].fields['currency'])} would be left." if left > 0 else ""


def _sum(records: Sequence[Record], amounts: Sequence[int]) -> Decimal:
    each = zip(records, amounts, strict=True)
    return sum((Decimal(str(record.fields["price"])) * count for record, count in each), Decimal(0))


@dataclass(frozen=True, slots=True)
class CompareTool:
    """A table from the records: rows of facts, those in which the products differ first."""

    products: ProductService
    name: str = "compare"
    description: str = "Compares two to four products, differences first."
    changes: bool = False

    @property
    def arguments(self) -> type[ProductsArguments]:
        return ProductsArguments

    async def run(self, arguments: ProductsArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        found = await self.products.batch(arguments.product_ids)
        records = tuple(product_record(product) for product in found["products"])
        if len(records) < 2:
            return ToolResult(Outcome.EMPTY, records, "It takes two products to compare.")
        table = compared(records)
        facts = {"table": table, **price_facts(records)}
        return ToolResult(Outcome.DONE, records, facts=facts)


class SimilarArguments(Arguments):
    product_id: str
    filters: dict[str, Any] = Field({})
    limit: int = Field(5, ge=1, le=MAX_RESULTS)


@dataclass(frozen=True, slots=True)
class SimilarTool:
    """Products like one product."""

    similar: SimilarService
    products: ProductService
    name: str = "similar"
    description: str = "Products that are like one product, by text and by look."
    changes: bool = False

    @property
    def arguments(self) -> type[SimilarArguments]:
        return SimilarArguments

    async def run(self, arguments: SimilarArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        pairs = [("size", str(arguments.limit)), *parameters(arguments.filters)]
        try:
            answer = await self.similar.similar(arguments.product_id, pairs)
        except NotFound:
            return ToolResult(Outcome.EMPTY, say="That product is not in the shop any more.")
        except BadRequest:
            answer = await self.similar.similar(arguments.product_id, pairs[:1])
        found = await self.products.batch([hit["product_id"] for hit in answer["hits"]])
        records = tuple(product_record(product) for product in found["products"])
        facts = {"total": answer["total"], "hits": answer["hits"], "degraded": answer["degraded"]}
        return ToolResult(Outcome.DONE if records else Outcome.EMPTY, records, facts=facts)


def product_record(product: Mapping[str, Any]) -> Record:
    """A product as the conversation may speak of it; its description is the record's text."""
    kept = (
        "product_id", "price", "currency", "brand", "category", "rating", "review_count", "in_stock", "stock_quantity",
        "target_gender", "target_age", "occasions", "features", "tags", "categories",
    )  # fmt: skip
    brand = str(product.get("brand") or "")
    fields = {name: product[name] for name in kept if product.get(name) not in (None, "", [], {})}
    fields = {**quotable_fields(fields), "product_id": product["product_id"], "in_stock": bool(product.get("in_stock"))}
    if brand and harmless(brand, brand) and not brand.lower().startswith("www."):
        fields["brand"] = brand
    if (picture := picture_address(product.get("image"))) is not None:
        fields["image"] = picture
    told = list(dict(product.get("specifications") or {}).items())[:_TOLD]
    fields["specifications"] = quotable_fields(dict(told))
    return Record(
        RecordKind.PRODUCT,
        product_record_id(product["product_id"]),
        product_name(product["name"], product["product_id"], brand),
        fields,
        text=quotable(product.get("description") or ""),
    )


def compared(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Rows `{name, values, differs}`: a value a product (None: not known), those that differ first."""
    names = ["price", "rating", "review_count", "brand", "in_stock"]
    names += list(dict.fromkeys(n for record in records for n in record.fields["specifications"]))
    rows = []
    for name in names:
        values = [_value(record, name) for record in records]
        if all(value is None for value in values):
            continue
        rows.append({"name": name, "values": values, "differs": len({repr(value) for value in values}) > 1})
    # Sorting is stable: within each half the order of the records stays.
    return sorted(rows, key=lambda row: not row["differs"])


def _value(record: Record, name: str) -> Any:  # noqa: ANN401 - JSON
    return record.fields["specifications"].get(name, record.fields.get(name))


def price_facts(records: Sequence[Record]) -> dict[str, Any]:
    """The cheapest, and by how much, worked out in exact decimals; nothing where currencies differ."""
    currencies = {record.fields["currency"] for record in records}
    if len(currencies) != 1:
        return {}
    prices = sorted((Decimal(str(record.fields["price"])), record.id, record.title) for record in records)
    (low, cheapest_id, cheapest), (high, _, _) = prices[0], prices[-1]
    if low == high:
        return {"same_price": float(low), "currency": currencies.pop()}
    return {
        "cheapest": cheapest,
        "cheapest_id": cheapest_id,
        "price_difference": float(high - low),
        "currency": currencies.pop(),
    }


def parameters(filters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Filters of a body as query parameters."""
    pairs: list[tuple[str, str]] = []
    for name, value in filters.items():
        if isinstance(value, Mapping):
            pairs += [(f"{side}_{name}", str(bound)) for side, bound in value.items() if side in ("min", "max")]
            pairs += [(f"not_{name}", str(item)) for item in value.get("not", ())]
        elif isinstance(value, list | tuple):
            pairs += [(name, str(item)) for item in value]
        else:
            pairs.append((name, str(value).lower() if isinstance(value, bool) else str(value)))
    return pairs
