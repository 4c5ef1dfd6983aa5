"""What other origins may do: nothing, but those of public keys. Pure values."""

from collections.abc import Mapping
from typing import Final

METHODS: Final = "GET, POST, DELETE"
REQUEST_HEADERS: Final = "Authorization, Content-Type, X-Api-Key, X-Request-Id, X-Session-Id, X-Visitor-Id, X-Typing"
EXPOSED: Final = "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
KEPT_S: Final = 600


def is_preflight(method: str, headers: Mapping[bytes, bytes]) -> bool:
    return method == "OPTIONS" and b"origin" in headers and b"access-control-request-method" in headers


def preflight_headers(origin: str) -> dict[str, str]:
    """The answer to the question that a browser asks before the request; it sends no key with it."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(KEPT_S),
        "Vary": "Origin",
    }


def answer_headers(origin: str) -> list[tuple[bytes, bytes]]:
    """What lets a page of that origin read an answer; no cookies are ever taken, so none are allowed."""
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED.encode()),
        (b"vary", b"Origin"),
    ]
