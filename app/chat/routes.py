"""/api/chat over HTTP: an answer as JSON, or its parts as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from starlette.responses import StreamingResponse

from app.answers import json_answer
from app.chat.models import ChatAnswer, ChatFeedback, ChatMessage, History
from app.chat.service import Part, Said
from app.deps import Services
from app.identity import customer_of
from app.problems import PROBLEMS, Problem

router = APIRouter(prefix="/api/chat", tags=["chat"])

_MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "There is no such session."}}
EVENT_STREAM = "text/event-stream"


@router.post("/message", response_model=ChatAnswer, responses={**PROBLEMS, **_MISSING})
async def message(
    body: ChatMessage,
    request: Request,
    services: Services,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Says something. The answer is JSON, or with `Accept: text/event-stream` its parts as they come: `understood`,
    `products`, `text`, `citation`, `questions`, `actions`, `done` (the whole answer), `error`."""
    said = Said(body.message, body.session_id, body.message_id or "", customer_of(request), body.image)
    if EVENT_STREAM not in accept:
        return json_answer(await services.chat.answer(said))
    parts = services.chat.turn(said)
    # The first part is made before the headers go out, so that what is wrong with the message has its status.
    first = await anext(parts)
    return StreamingResponse(_events(first, parts), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})


async def _events(first: Part, rest: AsyncIterator[Part]) -> AsyncIterator[bytes]:
    yield _event(first)
    async for part in rest:
        yield _event(part)


def _event(part: Part) -> bytes:
    kind: str = part["type"]
    return b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(part) + b"\n\n"


@router.get("/history/{session_id}", response_model=History, responses={**_MISSING, 503: PROBLEMS[503]})
async def history(session_id: str, request: Request, services: Services) -> Response:
    """Everything that was said in a session, oldest first."""
    return json_answer(await services.chat_records.history(session_id, customer_of(request)))


@router.delete("/history/{session_id}", status_code=204, responses={**_MISSING, 503: PROBLEMS[503]})
async def erase(session_id: str, request: Request, services: Services) -> Response:
    """Forgets a session with everything in it."""
    await services.chat_records.erase(session_id, customer_of(request))
    return Response(status_code=204)


@router.post("/feedback", status_code=202, responses={**PROBLEMS, **_MISSING})
async def feedback(body: ChatFeedback, request: Request, services: Services) -> dict[str, bool]:
    """What the user thought of an answer."""
    await services.chat_records.feedback(body, customer_of(request))
    return {"accepted": True}


@router.get("/analytics", responses=PROBLEMS)
async def analytics(
    services: Services,
    start: Annotated[str, Query(alias="from", description="First day or moment, ISO 8601; 30 days before `to`.")] = "",
    end: Annotated[str, Query(alias="to", description="Last day, included, or moment; now.")] = "",
) -> dict[str, Any]:
    """How conversations went: volume, resolution, escalation, helpfulness, accuracy, latency and cost, by day and by
    intent, and the questions that found no answer."""
    return await services.chat_records.analytics(start, end)
