"""Changes of /api/products over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS, Problem
from app.products.changes import Changed
from shop.products.changes.request import Op

router = APIRouter(prefix="/api/products", tags=["products"])


class PictureWarning(BaseModel):
    address: str
    reason: str


class ChangeAnswer(BaseModel):
    product_id: str | None
    change_id: str | None
    result: str = Field(
        description="created, changed, deleted, unchanged; queued: it is kept and made soon. Of lines also refused, "
        "stale, missing, and unavailable: send it again."
    )
    stale: list[str] = Field(description="Fields that stayed, as newer changes have set them.")
    pictures: list[PictureWarning] = Field(description="Pictures that the product goes without.")
    why: list[str] = Field(description="What was wrong.")


class LineAnswer(ChangeAnswer):
    line: int = Field(description="Line of the body, from 1.")


class BulkAnswer(BaseModel):
    results: dict[str, int] = Field(description="Lines by result.")
    items: list[LineAnswer] = Field(description="What became of each line, in order.")


Version = Annotated[
    str, Query(description="Grows with each change of the product; an older change never overwrites a newer one.")
]
IfMatch = Annotated[str, Header(alias="If-Match", description="ETag of the product that is changed, or *.")]
IfNoneMatch = Annotated[str, Header(alias="If-None-Match", description="*: only where there is no such product.")]

_RESPONSES: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    202: {"model": ChangeAnswer, "description": "The change is kept durably and made soon."},
    404: {"model": Problem, "description": "There is no such product to change."},
    409: {"model": Problem, "description": "A newer change was made already; nothing was changed."},
    412: {"model": Problem, "description": "The product is not what If-Match or If-None-Match says."},
    413: {"model": Problem, "description": "The body is too large."},
}


def _body(kind: str, description: str, required: bool = True) -> dict[str, Any]:
    schema = {"type": "object"} if kind == "application/json" else {"type": "string"}
    content = {kind: {"schema": schema}}
    return {"requestBody": {"required": required, "description": description, "content": content}}


def _answer(found: Changed) -> Response:
    status = 202 if found.queued else 201 if found.created else 200
    return json_answer(found.body, status, {"ETag": f'"{found.tag}"'} if found.tag else None)


@router.post(
    "/_bulk",
    response_model=BulkAnswer,
    responses=PROBLEMS | {413: {"model": Problem, "description": "More than 10,000 lines."}},
    openapi_extra=_body(
        "application/x-ndjson", "A change a line: op (put, patch, delete), product_id, fields, version."
    ),
)
async def change_products(request: Request, services: Services) -> Response:
    """Up to 10,000 changes, each for itself: what is wrong with one line is told of that line alone."""
    return json_answer(await services.changes.bulk(await request.body()))


@router.put(
    "/{product_id:path}",
    response_model=ChangeAnswer,
    responses=_RESPONSES | {201: {"model": ChangeAnswer, "description": "The product is new."}},
    openapi_extra=_body("application/json", "The whole product; what is not given is empty."),
)
async def put_product(
    product_id: str,
    request: Request,
    services: Services,
    version: Version = "",
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> Response:
    """Writes a product whole."""
    body = await request.body()
    return _answer(await services.changes.one(Op.PUT, product_id, body, version, if_match, if_none_match))


@router.patch(
    "/{product_id:path}",
    response_model=ChangeAnswer,
    responses=_RESPONSES,
    openapi_extra=_body("application/json", "The fields that change; null clears one, specifications go by name."),
)
async def patch_product(
    product_id: str, request: Request, services: Services, version: Version = "", if_match: IfMatch = ""
) -> Response:
    """Changes some fields of a product."""
    return _answer(await services.changes.one(Op.PATCH, product_id, await request.body(), version, if_match, ""))


@router.delete("/{product_id:path}", response_model=ChangeAnswer, responses=_RESPONSES)
async def delete_product(
    product_id: str, request: Request, services: Services, version: Version = "", if_match: IfMatch = ""
) -> Response:
    """Deletes a product; older changes that come late do not bring it back."""
    return _answer(await services.changes.one(Op.DELETE, product_id, await request.body(), version, if_match, ""))
