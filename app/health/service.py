"""Is the service alive, and what does it have to go without?"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.access.service import Gate
from app.catalogue import Catalogue
from app.events.service import EventService
from app.health.desk import Count, DeskHealth
from app.lexicon import LexiconKeeper
from app.live_rules import LiveRules
from app.llm.service import LanguageModelService
from es.errors import EngineError, IndexMissing
from shop.products.changes.road import Road
from shop.products.reader import CatalogueFacts
from shop.queries.log import LogStatus, QueryLog
from shop.stream.entrance import RoadStatus

OK, DEGRADED, FAILED = "ok", "degraded", "failed"


def _check(status: str, detail: str) -> dict[str, str]:
    return {"status": status, "detail": detail}


def _query_log(found: LogStatus) -> dict[str, str]:
    if found.trouble:
        return _check(DEGRADED, f"searches are not logged, {found.waiting} wait: {found.trouble}")
    return _check(OK, f"{found.written} searches logged by this process, {found.dropped} dropped")


def _road(found: RoadStatus) -> dict[str, str]:
    said = f"{found.said}; {found.waiting} wait"
    return _check(DEGRADED, f"{said}: {found.trouble}") if found.trouble else _check(OK, said)


@dataclass(frozen=True, slots=True)
class HealthService:
    """Readiness of everything that a search needs."""

    catalogue: Catalogue
    queries: QueryLog
    rules: LiveRules
    lexicon: LexiconKeeper
    gate: Gate
    language_model: LanguageModelService
    changes: Road
    events: EventService
    desk: Mapping[str, Count]
    guardrails: Callable[[], tuple[str, str]]

    async def ready(self) -> dict[str, Any]:
        """`{status, checks}`; failed: no search can be answered; degraded: searches go without something."""
        checks = await self._searched()
        if self.queries.status().enabled:
            checks["query_log"] = _query_log(self.queries.status())
        if checks["elasticsearch"]["status"] == OK:
            await self.rules.look(at_most_s=2.0)
        well, said = self.rules.health()
        checks["rules"] = _check(OK if well else DEGRADED, said)
        well, said = self.lexicon.health()
        checks["lexicon"] = _check(OK if well else DEGRADED, said)
        for name, (well, said) in self.gate.health().items():
            checks[name] = _check(OK if well else DEGRADED, said)
        checks["language_model"] = _check(*self.language_model.health())
        checks["guardrails"] = _check(*self.guardrails())
        # Side by side: where Redis is silent, each is waited for.
        changes, events = await asyncio.gather(self.changes.status(), self.events.status())
        checks |= {"changes": _road(changes), "events": _road(events)}
        if checks["elasticsearch"]["status"] == OK:
            checks |= {name: _check(*told) for name, told in (await DeskHealth(self.desk).looked_at()).items()}
        worst = {check["status"] for check in checks.values()}
        return {
            "status": FAILED if FAILED in worst else DEGRADED if DEGRADED in worst else OK,
            "checks": checks,
        }

    async def _searched(self) -> dict[str, dict[str, str]]:
        """Of the server, the catalogue and the models of its vectors, as far as they can be looked at."""
        answers = _check(OK, "answers")
        try:
            facts = await self.catalogue.facts(at_most_s=0.5)
        except IndexMissing:
            missing = _check(FAILED, "no catalogue is loaded; run `python -m ingest load FILE`")
            return {"elasticsearch": answers, "catalogue": missing}
        except EngineError as error:
            return {"elasticsearch": _check(FAILED, str(error))}
        problem, mismatch = self.catalogue.schema_problem(facts), self.catalogue.mismatch(facts)
        said = f"{facts.products} products in {facts.index}"
        model = f"queries and products are embedded by {facts.text_model}"
        return {
            "elasticsearch": answers,
            "catalogue": _check(FAILED, problem) if problem else _check(OK, said),
            "text_model": _check(DEGRADED, mismatch) if mismatch else _check(OK, model),
            "picture_model": self._pictures(facts),
        }

    def _pictures(self, facts: CatalogueFacts) -> dict[str, str]:
        """A catalogue without pictures lacks nothing."""
        if facts.image_model is None:
            return _check(OK, "the catalogue was loaded without pictures; search by picture is off")
        mismatch = self.catalogue.look_mismatch(facts)
        return _check(DEGRADED, mismatch) if mismatch else _check(OK, f"pictures are embedded by {facts.image_model}")
