"""/api/admin/search/analytics over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.analytics.models import SearchAnalytics
from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS

router = APIRouter(prefix="/api/admin/search", tags=["analytics"])

From = Annotated[
    str, Query(alias="from", description="First day (2026-01-31, UTC) or moment; by default seven days before `to`.")
]
To = Annotated[str, Query(description="Last day, included, or moment; by default now.")]
Size = Annotated[int, Query(ge=1, le=1000, description="Queries a list.")]


@router.get("/analytics", response_model=SearchAnalytics, responses=PROBLEMS)
async def analytics(services: Services, since: From = "", to: To = "", size: Size = 20) -> Response:
    """What was searched for, what found nothing, what was said again in other words, and what was clicked."""
    return json_answer(await services.analytics.search(since, to, size))
