"""/api/products over HTTP."""

from fastapi import APIRouter, Request, Response

from app.answers import json_answer
from app.deps import AppServices, Services
from app.problems import PROBLEMS, Problem
from app.products.models import ProductAnswer, ProductBatch, ProductBatchAnswer

router = APIRouter(prefix="/api/products", tags=["products"])


@router.get(
    "/{product_id:path}",  # Ids of real catalogues hold slashes.
    response_model=ProductAnswer,
    responses={404: {"model": Problem, "description": "There is no such product."}, 503: PROBLEMS[503]},
)
async def product(product_id: str, services: Services) -> Response:
    """One product with all its fields."""
    found, tag = await services.products.one(product_id)
    return json_answer(found, headers={"ETag": f'"{tag}"'})


async def quick_product(request: Request, services: AppServices) -> Response:
    """The same, without FastAPI's part of it."""
    return await product(request.path_params["product_id"], services)


@router.post("/batch", response_model=ProductBatchAnswer, responses=PROBLEMS)
async def product_batch(body: ProductBatch, services: Services) -> Response:
    """Up to 200 products at once, in the order of their ids; ids without a product are listed as missing."""
    return json_answer(await services.products.batch(body.product_ids))
