"""/api/suggest over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS
from app.suggest.models import SuggestAnswer, SuggestParameters

router = APIRouter(prefix="/api/suggest", tags=["search"])


@router.get("", response_model=SuggestAnswer, responses=PROBLEMS)
async def suggest(given: Annotated[SuggestParameters, Query()], services: Services) -> Response:
    """Suggestions for what is being typed: queries, categories, brands and products, mistakes in typing forgiven."""
    return json_answer(await services.suggest.suggest(given.q, given.limit))
