"""/metrics over HTTP."""

import asyncio

from fastapi import APIRouter, Response

from app.meter import meter
from app.prometheus.service import CONTENT_TYPE, exposition

router = APIRouter(tags=["health"])


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Counts and times of all workers, in the text format of Prometheus."""
    return Response(await asyncio.to_thread(exposition, meter()), media_type=CONTENT_TYPE)
