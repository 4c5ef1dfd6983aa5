"""Who is asking. The one place where a request is turned into a customer."""

from fastapi import Request

MAX_LENGTH = 200


def customer_of(request: Request) -> str | None:
    """The customer on whose behalf the request comes, None for a visitor: the X-Customer-Id that the shop's own server
    sets. Whoever can set it can speak for any customer, so it must not be taken from browsers."""
    given = request.headers.get("x-customer-id", "").strip()
    return given if given and len(given) <= MAX_LENGTH and given.isprintable() else None
