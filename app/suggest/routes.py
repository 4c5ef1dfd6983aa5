"""/api/suggest over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.answers import json_answer
from app.deps import AppServices, Services
from app.problems import PROBLEMS
from app.suggest.models import SuggestAnswer, SuggestParameters

router = APIRouter(prefix="/api/suggest", tags=["search"])


@router.get("", response_model=SuggestAnswer, responses=PROBLEMS)
async def suggest(given: Annotated[SuggestParameters, Query()], services: Services) -> Response:
    """Suggestions for what is being typed: queries, categories, brands and products, mistakes in typing forgiven."""
    return json_answer(await services.suggest.suggest(given.q, given.limit))


async def quick_suggest(request: Request, services: AppServices) -> Response:
    """The same, without FastAPI's part of it."""
    try:
        given = SuggestParameters.model_validate(dict(request.query_params))
    except ValidationError as error:
        problems = [{**problem, "loc": ("query", *problem["loc"])} for problem in error.errors(include_url=False)]
        raise RequestValidationError(problems) from error
    return await suggest(given, services)
