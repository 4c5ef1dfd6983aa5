"""Recommendations from request to answer: who asks, candidates, what may be shown, the list, reasons, the impression.

Two round trips where rows are known: the shopper; what is near, and the products. At most four.
"""

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

import structlog

from app.meter import meter
from app.recommend import lookup
from app.recommend.ahead import LookedUpAhead
from app.recommend.choosing import Choice, Option, choose, with_pins
from app.recommend.contract import Candidate, RecommendationRequest, Recommender
from app.recommend.gathering import gathered, read_ahead
from app.recommend.knowledge import Knowledge
from app.recommend.part_weights import PartWeights
from app.recommend.placements import PlacementPlan
from app.recommend.places import Place
from app.recommend.presentation import answer_of, items_of
from app.recommend.query import Asked, context_of, read_request
from app.recommend.reasons import product_of
from app.recommend.recommenders.lists import MostReviewed
from app.recommend.recording import Impressions
from app.recommend.settings import RecommendSettings
from app.recommend.shelf import Key, Shelf, key_of
from app.recommend.timings import Timings
from app.recommend.visitor import Known, known_of
from app.search.service import SearchService
from app.waiting import SPARING, time_left
from es.errors import EngineError, EngineTimeout, IndexMissing
from shop.tasks import Background, cancelled

POOL: Final = 100
_SPARE: Final = 24
_SHELF: Final = 60
_PARTS: Final = 0.6
"""Share of the deadline that the recommenders have; the rest is for the products."""
_EMPTY_S: Final = 2.0
_AHEAD: Final = 0.2
"""Share of it that may be spent on reading ahead: what is late then is asked for once more."""

SPARED: Final = "capacity: too many requests at once; these are the last known or popular products"
"""What an answer says that was made without asking Elasticsearch, as there was no place for it."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Found:
    """What a request came to: choices, names of the products in reasons, what was gone without."""

    choices: list[Choice]
    names: dict[str, str]
    degraded: list[str]


class RecommendService:
    """Recommendations of one shop. `recommenders`: all there are; placements name them."""

    def __init__(
        self,
        knowledge: Knowledge,
        recommenders: Sequence[Recommender],
        search: SearchService,
        impressions: Impressions,
        settings: RecommendSettings,
        placements: Mapping[str, PlacementPlan],
        weights: PartWeights,
    ) -> None:
        self._knowledge = knowledge
        self._recommenders = {recommender.name: recommender for recommender in recommenders}
        self._search = search
        self._impressions = impressions
        self._settings = settings
        self._filler = MostReviewed(knowledge)
        self._chance = Random()
        self._watcher = Background()
        self._renewing: dict[Key, asyncio.Task[None]] = {}
        self.placements = placements
        self.weights = weights
        self.timings = Timings()
        self.shelf = Shelf(fresh_s=settings.cache_s)

    async def start(self) -> None:
        """Fills the shelf and begins to store impressions; call once, from the lifespan."""
        if self._settings.impressions:
            self._impressions.start()
        await self._knowledge.start()
        await self._fill_shelf()
        self._watcher.begin(self._watch())

    async def stop(self) -> None:
        await self._watcher.end()
        await cancelled(*self._renewing.values())
        await self._impressions.stop()
        await self._knowledge.close()

    async def recommend(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The answer (app/recommend/models.py) to parameters or a body. Never fails for want of Elasticsearch: then
        the last known list or popular products are answered, under `degraded` why. Raises BadRequest."""
        started = time.perf_counter()
        asked = read_request(raw, self.placements)
        request = asked.request
        key = key_of(request, asked.device, asked.segment)
        degraded: list[str] = []
        nobody = not request.customer_id and not request.session_id
        items = self.shelf.fresh(key) if nobody else None
        cached = items is not None
        if cached and self.shelf.ageing(key):
            self._renew(asked, key)
        if items is None and SPARING.get():
            items, degraded = self.shelf.fallback(key, request, self._settings.shelf_refresh_s), [SPARED]
        if items is None:
            try:
                async with asyncio.timeout(time_left(self._settings.deadline_s)):
                    items, degraded, cached = await self._made(asked, key)
            except (TimeoutError, EngineError) as error:
                items, degraded = self._fallback(asked, error)
        answer = answer_of(f"r-{uuid.uuid4().hex}", request.placement, items, degraded, cached, started)
        answer["weights"] = self.weights.kind(request.placement)
        self.timings.note(answer)
        meter().stage("recommend", time.perf_counter() - started)
        meter().degraded("recommendations", degraded)
        self._impressions.shown(answer, request.customer_id, request.session_id)
        return answer

    async def _made(self, asked: Asked, key: Key) -> tuple[Sequence[dict[str, Any]], list[str], bool]:
        """The items, what was gone without, and whether they were there already: nothing is known of who asks, and
        somebody like that asked a moment ago."""
        known = await self._known(asked)
        items = self.shelf.fresh(key) if known.nobody and not known.degraded else None
        if items is not None:
            return items, [], True
        found = await self._found(asked, known)
        items = items_of(found.choices, found.names)
        if known.nobody and not found.degraded:
            self.shelf.keep(key, items)
        return items, found.degraded, False

    def _renew(self, asked: Asked, key: Key) -> None:
        """Makes a list that will soon be too old anew, while it is still answered: once for all who ask."""
        if key not in self._renewing:
            task = asyncio.create_task(self._renewed(asked, key))
            self._renewing[key] = task
            task.add_done_callback(lambda _: self._renewing.pop(key, None))

    async def _renewed(self, asked: Asked, key: Key) -> None:
        try:
            async with asyncio.timeout(self._settings.deadline_s):
                found = await self._found(asked, await self._known(asked))
                if not found.degraded:
                    self.shelf.keep(key, items_of(found.choices, found.names))
        except (TimeoutError, EngineError) as error:
            # Whoever asks next is told, where it lasts.
            log.info("list not made anew", reason=str(error))

    async def _known(self, asked: Asked) -> Known:
        """What is known of who asks; what the request itself names is read at the same time."""
        known, _ = await asyncio.gather(
            known_of(self._knowledge, asked.request, self._settings.settled_days),
            read_ahead(self._asking(asked.request), asked.request, deadline_s=self._settings.deadline_s * _AHEAD),
        )
        return known

    def _asking(self, request: RecommendationRequest) -> list[Recommender]:
        return [self._recommenders[name] for name in self.placements[request.placement].recommenders]

    async def _found(self, asked: Asked, known: Known) -> _Found:
        request, degraded = known.request, list(known.degraded)
        plan = self.placements[request.placement]
        steering = await self._search.steering(context_of(asked))
        within_s = self._settings.deadline_s * _PARTS
        steered = lookup.Steered(steering.always, steering.weighted, steering.pins) if steering else lookup.Steered()
        # More than are shown, for some may not be, and diversity wants a choice.
        most = min(POOL, 3 * request.limit + _SPARE)
        ahead = LookedUpAhead(
            self._knowledge, request, plan.recommenders, steered, known.family, most=most, diverse=plan.diversity > 0
        )
        try:
            asking = replace(request, ahead=ahead)
            began = time.monotonic()
            lists, missing = await gathered(self._asking(request), asking, deadline_s=within_s)
            late = time.monotonic() - began >= within_s
            ranked = ahead.ranked(lists)
            choices, names, pins = await self._chosen(ranked, request, plan, steered, known.family, ahead, late)
        finally:
            await ahead.close()
        degraded += missing
        if plan.fill and len(choices) < request.limit:
            choices, told = await self._filled(choices, request, plan, steered, known.family)
            degraded += told
            if not choices and not pins:
                degraded.append("stock: every product that fits is out of stock, hidden or excluded")
        choices = with_pins(choices, pins, request.limit)
        return _Found(choices, names, degraded)

    async def _chosen(
        self,
        ranked: Sequence[tuple[Candidate, str]],
        request: RecommendationRequest,
        plan: PlacementPlan,
        steered: lookup.Steered,
        family: str,
        ahead: LookedUpAhead | None = None,
        late: bool = False,
    ) -> tuple[list[Choice], dict[str, str], list[tuple[int, Option]]]:
        """The list of what may be shown, the names of the products that its reasons speak of, and the pins that may
        be shown with their places. `late`: what was looked up ahead is not waited for."""
        wanted = list(dict.fromkeys([*(c.product_id for c, _ in ranked), *(pin.product_id for pin in steered.pins)]))
        if not wanted:
            return [], {}, []
        spoken_of = list(dict.fromkeys(named for c, _ in ranked if (named := product_of(c.reason_data))))
        allowed, unknown = await ahead.found(wanted, late=late) if ahead is not None else ({}, wanted)
        hits, names, places = await asyncio.gather(
            self._knowledge.products(lookup.allowed_body(unknown, request, steered, family)),
            self._knowledge.places.names(spoken_of),
            self._knowledge.places.of(wanted) if plan.diversity else _nothing({}),
        )
        allowed |= lookup.read_allowed(hits, steered)
        options = lookup.options_of(ranked, allowed, places)
        pins = [(pin.place, _pinned(pin.rule_id, pin.product_id, allowed, places)) for pin in steered.pins
                if pin.product_id in allowed]  # fmt: skip
        choices = choose(options, plan, request.limit, explore=self._settings.explore, chance=self._chance)
        return choices, names, pins

    async def _filled(
        self,
        choices: list[Choice],
        request: RecommendationRequest,
        plan: PlacementPlan,
        steered: lookup.Steered,
        family: str,
    ) -> tuple[list[Choice], list[str]]:
        """The list filled up with what was reviewed most; where that is too little, first beyond the category, then
        with what was bought before."""
        unsettled = frozenset({*request.cart, *((request.product_id,) if request.product_id else ())})
        tries = [(request, "")]
        if request.category:
            request = replace(request, category="")
            tries.append((request, "category: too few of its products can be shown; others fill the list"))
        if request.exclude - unsettled:
            tries.append(
                (replace(request, exclude=unsettled), "bought: too few others are left, bought ones fill the list")
            )
        degraded: list[str] = []
        without_pins = replace(steered, pins=())
        for one, told in tries:
            there = {choice.option.product_id for choice in choices}
            there_families = {choice.option.group_id for choice in choices}
            wanted = replace(one, exclude=one.exclude | there)
            candidates = await self._filler.among(wanted, POOL, steered.always)
            ranked = [(candidate, self._filler.name) for candidate in candidates]
            more, _, _ = await self._chosen(ranked, wanted, plan, without_pins, family)
            fresh = [choice for choice in more if choice.option.group_id not in there_families]
            if fresh and told:
                degraded.append(told)
            choices = [*choices, *(replace(choice, propensity=1.0) for choice in fresh)][: request.limit]
            if len(choices) >= request.limit:
                break
        return choices, degraded

    def _fallback(self, asked: Asked, error: Exception) -> tuple[list[dict[str, Any]], list[str]]:
        if isinstance(error, IndexMissing):
            return [], ["catalogue: no catalogue is loaded yet; run `python -m ingest load FILE`"]
        late = isinstance(error, TimeoutError | EngineTimeout)
        why = "Elasticsearch did not answer in time" if late else str(error)
        log.warning("recommendations from memory", reason=why)
        items = self.shelf.fallback(key_of(asked.request, asked.device, asked.segment), asked.request)
        return items, [f"elasticsearch: {why}; these are the last known or popular products"]

    async def _fill_shelf(self) -> None:
        """Popular products for when nothing can be read; the ones of before stay where that fails."""
        asked = read_request({"limit": 50}, self.placements)
        everybody = PlacementPlan(recommenders={self._filler.name: 1.0})
        try:
            async with asyncio.timeout(max(1.0, self._settings.deadline_s)):
                steering = await self._search.steering(context_of(asked))
                steered = lookup.Steered(steering.always, steering.weighted) if steering else lookup.Steered()
                candidates = await self._filler.among(asked.request, _SHELF, steered.always)
                ranked = [(candidate, self._filler.name) for candidate in candidates]
                choices, names, _ = await self._chosen(ranked, asked.request, everybody, steered, "")
                self.shelf.fill(items_of(choices, names))
        except (TimeoutError, EngineError) as error:
            if self.shelf.unfilled(str(error)):
                log.info("shelf not filled", reason=str(error))

    async def _watch(self) -> None:
        while True:
            # An empty one is tried again soon: it is what is shown when nothing else can be.
            rest_s = self._settings.shelf_refresh_s
            await asyncio.sleep(rest_s if self.shelf.popular else min(_EMPTY_S, rest_s))
            await self._fill_shelf()


def _pinned(rule_id: str, product_id: str, allowed: Mapping[str, lookup.Shown], places: Mapping[str, Place]) -> Option:
    candidate = Candidate(product_id, 1.0, {"kind": "pinned", "rule_id": rule_id})
    return lookup.option(candidate, 1.0, "rule", allowed[product_id], places)


async def _nothing(value: Any) -> Any:  # noqa: ANN401 - what would have been read
    return value
