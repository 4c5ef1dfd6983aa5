"""/api/admin/language-model over HTTP."""

from fastapi import APIRouter, Response

from app.answers import json_answer
from app.deps import Services
from app.llm.reporting import LanguageModelReport

router = APIRouter(prefix="/api/admin/language-model", tags=["admin"])


@router.get("", response_model=LanguageModelReport)
async def language_model(services: Services) -> Response:
    """Which model is asked, how it is, what the shop has spent today, and how often its answers came from memory."""
    return json_answer(await services.language_model.report())
