"""/api/recommendations over HTTP."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS
from app.recommend.models import Recommendations, RecommendBody

router = APIRouter(prefix="/api/recommendations", tags=["recommendations"])


def _parameters() -> list[dict[str, Any]]:
    properties = RecommendBody.model_json_schema()["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.get("description", ""),
            "schema": {"type": "string"} if "anyOf" in schema and name != "cart" else schema,
        }
        for name, schema in properties.items()
        if name != "cart"
    ]


@router.get("", response_model=Recommendations, responses=PROBLEMS, openapi_extra={"parameters": _parameters()})
async def recommend(request: Request, services: Services) -> Response:
    """Products for a place on the site, for who is there now, each with its reason."""
    return json_answer(await services.recommend.recommend(dict(request.query_params)))


@router.post("", response_model=Recommendations, responses=PROBLEMS)
async def recommend_with_body(body: RecommendBody, services: Services) -> Response:
    """The same as GET, as a JSON object, with the cart."""
    return json_answer(await services.recommend.recommend(body.model_dump(exclude_unset=True)))
