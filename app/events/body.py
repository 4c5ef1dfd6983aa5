"""The events of a request body: one object, a list, or an object with the list under `events`."""

import json
from collections.abc import AsyncIterator
from typing import Any

import orjson

from app.problems import BadRequest, TooLarge

MAX_BODY_BYTES = 10_000_000
MAX_EVENTS = 5_000


async def read_body(stream: AsyncIterator[bytes], announced: str | None) -> bytes:
    """The whole body, at most MAX_BODY_BYTES. Raises TooLarge as soon as it is clear that it is longer.

    `announced`: the Content-Length header.
    """
    if announced is not None and announced.isdecimal() and int(announced) > MAX_BODY_BYTES:
        raise _too_long()
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise _too_long()
        parts.append(part)
    return b"".join(parts)


def events_of(body: bytes) -> list[Any]:
    """The events as they were sent, each of which may still be anything. Raises BadRequest, TooLarge."""
    parsed = _parsed(body)
    if isinstance(parsed, dict) and isinstance(parsed.get("events"), list):
        if unknown := sorted(str(name)[:50] for name in parsed if name != "events")[:5]:
            raise BadRequest([(name, "beside `events` nothing is expected") for name in unknown])
        parsed = parsed["events"]
    events = parsed if isinstance(parsed, list) else [parsed]
    if len(events) > MAX_EVENTS:
        raise TooLarge(f"There are {len(events):,} events in the batch; send at most {MAX_EVENTS:,} at once.")
    return events


def _parsed(body: bytes) -> dict[str, Any] | list[Any]:
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Half of a surrogate pair or NaN in one event is no reason to refuse the others.
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _no_events() from error
    if not isinstance(parsed, dict | list):
        raise _no_events()
    return parsed


def _no_events() -> BadRequest:
    return BadRequest([("body", "Send JSON: an event, a list of events, or an object with the list as `events`.")])


def _too_long() -> TooLarge:
    return TooLarge(f"The body is longer than {MAX_BODY_BYTES // 1_000_000} MB; send the events in smaller batches.")
