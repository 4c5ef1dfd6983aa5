"""/health over HTTP."""

from fastapi import APIRouter, Response

from app.answers import json_answer
from app.deps import Services
from app.health.models import Live, Ready
from app.health.service import FAILED

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", response_model=Live)
async def live() -> Response:
    """The process runs and answers. Never looks at anything else."""
    return json_answer({"status": "ok"})


@router.get(
    "/ready",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "No search can be answered."}},
)
async def ready(services: Services) -> Response:
    """What each part says. 200 while searches are answered (perhaps with less: degraded), 503 while they are not."""
    found = await services.health.ready()
    failed = found["status"] == FAILED
    return json_answer(found, 503 if failed else 200, {"Retry-After": "5"} if failed else None)
