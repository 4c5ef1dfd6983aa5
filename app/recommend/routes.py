"""/api/recommendations over HTTP."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.answers import json_answer
from app.deps import Services
from app.identity import spoken_for
from app.problems import PROBLEMS
from app.recommend.models import Recommendations, RecommendBody

router = APIRouter(prefix="/api/recommendations", tags=["recommendations"])


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    kind = next((part for part in schema.get("anyOf", ()) if part["type"] != "null"), schema)
    plain = {key: value for key, value in kind.items() if key not in ("title", "description")}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": schema.get("description", ""),
        "schema": plain,
    }


_PARAMETERS = [
    _parameter(name, schema)
    for name, schema in RecommendBody.model_json_schema()["properties"].items()
    if name != "cart"
]


@router.get("", response_model=Recommendations, responses=PROBLEMS, openapi_extra={"parameters": _PARAMETERS})
async def recommend(request: Request, services: Services) -> Response:
    """Products for a place on the site, for who is there now, each with its reason."""
    return json_answer(await services.recommend.recommend(spoken_for(request, request.query_params)))


@router.post("", response_model=Recommendations, responses=PROBLEMS)
async def recommend_with_body(body: RecommendBody, request: Request, services: Services) -> Response:
    """The same as GET, as a JSON object, with the cart."""
    return json_answer(await services.recommend.recommend(spoken_for(request, body.model_dump(exclude_unset=True))))
