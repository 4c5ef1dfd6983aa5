"""A search from request to answer: understand, build, execute, fuse, present. Only `execute` does I/O."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import structlog

from app.admission import Admission, admission_of
from app.catalogue import Catalogue
from app.live_rules import LiveRules
from app.meter import meter, stage
from app.problems import BadRequest
from app.search import presentation
from app.search.ahead import Ahead
from app.search.continuing import continued, fingerprint, own, placed, refused
from app.search.filter_parsing import parse_filters
from app.search.finding import Finder, Finding
from app.search.foreseeing import Foresight
from app.search.grouping import Grouper
from app.search.hits import Retrieved
from app.search.lacking import lacked
from app.search.pinning import tell
from app.search.query import Group, SearchQuery, build
from app.search.ranking import fusion_of, page_of
from app.search.recording import logged
from app.search.relaxing import Relaxed, Relaxer, relaxation
from app.search.signals import Signals, signals_of
from app.search.spelling import Spelled, Speller, in_full
from app.search.steered import Planner, rewords, steered, weighing
from app.search.steering import Steering, steering_of
from app.search.understanding.applying import applied, as_typed, easier, respelled
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.service import UnderstandingService
from app.search.worth import lifting, worth
from app.settings import ServiceSettings
from app.slow_searches import report
from app.waiting import patience_left, time_left
from es.errors import EngineError, EngineTimeout
from shop.lexicon.corrections import Correction
from shop.products.reader import CatalogueFacts, ProductReader
from shop.queries.log import QueryLog
from shop.queries.record import NOBODY, Click, Visit, new_search_id
from shop.rules.document import Surface
from shop.rules.matching import Context
from shop.rules.plan import Pinned

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """A search as it was asked and as it was made, what was found, and the answer's body."""

    asked: SearchQuery
    query: SearchQuery
    found: Retrieved
    body: dict[str, Any]

    @property
    def pins_not_shown(self) -> list[Pinned]:
        """Pins that are passed over: gone, sold out, hidden, or not what the filters ask for."""
        shown = {pin.product_id for pin, _ in self.found.pinned}
        return [pin for pin in self.query.steering.pins if pin.product_id not in shown] if self.query.steering else []


@dataclass(slots=True)
class SearchService:
    """Searches of one shop."""

    reader: ProductReader
    catalogue: Catalogue
    settings: ServiceSettings
    queries: QueryLog
    speller: Speller
    rules: LiveRules
    understanding: UnderstandingService
    admission: Admission = field(init=False)
    signals: Signals = field(init=False)
    finder: Finder = field(init=False)
    foresight: Foresight = field(init=False)

    def __post_init__(self) -> None:
        self.admission = admission_of(self.settings)
        self.signals = signals_of(self.settings)
        fetched, lexicon = self.signals.fetched, self.understanding.lexicon
        self.finder = Finder(self.reader, self.catalogue, self.settings, fetched, lexicon)
        self.foresight = Foresight(self.understanding, self.speller, self.finder.listing, self._respelled)

    async def search(self, ask: Callable[[CatalogueFacts], SearchQuery], visit: Visit = NOBODY) -> dict[str, Any]:
        """Answers one search. `ask` makes the query once it is known what the catalogue has; `visit` goes into the
        query log.

        Raises BadRequest, Overloaded, or what Elasticsearch's trouble is (es.errors); EngineTimeout when all of
        it together took longer than the deadline.
        """
        try:
            async with asyncio.timeout(time_left(self.settings.search_deadline_s)):
                async with self.admission.soon(patience_left(self.settings.search_deadline_s)):
                    answered = await self._answer(ask, self.rules.plan)
        except TimeoutError as error:
            raise EngineTimeout("The search took longer than its deadline; try again.") from error
        meter().degraded("search", answered.body["degraded"])
        if 0 < self.settings.slow_search_ms <= answered.body["took_ms"]:
            report(answered.asked, answered.body)
        self.queries.searched(logged(as_typed(answered.asked), answered.body, visit))
        return answered.body

    async def ask(
        self, own: Mapping[str, Any], filters: Mapping[str, Any], surface: Surface = "search"
    ) -> dict[str, Any]:
        """A search from the parameters of POST /api/search, for where its hits are shown; raises as `search`."""
        return await self.search(lambda facts: replace(build(own, filters, facts), surface=surface))

    def spelled(self, text: str) -> Correction | None:
        """What a text may have been meant to be, by the words of the catalogue; None where all of them are known."""
        return self.speller.meant(SearchQuery(text=text))

    def mentioned(self, word: str) -> bool:
        """Whether any product is known to have the word, be it in its description; True while nobody knows."""
        return self.speller.mentioned(word)

    def clicked(self, click: Click) -> bool:
        """Takes note of a click in a search; False where the query log is off."""
        return self.queries.clicked(click)

    async def visible(self, text: str) -> Sequence[dict[str, Any]]:
        """Clauses that every product must pass by the merchandising rules for these words: filters and hides."""
        steering = steered(SearchQuery(text=text), self.rules.plan, await self.catalogue.facts()).steering
        return steering.always if steering is not None else ()

    async def steering(self, context: Context) -> Steering | None:
        """What the merchandising rules make of any list of products now; None where no rule applies."""
        plan = self.rules.plan(context)
        if plan is None:
            return None
        try:
            facts = await self.catalogue.facts()
        except EngineError:
            facts = None
        return steering_of(plan, facts)

    async def filter_problems(self, raw: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What a search would say is wrong with these filters, as (name, message). Any attribute name is taken while
        there is no catalogue to look into."""
        try:
            facts = await self.catalogue.facts()
        except EngineError:
            facts = None
        return parse_filters(raw, facts)[1]

    async def preview(self, own: Mapping[str, Any], filters: Mapping[str, Any], planner: Planner) -> Answered:
        """Answers a search, given as in a body, as other rules would have it; it does not go into the query log.
        Raises as `search`."""
        try:
            async with asyncio.timeout(self.settings.search_deadline_s):
                return await self._answer(lambda facts: build(own, filters, facts), planner)
        except TimeoutError as error:
            raise EngineTimeout("The search took longer than its deadline; try again.") from error

    async def _answer(self, ask: Callable[[CatalogueFacts], SearchQuery], planner: Planner) -> Answered:
        started = time.perf_counter()
        asked, less = await self._asked(ask)
        asking, made = await self._as_asked(asked, planner)
        for other in easier(asked, made.found.total) if not asked.continued else ():
            asked = other
            made = await self.finder.find(steered(asked, planner, await self.catalogue.facts()), asking)
        spelled = Spelled(asked)
        if not asked.continued and not rewords(made.query):
            with stage("spelling"):
                deadline_s = self.settings.search_deadline_s
                spelled = await self.speller.look(asked, made.found, asking, deadline_s=deadline_s)
        meant = asked
        if spelled.query is not asked and spelled.corrected is not None:
            meant = await self._respelled(asked, spelled.corrected)
            made = await self.finder.find(steered(meant, planner, await self.catalogue.facts()), asking)
        lexicon = await self.understanding.lexicon()
        relaxed, made = await self._relaxed(meant, made, lexicon, planner, asking)
        query, found, answer = await self._presented(made, less)
        answer |= in_full(spelled, asked).told(as_typed(asked))
        tell(answer, query, found)
        missing = lacked(meant, found, lexicon, self.speller.mentioned, spelled.offered)
        answer["relaxation"] = relaxation(None if relaxed is None else relaxed.told, missing)
        answer["took_ms"] = round((time.perf_counter() - started) * 1000, 1)
        log.debug("search", search_id=answer["search_id"], total=found.total, took_ms=answer["took_ms"])
        return Answered(asked, query, found, answer)

    async def _as_asked(self, asked: SearchQuery, planner: Planner) -> tuple[Ahead, Finding]:
        """What the search finds as it is asked, and with it the answers to what it will probably want to know next."""
        facts = await self.catalogue.facts()
        steer = partial(steered, planner=planner, facts=facts)
        query = steer(asked)
        with stage("foresee"):
            asking = Ahead(self.reader, await self.foresight.of(asked, query, steer, facts))
        return asking, await self.finder.find(query, asking)

    async def _relaxed(
        self, meant: SearchQuery, made: Finding, lexicon: Lexicon, planner: Planner, asking: Ahead
    ) -> tuple[Relaxed | None, Finding]:
        """What is known of a way on where something is missing, and what is found on it; None, and what was found,
        where nothing is missing."""
        steer = partial(steered, planner=planner, facts=await self.catalogue.facts())
        relaxer, deadline_s = Relaxer(asking), self.settings.search_deadline_s
        with stage("relax"):
            relaxed = await relaxer.look(meant, made.found, made.probes, steer, lexicon, deadline_s=deadline_s)
        if relaxed is not None and relaxed.query is not None:
            made = await self.finder.find(steer(relaxed.query), asking)
            if not made.found.total:
                # What seemed alike to the words as typed is not to those that are left.
                relaxed = await relaxer.nothing(steer(meant), made.probes, {}, deadline_s)
        return relaxed, made

    async def _presented(self, made: Finding, less: Sequence[str]) -> tuple[SearchQuery, Retrieved, dict[str, Any]]:
        """The search with the facets that are shown, what was found with these alone, and the answer's body. `less`:
        what had to be gone without until now."""
        found = self.finder.chooser.choose(made.query, made.found)
        query = found.asked or made.query
        fusion = fusion_of(query, found, self.settings, (await self.catalogue.facts()).text_model)
        worthy = worth(self.signals)
        moved = lifting(weighing(fusion, found), worthy, found)
        if query.grouped:
            page = await Grouper(self.reader).page(query, made.probes, found, moved, self.settings.search_deadline_s)
        else:
            page = page_of(query, made.probed, found, made.tail, moved)
        with stage("present"):
            body = presentation.present(
                query, found, page, search_id=new_search_id(), degraded=[*less, *made.probed.degraded], fusion=fusion,
                worth=worthy,
            )  # fmt: skip
        return query, found, body

    async def _asked(self, ask: Callable[[CatalogueFacts], SearchQuery]) -> tuple[SearchQuery, list[str]]:
        """The search as it is understood, at the place that its cursor names; and what had to be gone without."""
        query = await self._checked(ask)
        if query.cursor is not None and query.cursor.kept is not None:
            return placed(continued(query, query.cursor.kept)), []
        query, less = await self._understood(query)
        if query.cursor is not None and query.cursor.query != fingerprint(query):
            # A cursor from before they took along what was made of the words.
            meant = self.speller.meant(query)
            query = await self._respelled(query, meant) if meant else query
        if not own(query):
            raise refused()
        return placed(query), less

    async def _checked(self, ask: Callable[[CatalogueFacts], SearchQuery]) -> SearchQuery:
        facts = await self.catalogue.facts()
        try:
            query = ask(facts)
        except BadRequest:
            # The attribute may be newer than what we know of the index.
            newer = await self.catalogue.facts(at_most_s=1.0)
            if newer is facts:
                raise
            query = ask(newer)
        return query if query.group is not None else replace(query, group=Group(self.settings.group))

    async def _understood(self, query: SearchQuery) -> tuple[SearchQuery, list[str]]:
        if not query.understand or not query.text:
            return query, []
        with stage("understand"):
            understood, less = await self.understanding.understand(query.text, query.keep_words)
        return applied(query, understood), less

    async def _respelled(self, query: SearchQuery, meant: Correction) -> SearchQuery:
        """The search with its words corrected: what was typed is understood anew."""
        typed = query.typed or query
        corrected = replace(typed, text=respelled(typed.text, meant), mistyped=fingerprint(typed))
        return (await self._understood(corrected))[0]
