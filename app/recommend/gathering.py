"""Asks the recommenders of a placement side by side, each for itself: what fails is gone without, and said."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from app.recommend.contract import PER_RECOMMENDER, Candidate, ReadsAhead, RecommendationRequest, Recommender
from app.recommend.errors import RecommenderUnavailable
from app.recommend.recommenders.hybrid import Partial
from es.errors import EngineError, IndexMissing

_LEARNED_BY: Final[Mapping[str, str]] = {
    "collaborative": "pairs",
    "bought_together": "pairs",
    "sequential": "successors",
    "learned": "neighbours",
    "factorization": "factors",
    "trending": "trends",
    "popular": "trends",
    "slow_movers": "trends",
}

log = structlog.get_logger(__name__)


async def gathered(
    recommenders: Sequence[Recommender], request: RecommendationRequest, *, deadline_s: float
) -> tuple[dict[str, Sequence[Candidate]], list[str]]:
    """Candidates by the recommender's name, and what had to be gone without."""
    tasks = {one.name: asyncio.create_task(_asked(one, request)) for one in recommenders}
    lists: dict[str, Sequence[Candidate]] = {}
    degraded: list[str] = []
    try:
        # One clock for all: a timer each costs more than most of them.
        await asyncio.wait(tasks.values(), timeout=deadline_s)
    finally:
        late = {name for name, task in tasks.items() if not task.done() and task.cancel()}
    for name, task in tasks.items():
        in_time = name not in late
        lists[name], missing = task.result() if in_time else ([], [f"{name}: it took longer than {deadline_s:.2g} s"])
        degraded += missing
    return lists, list(dict.fromkeys(degraded))


async def read_ahead(recommenders: Sequence[Recommender], request: RecommendationRequest, *, deadline_s: float) -> None:
    """Has everything read that the request itself asks for. What fails is told when it is needed."""
    if request.named:
        ahead = [one.read_ahead(request) for one in recommenders if isinstance(one, ReadsAhead)]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline_s):
                await asyncio.gather(*ahead, return_exceptions=True)


async def _asked(recommender: Recommender, request: RecommendationRequest) -> tuple[Sequence[Candidate], list[str]]:
    found: Sequence[Candidate] = ()
    try:
        found = await recommender.candidates(request, PER_RECOMMENDER)
    except (EngineError, RecommenderUnavailable) as error:
        return [], [told(recommender.name, error)]
    except Exception:
        # One that is broken must not take the list with it; the log says where.
        log.exception("recommender failed", recommender=recommender.name)
        return [], [f"{recommender.name}: it failed; the log says more"]
    finally:
        if request.ahead is not None:
            request.ahead.proposed(recommender.name, found)
    missing = found.missing if isinstance(found, Partial) else {}
    return found, [told(name, error) for name, error in missing.items()]


def told(name: str, error: Exception) -> str:
    """What is gone without, and what to do about it."""
    if isinstance(error, IndexMissing) and name in _LEARNED_BY:
        return f"{name}: nothing is learned yet; run `python -m jobs run {_LEARNED_BY[name]}`"
    return f"{name}: {error}"
