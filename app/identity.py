"""Who is asking. The one place where a request is turned into a customer."""

from fastapi import Request

from app.access.caller import caller_in


def customer_of(request: Request) -> str | None:
    """The customer on whose behalf the request comes, None for a visitor.

    Named by a token that the shop signed, or in X-Customer-Id by the shop's own server, with a server's key. Where the
    service is open, X-Customer-Id is believed from everybody.
    """
    return caller_in(request.scope).customer_id
