"""/api/admin/metrics and /api/admin/statistics over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.deps import Services
from app.problems import PROBLEMS

router = APIRouter(prefix="/api/admin", tags=["metrics"])

From = Annotated[str, Query(alias="from", description="First day or moment; by default seven days before `to`.")]
To = Annotated[str, Query(description="Last day, included, or moment; by default now.")]


@router.get("/metrics/recommendations", responses=PROBLEMS)
async def recommendation_metrics(services: Services, since: From = "", to: To = "") -> dict[str, Any]:
    """What recommendations brought, by algorithm, placement, segment and day; `formulas` defines each figure."""
    return await services.metrics.recommendations(since, to)


@router.get("/statistics", responses={503: PROBLEMS[503]})
async def statistics(services: Services) -> dict[str, Any]:
    """The shop at a glance: products, conversations, recommendations, response time, satisfaction, conversion."""
    talked = await services.chat_records.analytics("", "")
    return {**await services.metrics.statistics(), "conversations": talked}
