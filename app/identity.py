"""Who is asking. The one place where a request is turned into a customer."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request

from app.access.caller import caller_in
from app.problems import CustomerRefused

NOT_THEIRS: Final = (
    "customer_id is somebody for whom this request may not speak; send the shopper's token as `Authorization: Bearer`, "
    "or leave customer_id out"
)


def customer_of(request: Request) -> str | None:
    """The customer on whose behalf the request comes, None for a visitor.

    Named by a token that the shop signed, or in X-Customer-Id by the shop's own server, with a server's key. Where the
    service is open, X-Customer-Id is believed from everybody.
    """
    return caller_in(request.scope).customer_id


def may_speak_for(request: Request, customer: object) -> bool:
    """Whether what a request says of a customer is believed: a server's key may speak for all, a token for its own."""
    caller = caller_in(request.scope)
    return customer is None or customer == caller.customer_id or (caller.is_server and not caller.by_token)


def spoken_for(request: Request, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a request that may name a `customer_id`; where they do not, that of a token. Raises CustomerRefused."""
    caller, named = caller_in(request.scope), fields.get("customer_id")
    if not may_speak_for(request, named):
        raise CustomerRefused(f"{NOT_THEIRS}.")
    return {**fields, "customer_id": caller.customer_id} if named is None and caller.by_token else dict(fields)
