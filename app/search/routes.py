"""/api/search over HTTP."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS
from app.search.facets import facet_names
from app.search.filters import FLAG_FIELDS, HIGHEST, RANGE_FIELDS, WORD_FIELDS, filter_names
from app.search.models import ClickAnswer, ClickBody, SearchAnswer, SearchBody, SearchId
from app.search.parameters import MAX_QUERY_LENGTH
from app.search.query import (
    DEFAULT_FACET_SIZE,
    DEFAULT_SIZE,
    MAX_CONTEXT_LENGTH,
    MAX_FACET_SIZE,
    MAX_SIZE,
    FusionMethod,
    Group,
    Mode,
    Sort,
    build,
    from_parameters,
)
from app.search.recording import visit_of, without_visit
from shop.queries.record import ID_PATTERN, MAX_ID, Click

router = APIRouter(prefix="/api/search", tags=["search"])


def _parameter(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        **more,
    }


_CONTEXT = {"type": "string", "maxLength": MAX_CONTEXT_LENGTH}


def _parameters() -> list[dict[str, Any]]:
    """The query parameters for OpenAPI, from the tables that requests are checked against."""
    listed = [
        _parameter(
            "q",
            "What is searched for; empty browses.",
            {"type": "string", "maxLength": MAX_QUERY_LENGTH},
            example="hiking backpack",
        ),
        _parameter(
            "facets",
            "Facets to count, separated by commas: brand, category, any attribute; auto: those that help most.",
            {"type": "string"},
            example="brand,category",
        ),
        _parameter(
            "facet_size",
            "Values a facet.",
            {"type": "integer", "minimum": 1, "maximum": MAX_FACET_SIZE, "default": DEFAULT_FACET_SIZE},
        ),
        _parameter("sort", "Order of the hits.", {"type": "string", "enum": list(Sort), "default": "relevance"}),
        _parameter(
            "page",
            "Page, from 1; pages reach to result 1000, a cursor further.",
            {"type": "integer", "minimum": 1, "default": 1},
        ),
        _parameter(
            "size",
            "Hits a page.",
            {"type": "integer", "minimum": 0, "maximum": MAX_SIZE, "default": DEFAULT_SIZE},
        ),
        _parameter("cursor", "next_cursor of the answer before, for the hits after it.", {"type": "string"}),
        _parameter("mode", "How to search.", {"type": "string", "enum": list(Mode), "default": "hybrid"}),
        _parameter(
            "fusion",
            "How hybrid search joins its two rankings.",
            {"type": "string", "enum": list(FusionMethod), "default": "convex"},
        ),
        _parameter("correct", "false: take the words as they are typed.", {"type": "boolean", "default": True}),
        _parameter("understand", "false: make no constraints of the words.", {"type": "boolean", "default": True}),
        _parameter(
            "relax", "false: give up no constraint where nothing is found.", {"type": "boolean", "default": True}
        ),
        _parameter("device", "What it is shown on, such as mobile; for merchandising rules.", _CONTEXT),
        _parameter("segment", "Which customers it is for, such as vip; for merchandising rules.", _CONTEXT),
        _parameter("explain", "Tell how each hit got its place.", {"type": "boolean", "default": False}),
        _parameter(
            "group",
            "parent: one hit a family of variants, the best one, and counts of families.",
            {"type": "string", "enum": list(Group)},
        ),
        _parameter(
            "session_id",
            "Visit of the shop that the search belongs to, for analytics; or the header X-Session-Id.",
            {"type": "string", "maxLength": MAX_ID, "pattern": ID_PATTERN},
        ),
        *(
            _parameter(f"{side}_{name}", told, {"type": "number", "minimum": 0, "maximum": HIGHEST[name]})
            for name in RANGE_FIELDS
            for side, told in (("min", f"Least {name}."), ("max", f"Highest {name}, included."))
        ),
    ]
    listed += [_parameter(name, "true: only products in stock.", {"type": "boolean"}) for name in FLAG_FIELDS]
    for name, field in WORD_FIELDS.items():
        item: dict[str, Any] = {"type": "string"}
        if field.choices is not None:
            item["enum"] = list(field.choices)
        many = {"type": "array", "items": item}
        listed.append(_parameter(name, f"{field.description} Repeat it for several.", many, style="form", explode=True))
    return listed


@router.get("", response_model=SearchAnswer, responses=PROBLEMS, openapi_extra={"parameters": _parameters()})
async def search(request: Request, services: Services) -> Response:
    """Searches the catalogue.

    Any attribute of the catalogue is a filter under its own name (`color=red`), or as `attr.<name>` where that name
    is a parameter already (`attr.size=XL`); attributes that are numbers take `min_<name>` and `max_<name>`.
    GET /api/search/filters lists them.
    """
    visit, pairs = without_visit(request.headers, request.query_params.multi_items())
    return json_answer(await services.search.search(lambda facts: from_parameters(pairs, facts), visit))


@router.post("", response_model=SearchAnswer, responses=PROBLEMS)
async def search_with_body(body: SearchBody, request: Request, services: Services) -> Response:
    """Searches the catalogue; the same as GET, with the search as a JSON object."""
    own = body.model_dump(exclude={"filters", "session_id"}, exclude_unset=True)
    visit = visit_of(request.headers, body.session_id)
    return json_answer(await services.search.search(lambda facts: build(own, body.filters, facts), visit))


@router.post("/{search_id}/clicks", status_code=202, response_model=ClickAnswer, responses={400: PROBLEMS[400]})
async def click(search_id: SearchId, body: ClickBody, services: Services) -> Response:
    """Tells that a product was opened from the hits of a search. Tell it as often as you like: it counts once.

    It is counted within seconds, with the search; whether there was such a search is not looked at before.
    """
    logged = services.search.clicked(Click(search_id, body.product_id, body.position))
    return json_answer({"logged": logged}, 202)


@router.get("/filters", responses={503: PROBLEMS[503]})
async def filters(services: Services) -> dict[str, Any]:
    """Every filter and facet there is now; for attributes, how many products have each and whether it is a number."""
    facts = await services.catalogue.facts()
    attributes = {n: {"products": c, "number": n in facts.number_attributes} for n, c in facts.attributes.items()}
    return {"filters": filter_names(facts), "facets": facet_names(facts), "attributes": attributes}
