"""A simulated day through the public API of a running service: its visits as they would happen now.

What lies back cannot be told to an API that looks at its own clock, so the month stays with the indices, and this is
one day of it: the last one that is over. Searches are really searched and conversations really held; events are those
of the plan, with the ids that the service gave to the searches.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import httpx

from es.mappings import conversations as turn_fields
from es.mappings import events as event_fields
from es.mappings import queries as query_fields
from ingest.errors import LoadRefused
from ingest.simulation.traffic import Traffic

TRIES: Final = 5
LONGEST_PAUSE_S: Final = 30.0
_SHOP: Final = "X-Api-Key"
_BUSY: Final = frozenset({429, 503})
_TIMEOUT_S: Final = 60.0


@dataclass(slots=True)
class Sent:
    """How much the service took. `refused`: events that it did not, with its reasons, the first of each."""

    sessions: int = 0
    searches: int = 0
    events: int = 0
    messages: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Session:
    session_id: str
    searches: list[dict[str, Any]]
    events: list[dict[str, Any]]
    messages: list[str]


def send(
    traffic: Traffic, url: str, key: str, say: Callable[[str], None], *, sleep: Callable[[float], None] = time.sleep
) -> Sent:
    """Sends the visits of the last whole day, one after another. Raises LoadRefused where the service is not there,
    does not allow it, or stays too busy."""
    sent = Sent()
    with httpx.Client(base_url=url, headers={_SHOP: key} if key else {}, timeout=_TIMEOUT_S) as client:
        road = _Road(client, url, sleep)
        for session in _sessions(traffic):
            _visit(road, session, sent)
            sent.sessions += 1
            say(f"{sent.sessions} visits, {sent.searches} searches, {sent.events} events, {sent.messages} messages")
    return sent


def _sessions(traffic: Traffic) -> Iterator[_Session]:
    """The sessions of the last whole day, in the order in which they began."""
    day = f"{traffic.plan.day(traffic.plan.days - 2)}"
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in traffic.events:
        found[event["session_id"]].append(event)
    searches: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for search in traffic.searches:
        searches[search[query_fields.SESSION]].append(search)
    messages: dict[str, list[str]] = defaultdict(list)
    for turn in traffic.turns:
        messages[turn[turn_fields.SESSION_ID].removesuffix("-chat")].append(turn[turn_fields.MESSAGE])
    for session_id, events in found.items():
        if max(event["timestamp"] for event in events)[:10] == day:
            yield _Session(session_id, searches[session_id], events, messages[session_id])


def _visit(road: "_Road", session: _Session, sent: Sent) -> None:
    given: dict[str, str] = {}
    for search in session.searches:
        typing = {"X-Typing": "1"} if search[query_fields.TYPING] and query_fields.BEST_CLICK not in search else {}
        asked = {"q": search.get(query_fields.RAW, ""), "session_id": session.session_id}
        answer = road.asked("GET", "/api/search", params=asked, headers=typing)
        given[search[query_fields.SEARCH_ID]] = answer["search_id"]
        sent.searches += 1
    told = [_now(event, given) for event in session.events]
    for one in road.asked("POST", "/api/events", json=told)["events"]:
        if one["status"] in ("accepted", "duplicate"):
            sent.events += 1
        else:
            why = str(one.get("why", one["status"]))
            sent.refused[why] = sent.refused.get(why, 0) + 1
    talk: str | None = None
    for message in session.messages:
        talk = road.asked("POST", "/api/chat/message", json={"message": message, "session_id": talk})["session_id"]
        sent.messages += 1


def _now(event: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The event as it happens now: without its time and without an id of before."""
    made = {name: value for name, value in event.items() if name not in ("timestamp", "event_id")}
    if event_fields.SEARCH_ID in made:
        made[event_fields.SEARCH_ID] = given.get(made[event_fields.SEARCH_ID], made[event_fields.SEARCH_ID])
    return made


@dataclass(frozen=True, slots=True)
class _Road:
    """Requests to the service; where it is busy they are sent again when it says so."""

    client: httpx.Client
    url: str
    sleep: Callable[[float], None]

    def asked(self, method: str, path: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as httpx takes it
        pause = 0.0
        for _ in range(TRIES):
            if pause:
                self.sleep(pause)
            try:
                answer = self.client.request(method, path, **more)
            except httpx.HTTPError as error:
                raise LoadRefused(f"The service at {self.url} cannot be reached ({error}); start it first.") from error
            if answer.status_code not in _BUSY:
                return self._read(answer, path)
            pause = min(LONGEST_PAUSE_S, max(0.1, _after(answer)))
        raise LoadRefused(f"The service at {self.url} stays too busy: {_detail(answer)}")

    def _read(self, answer: httpx.Response, path: str) -> dict[str, Any]:
        if answer.status_code in (401, 403):
            raise LoadRefused(
                f"The service does not allow {path} ({_detail(answer)}); set SHOPSCOUT_INGEST_API_KEY to a key with "
                "the scopes search, events and chat."
            )
        if answer.status_code >= 400:
            raise LoadRefused(f"The service answered {answer.status_code} to {path}: {_detail(answer)}")
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise LoadRefused(f"What answers at {self.url} is no service of this kind.")
        return told


def _after(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else 1.0


def _detail(answer: httpx.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        return answer.text.strip()[:200]
    return str(told.get("detail") or told.get("title") or told)[:300] if isinstance(told, dict) else str(told)[:200]
