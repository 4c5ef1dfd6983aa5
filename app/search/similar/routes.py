"""/api/products/{id}/similar over HTTP."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS, Problem
from app.search.models import ProductCard
from app.search.similar.service import MAX_SIMILAR, By

router = APIRouter(prefix="/api/products", tags=["products"])


class SimilarProduct(ProductCard):
    similarity: float = Field(
        description="0 to 1: of two products so near, taken from as many pairs of the same kind as of different "
        "kinds, this share is of the same kind. The mean of text and look where both are compared.",
        examples=[0.83],
    )
    text_cosine: float | None = Field(None, description="Cosine of the texts; null where it was not compared.")
    look_cosine: float | None = Field(None, description="Cosine of the pictures; null where it was not compared.")


class SimilarAnswer(BaseModel):
    product_id: str
    by: str
    min_similarity: float
    calibrated: bool = Field(description="False: nobody measured this model, and `similarity` is the plain cosine.")
    total: int = Field(description="Products that are similar enough, of the 200 nearest in each space.")
    hits: list[SimilarProduct]
    degraded: list[str]
    took_ms: float


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


_PARAMETERS = [
    _parameter("by", "What is compared.", {"type": "string", "enum": list(By), "default": By.BOTH.value}),
    _parameter(
        "min_similarity",
        "Lowest similarity; by default SHOPSCOUT_SIMILARITY_THRESHOLD.",
        {"type": "number", "minimum": 0, "maximum": 1},
    ),
    _parameter("size", "Hits.", {"type": "integer", "minimum": 1, "maximum": MAX_SIMILAR, "default": 12}),
]


@router.get(
    "/{product_id:path}/similar",
    response_model=SimilarAnswer,
    responses={**PROBLEMS, 404: {"model": Problem, "description": "There is no such product."}},
    openapi_extra={"parameters": _PARAMETERS},
)
async def similar(product_id: str, request: Request, services: Services) -> Response:
    """Products like this one, most similar first; itself and its variants are left out. Every filter of
    GET /api/search narrows them."""
    return json_answer(await services.similar.similar(product_id, request.query_params.multi_items()))
