"""/api/search/image over HTTP: a picture as a file of a form."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS, BadRequest
from app.search.models import SearchAnswer
from app.search.query import from_parameters
from app.search.recording import without_visit

router = APIRouter(prefix="/api/search", tags=["search"])

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["image"],
                    "properties": {
                        "image": {
                            "type": "string",
                            "format": "binary",
                            "description": "JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF. Not kept.",
                        },
                        "q": {"type": "string", "description": "Words that change what is looked for: blue, for men."},
                    },
                    "additionalProperties": {
                        "type": "string",
                        "description": "Every parameter of GET /api/search: filters, facets, size, page, explain.",
                    },
                }
            }
        },
    }
}
MAX_FIELDS = 600


@router.post("/image", response_model=SearchAnswer, responses=PROBLEMS, openapi_extra=_FORM)
async def search_by_picture(request: Request, services: Services) -> Response:
    """Products that look like a picture; `q`, filters and facets as in GET /api/search, in the form or the address."""
    fields, image = await _form(request)
    visit, pairs = without_visit(request.headers, [*request.query_params.multi_items(), *fields])
    return json_answer(await services.search.search(lambda facts: from_parameters(pairs, facts, image=image), visit))


async def _form(request: Request) -> tuple[list[tuple[str, str]], bytes]:
    """The form's fields and the bytes of its one file. Raises BadRequest."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadRequest([("image", "Send a form (multipart/form-data) with the picture as the file `image`.")])
    try:
        async with request.form(max_files=2, max_fields=MAX_FIELDS) as form:
            return await _parts(form)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise BadRequest([("image", f"The form cannot be read: {error.detail}")]) from error


async def _parts(form: FormData) -> tuple[list[tuple[str, str]], bytes]:
    files = [(name, item) for name, item in form.multi_items() if isinstance(item, UploadFile)]
    if len(files) != 1 or files[0][0] not in ("image", "file"):
        raise BadRequest([("image", "The form needs one picture, as the file `image`.")])
    content = await files[0][1].read()
    if not content:
        raise BadRequest([("image", "The picture is empty (0 bytes).")])
    return [(name, item) for name, item in form.multi_items() if isinstance(item, str)], content
