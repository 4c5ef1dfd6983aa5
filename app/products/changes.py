"""Changes of products: read from requests, sent down the road, answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from app.meter import meter
from app.problems import BadRequest, Conflict, NotFound, PreconditionFailed, TooLarge
from shop.products.changes.change import Outcome, Result
from shop.products.changes.request import ChangeRequest, Op, requested
from shop.products.changes.road import Answer, Queued, Road
from shop.products.changes.steps import sentences_of
from shop.stream.entrance import RoadStatus

MAX_LINES: Final = 10_000
QUEUED, UNAVAILABLE = "queued", "unavailable"


@dataclass(frozen=True, slots=True)
class Changed:
    """What a single change came to: the public JSON, the product's tag, and whether it is new, or only queued."""

    body: dict[str, Any]
    tag: str = ""
    created: bool = False
    queued: bool = False


@dataclass(frozen=True, slots=True)
class ChangeService:
    """Takes changes. Those that must be compared with what is stored go by `direct`, the others by `road`."""

    road: Road
    direct: Road

    async def status(self) -> RoadStatus:
        """How the road of changes is."""
        return await self.road.status()

    async def one(
        self, op: Op, product_id: str, body: bytes, version: str, if_match: str, if_none_match: str
    ) -> Changed:
        """Makes one change. Raises BadRequest, NotFound, Conflict, PreconditionFailed, RoadFull, EngineError."""
        fields = {} if op is Op.DELETE and not body.strip() else _object(body)
        found = requested(op, product_id, fields, _number(version))
        if isinstance(found, list):
            raise _bad(found)
        found = replace(found, expected=_tag(if_match), absent=_only_new(if_none_match))
        road = self.direct if found.conditional else self.road
        answer = (await road.send([found]))[0]
        meter().changes(_result(answer))
        return _changed(found, answer)

    async def bulk(self, body: bytes) -> dict[str, Any]:
        """Makes the change of each line, one by one in order. Raises BadRequest, TooLarge, RoadFull; and what made
        every line fail, if it is not the lines."""
        lines = _lines(body)
        checked = [(number, _of_line(line)) for number, line in lines]
        good = [found for _, found in checked if isinstance(found, ChangeRequest)]
        answers = iter(await self.road.send(good))
        items = []
        failures: list[Exception] = []
        for (number, found), (_, line) in zip(checked, lines, strict=True):
            answer = found if isinstance(found, list) else next(answers)
            if isinstance(answer, Exception):
                failures.append(answer)
            items.append({"line": number, **_item(line, found, answer)})
        if failures and len(failures) == len(items):
            raise failures[0]
        counts = Counter(item["result"] for item in items)
        for result, count in counts.items():
            meter().changes(result, count)
        return {"results": dict(counts), "items": items}


def _result(answer: Answer) -> str:
    if isinstance(answer, Exception):
        return UNAVAILABLE
    return QUEUED if isinstance(answer, Queued) else answer.result.value


def _changed(request: ChangeRequest, answer: Answer) -> Changed:
    if isinstance(answer, Exception):
        raise answer
    body = _shown(request, answer)
    if isinstance(answer, Queued):
        return Changed(body, queued=True)
    why = sentences_of(answer)
    match answer.result:
        case Result.REFUSED:
            raise _bad(why)
        case Result.MISSING:
            raise NotFound(_sentence(why))
        case Result.MISMATCH:
            raise PreconditionFailed(_sentence(why))
        case Result.STALE:
            raise Conflict(f"{_sentence(why)} Nothing was changed.")
    return Changed(body, answer.tag, created=answer.result is Result.CREATED)


def _shown(request: ChangeRequest, answer: Outcome | Queued) -> dict[str, Any]:
    shown: dict[str, Any] = {"product_id": request.product_id, "change_id": request.change_id}
    if isinstance(answer, Queued):
        return {**shown, "result": QUEUED, "stale": [], "pictures": [], "why": []}
    pictures = [{"address": p.address, "reason": p.reason} for p in answer.pictures]
    why = sentences_of(answer)
    return {**shown, "result": answer.result.value, "stale": list(answer.stale), "pictures": pictures, "why": why}


def _item(line: bytes, found: ChangeRequest | list[str], answer: Answer | list[str]) -> dict[str, Any]:
    if isinstance(found, ChangeRequest) and not isinstance(answer, list):
        if not isinstance(answer, Exception):
            return _shown(found, answer)
        told: str | None = found.product_id
        result, why = UNAVAILABLE, [f"{answer} Send this line again."]
    else:
        told, result = _id_in(line), Result.REFUSED.value
        why = list(found) if isinstance(found, list) else []
    return {"product_id": told, "change_id": None, "result": result, "stale": [], "pictures": [], "why": why}


def _lines(body: bytes) -> list[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers from 1."""
    found = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if not found:
        raise BadRequest([("body", 'Send one change a line: {"op": "patch", "product_id": "a", "fields": {...}}.')])
    if len(found) > MAX_LINES:
        raise TooLarge(f"There are {len(found):,} lines; send at most {MAX_LINES:,} at once.")
    return found


def _of_line(line: bytes) -> ChangeRequest | list[str]:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return [f"the line is no JSON: {error}"]
    if not isinstance(values, dict):
        return ["the line is no JSON object"]
    known = {"op", "product_id", "version", "fields"}
    if unknown := sorted(str(name)[:50] for name in values if name not in known)[:5]:
        return [f"{', '.join(unknown)} is not expected beside op, product_id, version and fields"]
    return requested(str(values.get("op")), values.get("product_id"), values.get("fields", {}), values.get("version"))


def _id_in(line: bytes) -> str | None:
    try:
        found = orjson.loads(line)["product_id"]
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return None
    return found[:200] if isinstance(found, str) else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest([("body", f"Send the product's fields as a JSON object: {error}.")]) from error
    if not isinstance(found, dict):
        raise BadRequest([("body", "Send the product's fields as a JSON object.")])
    return found


def _number(version: str) -> int | None:
    if not version:
        return None
    if not (version.isascii() and version.isdigit()):
        raise BadRequest([("version", f'"{version[:50]}" is not a whole number')])
    return int(version)


def _tag(header: str) -> str:
    """The tag of an If-Match header, which names one."""
    tag = header.strip()
    if not tag or tag == "*":
        return tag
    if not (len(tag) > 2 and tag.startswith('"') and tag.endswith('"') and '"' not in tag[1:-1]):
        raise BadRequest([("If-Match", "Send the ETag of the product as it was read, in its quotes, or *.")])
    return tag[1:-1]


def _only_new(header: str) -> bool:
    if header.strip() not in ("", "*"):
        raise BadRequest([("If-None-Match", "Of changes only * is understood: there must be no such product yet.")])
    return bool(header.strip())


def _bad(why: Sequence[str]) -> BadRequest:
    return BadRequest([(sentence.partition(" ")[0], sentence) for sentence in why])


def _sentence(why: Sequence[str]) -> str:
    text = "; ".join(why)
    return f"{text[:1].upper()}{text[1:]}."
