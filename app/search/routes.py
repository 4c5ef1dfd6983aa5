"""/api/search over HTTP."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS
from app.search.facets import facet_names
from app.search.filters import filter_names
from app.search.models import ClickAnswer, ClickBody, SearchAnswer, SearchBody, SearchId
from app.search.openapi import query_parameters
from app.search.query import build, from_parameters
from app.search.recording import visit_of, without_visit
from shop.queries.record import Click

router = APIRouter(prefix="/api/search", tags=["search"])


@router.get("", response_model=SearchAnswer, responses=PROBLEMS, openapi_extra={"parameters": query_parameters()})
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
