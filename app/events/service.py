"""Events in: checked one by one, kept in one request, answered one by one."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from app.events.body import events_of
from app.events.models import FeedbackBody
from app.events.streamed import EventWrites
from app.events.writes import OVERLOADED
from app.identity import NOT_THEIRS
from app.meter import meter
from app.problems import BadRequest
from es.errors import EngineUnavailable
from shop.events.intake import Intake, Refusal, Taken
from shop.events.recent import RecentEvents
from shop.events.store import Answer, Status
from shop.queries.clicks import clicks_of
from shop.queries.log import QueryLog
from shop.stream.entrance import RoadStatus

MayName = Callable[[object], bool]


def _anybody(_customer: object) -> bool:
    return True


class EventService:
    """Takes events in: checks them, has them written, answers each."""

    def __init__(
        self, writes: EventWrites, intake: Intake, queries: QueryLog, recent: RecentEvents | None = None
    ) -> None:
        """`recent`: what was just sent and may not be found yet; None where `writes` stores before it answers."""
        self.recent = recent
        self._writes = writes
        self._intake = intake
        self._queries = queries

    async def status(self) -> RoadStatus:
        """How the road of events is."""
        return await self._writes.status()

    async def take(self, body: bytes, may_name: MayName = _anybody) -> dict[str, Any]:
        """The answer to a body of events: see app/events/models.py. `may_name`: whether the sender may speak for a
        customer.

        Raises BadRequest or TooLarge where nothing of the body is taken, Overloaded, RoadFull or EngineUnavailable
        where it should be sent again.
        """
        return await self._take(events_of(body), may_name)

    async def record(self, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Stores events that the service itself tells of; answered and raising as `take`."""
        return await self._take(events)

    async def feedback(self, body: FeedbackBody, may_name: MayName = _anybody) -> dict[str, Any]:
        """Stores feedback as an event. Raises BadRequest."""
        answer = await self._take([_event_of(body)], may_name)
        if answer["refused"]:
            raise BadRequest([("body", answer["events"][0]["why"])])
        return {"event_id": answer["events"][0]["event_id"], "status": answer["events"][0]["status"]}

    async def _take(self, sent: Sequence[Any], may_name: MayName = _anybody) -> dict[str, Any]:
        self._writes.admit(len(sent))
        now = datetime.now(UTC)
        checked = [self._intake.take(raw, now) if may_name(_named(raw)) else _not_theirs(raw) for raw in sent]
        taken = [found for found in checked if isinstance(found, Taken)]
        answers = await self._writes.write(taken)
        if any(status is Status.BUSY for status, _ in answers):
            raise EngineUnavailable(OVERLOADED)
        # Those sent again too: the log counts a product once a search.
        for click in clicks_of(found.document for found in taken):
            self._queries.clicked(click)
        return _answer(checked, answers)


def _named(raw: object) -> object:
    return raw.get("customer_id") if isinstance(raw, dict) else None


def _not_theirs(raw: dict[str, Any]) -> Refusal:
    return Refusal(str(raw.get("event_id") or "")[:200], NOT_THEIRS)


def _answer(checked: Sequence[Taken | Refusal], answers: Sequence[Answer]) -> dict[str, Any]:
    stored = iter(answers)
    events = []
    for index, found in enumerate(checked):
        status, why = (Status.REFUSED, found.why) if isinstance(found, Refusal) else next(stored)
        events.append({"index": index, "event_id": found.event_id, "status": status.value, "why": why})
    counts = Counter(event["status"] for event in events)
    for counted in Status:
        meter().events(counted.value, counts[counted.value])
    return {
        "accepted": counts[Status.ACCEPTED],
        "duplicates": counts[Status.DUPLICATE],
        "refused": counts[Status.REFUSED],
        "events": events,
    }


def _event_of(body: FeedbackBody) -> dict[str, Any]:
    """The event that feedback is. A click is an event of its own type, as pages send it."""
    event = body.model_dump(exclude={"interaction_type"}, exclude_none=True)
    if body.interaction_type != "click":
        return event | {"type": "recommendation_feedback", "verdict": body.interaction_type}
    if body.product_id is None:
        raise BadRequest([("product_id", "product_id is missing; a click is one on a product")])
    event.pop("comment", None)
    return event | {"type": "recommendation_click"}
