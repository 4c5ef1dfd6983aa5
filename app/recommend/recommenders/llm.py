"""Command R+ chooses among what the other recommenders propose, with a reason each; kept for an hour.

A list never waits for the model longer than SHOPSCOUT_LLM_RECOMMEND_WAIT_S, by default not at all: who asks first gets
the list without it, and its choice is served from then on. Levels, each when those before have nothing: the model's
picks; the gaps between them, filled by the other recommenders of the placement; those recommenders alone, when the
model is off, late, failing or too dear; what the service fills lists with, or keeps in memory.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import structlog

from app.llm.models import Message, Prompt, Spender
from app.llm.service import LanguageModelError, LanguageModelService, prompt_file
from app.recommend.contract import Candidate, Did, Placement, RecommendationRequest, Recommender
from app.recommend.errors import RecommenderUnavailable
from app.recommend.gathering import gathered
from app.recommend.knowledge import Knowledge
from app.recommend.picks import MAX_CANDIDATES, SCHEMA, Item, Pick, material, read_picks
from app.recommend.recommenders.hybrid import mixed
from es.errors import EngineError
from es.mappings import products as fields

_KEPT: Final = 20_000
_FAILED_S: Final = 60.0
_MAX_TOKENS: Final = 900
_EVERYONE_BESIDE_OWN: Final = 50
_EVERYONE_ALONE: Final = 100
_SOURCES_S: Final = 2.0
_ANONYMOUS: Final = "anonymous"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is known for a shopper. `bought_at`: the latest purchase that it knows of; `trouble`: why there is none."""

    until: float
    picks: tuple[Pick, ...] = ()
    bought_at: datetime | None = None
    did: Mapping[str, str] | None = None
    trouble: str = ""


class LanguageModelPicks:
    """A Recommender. `sources`: those that propose what the model chooses from."""

    name = "llm"

    def __init__(
        self,
        knowledge: Knowledge,
        models: LanguageModelService,
        sources: Mapping[Recommender, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._knowledge = knowledge
        self._models = models
        self._sources = sources
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._making: dict[str, asyncio.Task[None]] = {}

    async def candidates(self, request: RecommendationRequest, k: int) -> Sequence[Candidate]:
        """The model's picks that are not excluded; none while they are being made, and where the model is off."""
        if not self._models.enabled:
            return []
        key = _key(request)
        kept = self._fresh(key, request)
        self._models.counts["recommend_hits" if kept is not None and not kept.trouble else "recommend_misses"] += 1
        if kept is None:
            kept = await self._begun(key, request)
        if kept is None:
            return []
        if kept.trouble:
            raise RecommenderUnavailable(kept.trouble)
        return [_candidate(pick, kept) for pick in kept.picks if pick.product_id not in request.exclude][:k]

    def _fresh(self, key: str, request: RecommendationRequest) -> _Kept | None:
        """What is kept, unless it is old, or something was bought since."""
        kept = self._kept.get(key)
        if kept is None or kept.until <= self._clock():
            return None
        bought = _bought_at(request)
        if bought is not None and (kept.bought_at is None or bought > kept.bought_at):
            return None
        self._kept.move_to_end(key)
        return kept

    async def _begun(self, key: str, request: RecommendationRequest) -> _Kept | None:
        """Begins to make picks, once for all who ask meanwhile, and waits as long as the settings say."""
        task = self._making.get(key)
        if task is None:
            task = self._models.begin(self._make(key, request))
            self._making[key] = task
            task.add_done_callback(lambda _: self._making.pop(key, None))
        wait_s = self._models.settings.recommend_wait_s
        if wait_s <= 0:
            return None
        await asyncio.wait([task], timeout=wait_s)
        return self._fresh(key, request) if task.done() else None

    async def _make(self, key: str, request: RecommendationRequest) -> None:
        kept = _Kept(self._clock() + _FAILED_S, bought_at=_bought_at(request), trouble="it has nothing to choose from")
        try:
            picks = await self._picks(key, request)
        except LanguageModelError as error:
            kept = replace(kept, trouble=_told(error))
            log.warning("no recommendations of the model", error=str(error))
        except EngineError as error:
            kept = replace(kept, trouble=str(error))
        except Exception:
            kept = replace(kept, trouble="it failed; the log says more")
            log.exception("recommendations of the model failed")
        else:
            if picks:
                until = self._clock() + self._models.settings.recommend_cache_s
                did = {done.product_id: done.did.value for done in request.history}
                kept = replace(kept, until=until, picks=tuple(picks), did=did, trouble="")
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    async def _picks(self, key: str, request: RecommendationRequest) -> list[Pick]:
        wanted = RecommendationRequest(
            Placement.HOME,
            request.customer_id,
            request.session_id,
            exclude=request.exclude,
            history=request.history,
            profile=request.profile,
        )
        ids = await self._proposed(wanted)
        everyone = await self._knowledge.shoppers.everyone(_EVERYONE_BESIDE_OWN if request.history else _EVERYONE_ALONE)
        spoken_of = [*ids, *(done.product_id for done in (*request.history, *everyone))]
        items = await self._items(list(dict.fromkeys(spoken_of)))
        candidates = {product_id: items[product_id][0] for product_id in ids if items.get(product_id, (None, False))[1]}
        if not candidates:
            return []
        known = {product_id: item for product_id, (item, _) in items.items()}
        told = material(request.history, everyone, candidates.values(), known)
        rules = prompt_file("recommend")
        prompt = Prompt(
            rules.version,
            (Message("system", rules.text, data=True), Message("user", told, data=True)),
            schema=SCHEMA,
            max_tokens=_MAX_TOKENS,
            temperature=0.2,
        )
        self._models.counts["recommend_calls"] += 1
        settings = self._models.settings
        done = await self._models.complete(prompt, Spender(key, "", "recommend"), deadline_s=settings.recommend_total_s)
        return read_picks(done.text, candidates, request.history)

    async def _proposed(self, request: RecommendationRequest) -> list[str]:
        """Ids from the sources, best first, at most MAX_CANDIDATES; a source that fails is gone without."""
        lists, _ = await gathered(list(self._sources), request, deadline_s=_SOURCES_S)
        ranked = mixed(lists, {source.name: weight for source, weight in self._sources.items()})
        return [c.product_id for c, _ in ranked if c.product_id not in request.exclude][:MAX_CANDIDATES]

    async def _items(self, product_ids: Sequence[str]) -> dict[str, tuple[Item, bool]]:
        """Products by id, and whether they are in stock; those that do not exist any more are left out."""
        if not product_ids:
            return {}
        body: dict[str, Any] = {
            "query": {"terms": {fields.PRODUCT_ID: list(product_ids)}},
            "size": len(product_ids),
            "_source": [fields.NAME, fields.CATEGORY, fields.BRAND, fields.PRICE, fields.CURRENCY, fields.IN_STOCK],
        }
        return {hit["_id"]: _item(hit["_id"], hit["_source"]) for hit in await self._knowledge.products(body)}


def _key(request: RecommendationRequest) -> str:
    """One for each shopper of whom something is known; all others share one."""
    if not request.history:
        return _ANONYMOUS
    return f"customer:{request.customer_id}" if request.customer_id else f"session:{request.session_id}"


def _bought_at(request: RecommendationRequest) -> datetime | None:
    return max((done.at for done in request.history if done.did is Did.BOUGHT), default=None)


def _candidate(pick: Pick, kept: _Kept) -> Candidate:
    reason: dict[str, Any] = {"kind": "told", "text": pick.reason}
    if not pick.reason and pick.because:
        reason = {"kind": "llm", "product_id": pick.because, "did": (kept.did or {}).get(pick.because, "")}
    return Candidate(pick.product_id, max(1.0, pick.score) / 100, reason)


def _item(product_id: str, source: Mapping[str, Any]) -> tuple[Item, bool]:
    price = source.get(fields.PRICE)
    item = Item(
        product_id,
        str(source.get(fields.NAME, "")),
        str(source.get(fields.CATEGORY) or ""),
        str(source.get(fields.BRAND) or ""),
        price / 1000 if isinstance(price, int | float) else None,
        str(source.get(fields.CURRENCY) or ""),
    )
    return item, source.get(fields.IN_STOCK) is True


def _told(error: LanguageModelError) -> str:
    """For the answer; /health/ready and the log say more."""
    if type(error).__name__ == "CapReached":
        return "what the model may cost is used up"
    return "the model did not answer as it should"
