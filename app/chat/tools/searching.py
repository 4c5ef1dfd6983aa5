"""The tool that finds products: of what a search finds, those that are the thing that was asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from pydantic import Field

from app.chat.records import Record
from app.chat.tools.shopping import MAX_RESULTS, product_record, told_sum
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.chat.wording import listed, money
from app.products.service import ProductService
from app.search.service import SearchService
from app.search.understanding.service import KINDS, Near, Thing, called_first, of_the_thing, things_in

_EITHER: Final = 3
_NOBODY: Final = Caller("", "", None)
_WIDER: Final = 4
"""Times as many are looked at as are shown, of which those are kept that are the thing that was asked for."""


class SearchArguments(Arguments):
    """`filters` are those of POST /api/search; `like` and `image` search by example."""

    text: str = Field("", max_length=2000)
    filters: dict[str, Any] = Field({})
    sort: str = "relevance"
    limit: int = Field(5, ge=1, le=MAX_RESULTS)
    skip: int = Field(0, ge=0, le=900)
    image: str | None = None
    together: float | None = Field(None, gt=0, description="What all of several things may cost in all.")
    leave_out: list[str] = Field([], max_length=50, description="Products not to show, nor others of their families.")
    thing: str = Field("", max_length=2000, description="Words for the thing, of which the text may say more.")


@dataclass(frozen=True, slots=True)
class SearchTool:
    """Finds products. `facts` has `total`, `hits` (cards with their scores) and `degraded`, and where a thing was asked
    for by name its words as `thing` and how `near` to it is what was found."""

    search: SearchService
    products: ProductService
    name: str = "search"
    description: str = "Finds products of the shop by words, filters (price, brand, any attribute) or a picture."
    changes: bool = False

    @property
    def arguments(self) -> type[SearchArguments]:
        return SearchArguments

    async def _each(self, parts: Sequence[str], arguments: SearchArguments) -> ToolResult:
        """What each of several things finds, in turn, and which of them find nothing."""
        one = {"limit": arguments.limit, "skip": arguments.skip}
        each = [arguments.model_copy(update={"text": part, "thing": part, **one}) for part in parts]
        found = [await self.run(part, _NOBODY) for part in each]
        kept = [result for result in found if result.facts.get("near") in (None, Near.CALLED, Near.KIND, Near.LOOSE)]
        gone = [part for part, result in zip(parts, found, strict=True) if result not in kept or not result.records]
        lists, say = [result.records for result in kept], ""
        if arguments.together is not None and len(kept) == len(parts):
            lists, say = within_sum(lists, arguments.together, parts)
        records = {r.id: r for turn in zip_longest(*lists) for r in turn if r is not None}
        listed_hits = filled([], [result.facts["hits"] for result in kept], MAX_RESULTS)
        shown = list(records.values())[: arguments.limit]
        ids = {record.fields["product_id"] for record in shown}
        facts = {
            "total": sum(result.facts["total"] for result in kept),
            "degraded": list(dict.fromkeys(less for result in found for less in result.facts["degraded"])),
            "hits": [hit for hit in listed_hits if hit["product_id"] in ids],
        }
        say = f"I find no {listed([f'“{part}”' for part in gone], 'and no')} that fits." if gone else say
        return ToolResult(Outcome.DONE if shown else Outcome.EMPTY, tuple(shown), say, facts)

    async def _without(self, hits: list[dict[str, Any]], leave_out: Sequence[str]) -> list[dict[str, Any]]:
        """The hits without these products and the other variants of them."""
        if not leave_out:
            return hits
        gone = (await self.products.batch(list(leave_out)))["products"]
        families = {*leave_out, *(product.get("parent_id") or product["product_id"] for product in gone)}
        return [hit for hit in hits if not families & {hit["product_id"], hit.get("parent_id")}]

    async def run(self, arguments: SearchArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        things = things_in(arguments.thing) if arguments.image is None else []
        if len(things) > 1 and (all_of := wanted_together(arguments.thing, things)):
            return await self._each(all_of, arguments)
        size = arguments.skip + arguments.limit * (_WIDER if things else 1) + len(arguments.leave_out)
        own: dict[str, Any] = {
            "q": arguments.text,
            "sort": arguments.sort,
            "size": size,
            "understand": False,
            "group": "parent",
            "explain": bool(things),
        }
        if arguments.image is not None:
            own["image"] = arguments.image
        answer = await self.search.ask(own, arguments.filters, "chat")
        # Of what is not the thing none was shown, so that places are counted among those that are.
        before = arguments.skip if len(things) == 1 or "," in arguments.thing else 0
        hits = answer["hits"][arguments.skip - before :]
        if len(hits) < arguments.limit and (either := alternatives(arguments.text)):
            more = [await self.search.ask({**own, "q": one}, arguments.filters, "chat") for one in either]
            hits = filled(hits, [found["hits"] for found in more], arguments.limit)
            answer["total"] = max(answer["total"], len(hits))
        hits = await self._without(hits, arguments.leave_out)
        found = await self.products.batch([hit["product_id"] for hit in hits])
        facts: dict[str, Any] = {"total": answer["total"], "degraded": answer["degraded"]}
        products: list[Mapping[str, Any]] = found["products"]
        # What comes after a comma says more of the thing.
        things = things[:1] if "," in arguments.thing else things
        if len(things) == 1 and products and KINDS & set(arguments.filters):
            # Whatever is of the category is the thing, by whatever name; what is called so comes first.
            products = called_first(things[0], products)
        elif len(things) == 1 and products:
            near, products = of_the_thing(things[0], products)
            facts |= {"thing": things[0].words, "near": near.value}
            if near is not Near.NOT and len(products) < len(found["products"]):
                facts["total"] = len(products)
        products = products[before : before + arguments.limit]
        by_id = {hit["product_id"]: hit for hit in hits}
        facts["hits"] = [by_id[p["product_id"]] for p in products if p["product_id"] in by_id] if things else hits
        facts["cosines"] = {hit["product_id"]: hit.pop("explanation", {}).get("cosine") or 0.0 for hit in hits}
        records = tuple(product_record(product) for product in products)
        return ToolResult(Outcome.DONE if records else Outcome.EMPTY, records, facts=facts)


def within_sum(
    lists: Sequence[Sequence[Record]], most: float, parts: Sequence[str]
) -> tuple[list[tuple[Record, ...]], str]:
    """Of each thing those that can be had with others of the rest for `most` in all, and what such a choice costs; the
    cheapest of each where nothing can."""
    cheapest = [min(records, key=_price) for records in lists]
    least = sum(_price(record) for record in cheapest)
    limit = Decimal(str(most))
    if least > limit:
        named = listed([f"“{part}”" for part in parts])
        told = f"I find no {named} for {money(most, cheapest[0].fields['currency'])} in all; the cheapest are these."
        return [(record,) for record in cheapest], f"{told} {told_sum(cheapest)}"
    fits = [
        tuple(record for record in records if least - _price(low) + _price(record) <= limit)
        for records, low in zip(lists, cheapest, strict=True)
    ]
    best = [records[0] for records in fits]
    chosen = best if sum(_price(record) for record in best) <= limit else cheapest
    first = [
        (one, *(record for record in records if record is not one)) for one, records in zip(chosen, fits, strict=True)
    ]
    return first, told_sum(chosen, most)


def _price(record: Record) -> Decimal:
    return Decimal(str(record.fields["price"]))


def wanted_together(text: str, things: Sequence[Thing]) -> list[str]:
    """The things of a text that is a list of them and nothing else: "pans and knives"."""
    parts = [part.strip() for part in text.split(" and ")]
    return parts if parts == [thing.words for thing in things] else []


def alternatives(text: str) -> list[str]:
    """The things that a text with "or" names: any of them will do."""
    parts = [part.strip() for part in re.split(r"\bor\b", text, flags=re.IGNORECASE)]
    return [part for part in parts if part][:_EITHER] if len(parts) > 1 else []


def filled(first: list[dict[str, Any]], more: Sequence[list[dict[str, Any]]], limit: int) -> list[dict[str, Any]]:
    """Hits of the first list, then of the others in turn, none twice, up to `limit`."""
    found = {hit["product_id"]: hit for hit in first}
    for turn in zip_longest(*more):
        for hit in turn:
            if hit is not None and len(found) < limit:
                found.setdefault(hit["product_id"], hit)
    return list(found.values())
