"""Tools for products that a shopper names in words: whether they are in stock, and what promotions are on them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from app.chat.quotable import product_name
from app.chat.reading.language import OPTIONS
from app.chat.tools.offers import ProductId, PromotionsTool, told_promotions
from app.chat.tools.shopping import product_record
from app.chat.tools.stock import options_asked, options_told, stock_words, variant_asked
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.chat.wording import listed
from app.products.service import ProductService
from app.search.service import SearchService
from shop.inventory.port import InventoryPort
from shop.rules.words import STOP_WORDS, forms

_LOOKED_AT: Final = 5
_A_CODE: Final = re.compile(r"(?=[A-Za-z-]*\d)[A-Z\d-]{4,20}")
_MOST: Final = 0.6
Words = Annotated[str, StringConstraints(max_length=300)]


class NamedArguments(Arguments):
    """`product_ids`, or `text` that names a product; `said`: the whole message."""

    product_ids: list[ProductId] = Field([], max_length=10)
    text: Words = ""
    said: Annotated[str, StringConstraints(max_length=2000)] = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """Products by what they are called."""

    search: SearchService
    products: ProductService

    async def meant(self, arguments: NamedArguments) -> list[dict[str, Any]]:
        """The products of these ids; else those that a search for the words finds, best first."""
        ids = list(arguments.product_ids)
        if not ids and arguments.text.strip():
            own = {"q": arguments.text, "size": _LOOKED_AT, "understand": False, "group": "parent"}
            ids = [hit["product_id"] for hit in (await self.search.ask(own, {}, "chat"))["hits"]]
        found: list[dict[str, Any]] = (await self.products.batch(ids))["products"] if ids else []
        return found


def called(product: Mapping[str, Any], text: str) -> bool:
    """Whether a product is called so: its name, brand and categories have most of the words."""
    wanted = set(forms(text)) - STOP_WORDS
    kinds = [str(product.get("category") or "").replace("_", " "), *(product.get("categories") or ())]
    has = set(forms(" ".join([product["name"], product.get("brand") or "", *kinds])))
    return bool(wanted) and len(wanted & has) >= _MOST * len(wanted)


@dataclass(frozen=True, slots=True)
class StockTool:
    """Whether a product is in stock, in the size or colour that is asked for."""

    goods: Goods
    inventory: InventoryPort
    name: str = "stock"
    description: str = "Whether a product that is named is in stock, in the size, colour or other option asked for."
    changes: bool = False

    @property
    def arguments(self) -> type[NamedArguments]:
        return NamedArguments

    async def run(self, arguments: NamedArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        found = await self.goods.meant(arguments)
        if not arguments.product_ids:
            found = [product for product in found if called(product, arguments.text)][:1]
        if not found:
            thing = f"“{arguments.text}”" if arguments.text else "that product"
            return ToolResult(Outcome.EMPTY, say=f"I find no product called {thing} in the shop.")
        told = []
        meant = []
        for product in found:
            family = await self.inventory.variants(product.get("parent_id") or product["product_id"])
            if OPTIONS.search(arguments.said) and not options_asked(family, arguments.said):
                told.append(options_told(product, family, arguments.said))
                meant.append(product["product_id"])
                continue
            told.append(stock_words(product, family, arguments.said))
            meant.append(variant_asked(product, family, arguments.said))
        if meant != [product["product_id"] for product in found]:
            found = (await self.goods.products.batch(meant))["products"] or found
        return ToolResult(Outcome.DONE, tuple(product_record(one) for one in found), " ".join(told))


@dataclass(frozen=True, slots=True)
class OffersTool:
    """Promotions on what is named; all of them where nothing is."""

    goods: Goods
    promotions: PromotionsTool
    name: str = "offers"
    description: str = "Promotions and codes that are on now, of all products or of those that are named."
    changes: bool = False

    @property
    def arguments(self) -> type[NamedArguments]:
        return NamedArguments

    async def run(self, arguments: NamedArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        running = await self.promotions.running()
        said = {word.lower() for word in re.findall(r"[\w-]+", f"{arguments.text} {arguments.said}")}
        if coded := [one for one in running if one.code and one.code.lower() in said]:
            return told_promotions(coded, "")
        if not arguments.product_ids and _A_CODE.fullmatch(arguments.text):
            return ToolResult(Outcome.EMPTY, say=f"No promotion with the code {arguments.text} is on at the moment.")
        if not (arguments.product_ids or arguments.text):
            return told_promotions(running, "")
        found = await self.goods.meant(arguments)
        if not arguments.product_ids:
            found = [product for product in found if called(product, arguments.text)]
        on = [
            one
            for one in running
            if any(one.applies(p["product_id"], p.get("category"), p.get("brand") or "") for p in found)
        ]
        names = [product_name(p["name"], p["product_id"], p.get("brand") or "") for p in found[:1]]
        thing = listed(names) if arguments.product_ids else f"“{arguments.text}”"
        result = told_promotions(on, f" on {thing}")
        return replace(result, records=(*result.records, *(product_record(p) for p in found[:3]))) if on else result
