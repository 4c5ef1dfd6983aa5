"""Suggestions from request to answer: complete (in memory), ask the index once, present."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.admission import Admission, admission_of
from app.lexicon import LexiconKeeper
from app.meter import meter
from app.settings import ServiceSettings
from app.suggest import presentation, retrieval
from app.suggest.checked import Checked
from app.suggest.completions import Completions, Typed, as_typed, complete, typed
from app.waiting import SPARING, patience_left, time_left
from es.errors import EngineTimeout
from shop.lexicon.phrases import Phrase
from shop.products.reader import ProductReader

NOT_GATHERED = "completions: the words of the catalogue are still being gathered"
SPARED = "capacity: too many requests at once; these are completions that led somewhere a moment ago, without products"
"""What an answer says that was made without asking the index, as there was no place for it."""
PRESENTED: Mapping[str, Callable[..., dict[str, Any]]] = {
    "queries": presentation.query,
    "categories": presentation.category,
    "brands": presentation.brand,
}
"""Kinds of completions, in the order in which they are checked, with how each is presented."""
# Of categories and brands fewer help: a list is read from its top.
MOST_FILTERS = 3


Visible = Callable[[str], Awaitable[Sequence[dict[str, Any]]]]
"""From what was typed to the clauses that a product must pass to be shown at all."""


async def _everything(_: str) -> Sequence[dict[str, Any]]:
    return ()


@dataclass(slots=True)
class SuggestService:
    """Suggestions of one shop; `visible` is asked each time."""

    reader: ProductReader
    lexicon: LexiconKeeper
    settings: ServiceSettings
    visible: Visible = _everything
    known: Checked = field(default_factory=Checked)
    admission: Admission = field(init=False)

    def __post_init__(self) -> None:
        self.admission = admission_of(self.settings)

    async def suggest(self, text: str, limit: int) -> dict[str, Any]:
        """Suggestions for what was typed so far; all lists empty below two characters.

        Raises Overloaded, or what Elasticsearch's trouble is (es.errors).
        """
        started = time.perf_counter()
        try:
            async with asyncio.timeout(time_left(self.settings.search_deadline_s)):
                async with self.admission.soon(patience_left(self.settings.search_deadline_s)):
                    answer = await self._answer(typed(text), limit)
        except TimeoutError as error:
            raise EngineTimeout("The suggestions took longer than their deadline; try again.") from error
        meter().degraded("suggestions", answer["degraded"])
        answer["took_ms"] = round((time.perf_counter() - started) * 1000, 1)
        return answer

    async def _answer(self, given: Typed, limit: int) -> dict[str, Any]:
        lexicon = self.lexicon.current
        degraded = [] if lexicon is not None else [NOT_GATHERED]
        if not given.enough:
            return {"queries": [], "categories": [], "brands": [], "products": [], "degraded": degraded}
        found = as_typed(given) if lexicon is None else complete(given, lexicon, limit)
        found = _shortened(found, min(limit, MOST_FILTERS))
        if SPARING.get():
            return await self._remembered(given, found) | {"degraded": [*degraded, SPARED]}
        return await self._checked(given, found, limit) | {"degraded": degraded}

    async def _remembered(self, given: Typed, found: Completions) -> dict[str, Any]:
        """What can be offered without asking the index: completions that led somewhere a moment ago."""
        visible = await self.visible(given.text)
        kept = {kind: self.known.there(visible, kind, getattr(found, kind)) for kind in PRESENTED}
        told = {kind: [present(phrase, given, found) for phrase in kept[kind]] for kind, present in PRESENTED.items()}
        return {**told, "products": []}

    async def _checked(self, given: Typed, found: Completions, limit: int) -> dict[str, Any]:
        """One round trip: the products, and which completions lead to a product that may be shown."""
        visible = await self.visible(given.text)
        bodies = [retrieval.product_body(given, found, visible, limit)]
        bodies += [retrieval.query_check(phrase, visible) for phrase in found.queries]
        bodies += [retrieval.category_check(phrase, visible) for phrase in found.categories]
        bodies += [retrieval.brand_check(phrase, visible) for phrase in found.brands]
        hits, *checks = await self.reader.searches(bodies, deadline_s=self.settings.search_deadline_s)
        there = iter([retrieval.exists(check) for check in checks])
        told: dict[str, Any] = {}
        for kind, present in PRESENTED.items():
            phrases: Sequence[Phrase] = getattr(found, kind)
            checked = [(phrase, next(there)) for phrase in phrases]
            self.known.keep(visible, kind, checked)
            told[kind] = [present(phrase, given, found) for phrase, kept in checked if kept]
        return told | {"products": presentation.products(hits, given, found)}


def _shortened(found: Completions, few: int) -> Completions:
    return Completions(found.readings, found.queries, found.categories[:few], found.brands[:few])
