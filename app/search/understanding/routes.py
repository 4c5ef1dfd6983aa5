"""/api/understand over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS
from app.search.parameters import MAX_KEPT
from app.search.query import build
from app.search.understanding.models import Understood

router = APIRouter(prefix="/api/understand", tags=["search"])


@router.get("", response_model=Understood, responses=PROBLEMS)
async def understood(
    services: Services,
    q: Annotated[str, Query(description="What a shopper typed.", examples=["red dress under $50"])] = "",
    keep_words: Annotated[list[str], Query(description=f"Sources that are to stay words, at most {MAX_KEPT}.")] = [],  # noqa: B006 - the framework copies it
) -> Response:
    """What a search would make of these words: constraints, an order, and the words that are left."""
    query = build({"q": q, "keep_words": keep_words}, {}, None)
    understanding, _ = await services.understanding.understand(query.text, query.keep_words)
    return json_answer(understanding.as_json())
