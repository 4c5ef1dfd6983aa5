"""From what was sent to what is stored, or to the reason why not. Pure: no clock and no network of its own."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from pydantic import ValidationError

from es.mappings import events as fields
from shop.events.bots import SessionRates, is_robot_agent
from shop.events.document import ADAPTER, TYPES, Event
from shop.events.privacy import without_person
from shop.events.stored import stored_form
from shop.settings import EventSettings

# No clock that is right says less; and each month is an index.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CONTENT_ID_PREFIX = "c-"
_SHOWN_PROBLEMS = 4


@dataclass(frozen=True, slots=True)
class Taken:
    """An event ready to be stored. `dated`: its time came with it, and is not just when it was received."""

    event_id: str
    moment: datetime
    document: dict[str, Any]
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that is not stored; `why` is a sentence that says what to do, `event_id` empty if it is not known."""

    event_id: str
    why: str


class Intake:
    """Checks events under one set of settings. `history`: old events are welcome, and each must have a time.

    For one thread, as the rates of sessions are counted.
    """

    def __init__(self, settings: EventSettings, *, history: bool = False) -> None:
        self._settings = settings
        self._history = history
        self._rates = SessionRates(settings.bot_events_per_minute)

    def take(self, raw: object, now: datetime) -> Taken | Refusal:
        """One event as it was sent (a JSON object), at the time `now` (UTC)."""
        event_id = _sent_id(raw)
        if not isinstance(raw, dict):
            return Refusal(event_id, "an event is an object with `type` and the fields of that type")
        try:
            event = ADAPTER.validate_python(raw)
        except ValidationError as error:
            return Refusal(event_id, _why(error))
        except RecursionError:
            return Refusal(event_id, "it is nested too deep")
        if problem := self._problem(event, now):
            return Refusal(event_id, problem)
        return self._taken(event, now)

    def _taken(self, event: Event, now: datetime) -> Taken:
        moment = event.timestamp or now
        document = stored_form(event, moment, now, self._settings)
        consent = self._consents(event)
        event_id = _id_of(event, consent)
        if self._is_bot(event, moment, event_id):
            document[fields.BOT] = True
        document[fields.CONSENT] = consent
        if not consent:
            document = without_person(document)
        return Taken(event_id, moment, document, event.timestamp is not None)

    def _problem(self, event: Event, now: datetime) -> str:
        if event.customer_id is None and event.session_id is None and self._consents(event):
            return "customer_id and session_id are both missing; send one of them, or consent: false"
        if event.timestamp is None:
            return "timestamp is missing; history needs the time of each event" if self._history else ""
        return self._time_problem(event.timestamp, now)

    def _time_problem(self, moment: datetime, now: datetime) -> str:
        settings = self._settings
        if moment < EARLIEST:
            return f"timestamp {moment:%Y-%m-%d} lies before {EARLIEST.year}; set the clock of the sender"
        if moment > now + timedelta(seconds=settings.ahead_s):
            return (
                f"timestamp {moment:%Y-%m-%d %H:%M} UTC lies {_span(moment - now)} ahead; set the clock of the sender, "
                "or leave timestamp out"
            )
        age = now - moment
        if settings.retention_days and age > timedelta(days=settings.retention_days):
            return (
                f"timestamp {moment:%Y-%m-%d} is {_span(age)} old, and events are kept for {settings.retention_days} "
                "days (SHOPSCOUT_EVENTS_RETENTION_DAYS)"
            )
        if not self._history and age > timedelta(days=settings.late_days):
            return (
                f"timestamp {moment:%Y-%m-%d %H:%M} UTC is {_span(age)} old; set the clock of the sender, or load "
                "history with `python -m ingest events`"
            )
        return ""

    def _consents(self, event: Event) -> bool:
        return self._settings.consent_default if event.consent is None else event.consent

    def _is_bot(self, event: Event, moment: datetime, event_id: str) -> bool:
        if is_robot_agent(event.user_agent):
            return True
        session = event.session_id or event.customer_id
        # History comes in any order and from files; the job `bots` counts it once it is stored.
        return not self._history and session is not None and self._rates.is_bot(session, moment, event_id)


def _id_of(event: Event, consent: bool) -> str:
    """The sender's id; else one made from the content, where the time is part of it; else one by chance."""
    if event.event_id is not None:
        return event.event_id
    # Without consent an id made from who it was would still tell who it was.
    if event.timestamp is None or not consent:
        return uuid.uuid4().hex
    content = event.model_dump(mode="json", exclude={"event_id"}, exclude_none=True)
    digest = hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16)
    return CONTENT_ID_PREFIX + digest.hexdigest()


def _sent_id(raw: object) -> str:
    found = raw.get("event_id") if isinstance(raw, dict) else None
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text.encode("utf-8", "replace").decode()[:200]


def _span(span: timedelta) -> str:
    hours = abs(span.total_seconds()) / 3600
    if hours < 2:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:,.0f} days"


def _why(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=True)
    told = list(dict.fromkeys(_sentence(problem) for problem in problems))
    more = [f"and {len(told) - _SHOWN_PROBLEMS} more problems"] if len(told) > _SHOWN_PROBLEMS else []
    return "; ".join([*told[:_SHOWN_PROBLEMS], *more])


def _sentence(problem: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    if problem["type"] == "union_tag_not_found":
        return f"type is missing; it is one of {', '.join(TYPES)}"
    if problem["type"] == "union_tag_invalid":
        return f"there is no type {str(problem['ctx']['tag'])[:50]!r}; there are {', '.join(TYPES)}"
    # The first part of a place is the type of the event.
    name = ".".join(str(part) for part in problem["loc"][1:])[:100] or "the event"
    if problem["type"] == "extra_forbidden":
        return f"{problem['loc'][0]} has no field {name}; what is free goes under `extra`"
    if problem["type"] == "missing":
        return f"{name} is missing"
    if problem["type"] == "string_pattern_mismatch" and name.endswith("currency"):
        return f"{name} must be an ISO 4217 code such as EUR"
    if problem["type"] == "string_pattern_mismatch":
        return f"{name} must not hold spaces or control characters"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return f"{name}: {message[:1].lower()}{message[1:]}".encode("utf-8", "replace").decode()
