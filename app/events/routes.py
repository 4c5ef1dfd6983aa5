"""/api/events and /api/feedback over HTTP."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from app.answers import json_answer
from app.deps import Services
from app.events.body import read_body
from app.events.models import EventsAnswer, FeedbackAnswer, FeedbackBody, request_body
from app.identity import may_speak_for
from app.problems import PROBLEMS, Problem

router = APIRouter(prefix="/api", tags=["events"])

TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: {"model": Problem, "description": "More than 10 MB, or more than 5,000 events."}
}


@router.post("/events", response_model=EventsAnswer, responses={**PROBLEMS, **TOO_LARGE}, openapi_extra=request_body())
async def events(request: Request, services: Services) -> Response:
    """One event or a batch. Each is answered for itself; what is answered `accepted` is kept durably."""
    body = await read_body(request.stream(), request.headers.get("content-length"))
    return json_answer(await services.events.take(body, partial(may_speak_for, request)))


@router.post("/feedback", response_model=FeedbackAnswer, responses=PROBLEMS)
async def feedback(body: FeedbackBody, request: Request, services: Services) -> Response:
    """What a shopper says of a recommendation, or did with it."""
    return json_answer(await services.events.feedback(body, partial(may_speak_for, request)))
