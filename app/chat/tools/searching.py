"""The tool that finds products: of what a search finds, those that are the thing that was asked for."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from pydantic import Field

from app.chat.matching import mentions
from app.chat.reading.tastes import Taste
from app.chat.records import Record
from app.chat.tools.leaning import leaning
from app.chat.tools.shopping import MAX_RESULTS, product_record, told_sum
from app.chat.tools.tool import Arguments, Caller, Outcome, ToolResult
from app.chat.wording import fit, listed, money
from app.products.service import ProductService
from app.search.service import SearchService
from app.search.understanding.service import KINDS, Near, Thing, called_first, of_the_thing, things_in
from shop.products.values import AgeGroup

_EITHER: Final = 3
_OF_ALL: Final = frozenset({"price", "in_stock", "gender", "age", "category", "rating"})
"""What is wished of each of several things, whichever it is said of."""
_NOBODY: Final = Caller("", "", None)
_WIDER: Final = 4
"""Times as many are looked at as are shown, of which those are kept that are the thing that was asked for."""
_WIDEST: Final = 12
"""The same where they should be like something."""


class SearchArguments(Arguments):
    """`filters` are those of POST /api/search; `like` and `image` search by example."""

    text: str = Field("", max_length=2000)
    filters: dict[str, Any] = Field({})
    sort: str = "relevance"
    limit: int = Field(5, ge=1, le=MAX_RESULTS)
    skip: int = Field(0, ge=0, le=900)
    image: str | None = None
    together: float | None = Field(None, gt=0, description="What all of several things may cost in all.")
    amounts: list[int] = Field([], max_length=MAX_RESULTS, description="How many of each of several things.")
    leave_out: list[str] = Field([], max_length=50, description="Products not to show, nor others of their families.")
    thing: str = Field("", max_length=2000, description="Words for the thing, of which the text may say more.")
    cheapest: bool = Field(False, description="Whether the cheapest of the thing comes first.")
    grown: bool = Field(False, description="Whether what is made for children comes last, where most of it is not.")
    taste: str = Field("", max_length=200, description="What they should be like, as the shopper says it.")
    toward: list[str] = Field(
        [], max_length=50, description="Words by which records speak of that; * ends a beginning."
    )
    away: list[str] = Field([], max_length=50, description="Words by which records speak of the opposite.")


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
        one = {"limit": arguments.limit, "skip": arguments.skip, "amounts": []}
        each = [arguments.model_copy(update={"text": part, "thing": part, **one}) for part in parts]
        found = [await self._or_plainly(part) for part in each]
        kept = [result for result in found if result.facts.get("near") in (None, Near.CALLED, Near.KIND, Near.LOOSE)]
        gone = [part for part, result in zip(parts, found, strict=True) if result not in kept or not result.records]
        lists, say = [result.records for result in kept], ""
        if len(kept) == len(parts) and arguments.together is None and (arguments.amounts or arguments.cheapest):
            firsts = [records[0] for records in lists if records]
            say = told_sum(firsts, amounts=arguments.amounts) if len(firsts) == len(parts) else ""
        elif arguments.together is not None and len(kept) == len(parts) and all(lists):
            lists, say = within_sum(lists, arguments.together, parts, arguments.amounts)
        records = {r.id: r for turn in zip_longest(*lists) for r in turn if r is not None}
        listed_hits = filled([], [result.facts["hits"] for result in kept], MAX_RESULTS)
        shown = list(records.values())[: arguments.limit]
        ids = {record.fields["product_id"] for record in shown}
        facts = {
            "total": sum(result.facts["total"] for result in kept),
            "degraded": list(dict.fromkeys(less for result in found for less in result.facts["degraded"])),
            "hits": [hit for hit in listed_hits if hit["product_id"] in ids],
        }
        say = f"I find no {listed([f'“{part}”' for part in gone], 'and no')} that {fit(gone)}." if gone else say
        return ToolResult(Outcome.DONE if shown else Outcome.EMPTY, tuple(shown), say, facts)

    async def _or_plainly(self, arguments: SearchArguments) -> ToolResult:
        """One of several things; without what only another of them can be, where it finds none: "a tent for four and
        sleeping bags" asks for no sleeping bags for four."""
        found = await self.run(arguments, _NOBODY)
        general = {name: value for name, value in arguments.filters.items() if name.removeprefix("not_") in _OF_ALL}
        if (found.records and found.facts.get("near") != Near.NOT.value) or general == arguments.filters:
            return found
        plain = await self.run(arguments.model_copy(update={"filters": general}), _NOBODY)
        return plain if plain.records and plain.facts.get("near") != Near.NOT.value else found

    async def _families(self, leave_out: Sequence[str]) -> set[str]:
        """These products, and the families that they are of."""
        gone = (await self.products.batch(list(leave_out)))["products"] if leave_out else []
        return {*leave_out, *(product.get("parent_id") or product["product_id"] for product in gone)}

    async def run(self, arguments: SearchArguments, _caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        things = things_in(arguments.thing) if arguments.image is None else []
        if len(things) > 1 and (all_of := wanted_together(arguments.thing, things)):
            return await self._each(all_of, arguments)
        leans = bool(arguments.toward or arguments.away)
        wider = _WIDEST if leans else _WIDER if things else 1
        size = arguments.skip + arguments.limit * wider + len(arguments.leave_out)
        own: dict[str, Any] = {
            "q": arguments.text,
            "sort": arguments.sort,
            "size": size,
            "understand": False,
            # Another colour of what was shown may be bolder than that one.
            **({} if leans else {"group": "parent"}),
            "explain": bool(arguments.text),
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
        families = await self._families(arguments.leave_out)
        hits = [hit for hit in hits if not _left_out(hit, arguments.leave_out if leans else families)]
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
        say = ""
        if leans and facts.get("near") != Near.NOT.value:
            seen = {product["product_id"] for product in products if _left_out(product, families)}
            taste = Taste(arguments.taste, tuple(arguments.toward), tuple(arguments.away))
            products, say = leaning(products, taste, seen, arguments.limit)
        products = _grown_first(products) if arguments.grown else products
        if arguments.cheapest:
            products = sorted(products, key=lambda product: float(product["price"]))
        if len(things) == 1 and (having := has_what(arguments.thing)):
            products, less = having_first(products, having)
            say = say or less
        products = products[before : before + arguments.limit]
        by_id = {hit["product_id"]: hit for hit in hits}
        narrowed = bool(things or leans)
        facts["hits"] = [by_id[p["product_id"]] for p in products if p["product_id"] in by_id] if narrowed else hits
        facts["cosines"] = {hit["product_id"]: hit.pop("explanation", {}).get("cosine") or 0.0 for hit in hits}
        records = tuple(product_record(product) for product in products)
        return ToolResult(Outcome.DONE if records else Outcome.EMPTY, records, say, facts)


_HAS: Final = re.compile(
    r"\bwith (?:an? |some |real |genuine |built[- ]in |an? built[- ]in )?(?P<what>[a-z-]{3,})\W*$", re.IGNORECASE
)


def has_what(thing: str) -> str:
    """What a thing is to have, by the last word said of it: "down" of "jackets with down"; empty for nothing."""
    found = _HAS.search(thing)
    return found["what"].lower() if found else ""


def having_first(products: Sequence[Mapping[str, Any]], what: str) -> tuple[list[Mapping[str, Any]], str]:
    """The products whose records speak of what they are to have, where any does; else all of them, and that."""
    kept = [product for product in products if mentions(product_record(product), what)]
    if kept or not products:
        return kept or list(products), ""
    return list(
        products
    ), f"Whether {'it has' if len(products) == 1 else 'any of these has'} “{what}”, the shop's data does not say."


def _grown_first(products: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The products, what is made for children last where most of them are not."""
    childish = [product for product in products if product.get("target_age") == AgeGroup.KIDS]
    if len(childish) * 2 > len(products):
        return list(products)
    return sorted(products, key=lambda product: product.get("target_age") == AgeGroup.KIDS)


def _left_out(product: Mapping[str, Any], families: Collection[str]) -> bool:
    """Whether a product, or a hit, is one of these or of their families."""
    return product["product_id"] in families or product.get("parent_id") in families


def within_sum(
    lists: Sequence[Sequence[Record]], most: float, parts: Sequence[str], amounts: Sequence[int] = ()
) -> tuple[list[tuple[Record, ...]], str]:
    """Of each thing those that can be had with others of the rest for `most` in all, and what such a choice costs; the
    cheapest of each where nothing can. `amounts`: how many of each, one where none are given."""
    many = amounts if len(amounts) == len(lists) else [1] * len(lists)
    cheapest = [min(records, key=_price) for records in lists]
    least = sum(_price(record) * count for record, count in zip(cheapest, many, strict=True))
    limit = Decimal(str(most))
    if least > limit:
        named = listed([f"“{part}”" for part in parts])
        told = f"I find no {named} for {money(most, cheapest[0].fields['currency'])} in all; the cheapest are these."
        return [(record,) for record in cheapest], f"{told} {told_sum(cheapest, amounts=many)}"
    fits = [
        tuple(record for record in records if least + (_price(record) - _price(low)) * count <= limit)
        for records, low, count in zip(lists, cheapest, many, strict=True)
    ]
    best = [records[0] for records in fits]
    chosen = best if sum(_price(one) * count for one, count in zip(best, many, strict=True)) <= limit else cheapest
    first = [
        (one, *(record for record in records if record is not one)) for one, records in zip(chosen, fits, strict=True)
    ]
    return first, told_sum(chosen, most, many)


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
