"""Where a list of results went on: an opaque token for depth. Pure.

The token holds the sort values of the last hit, never an offset, so that page 400 costs what page 1 costs and products
that come or go above do not shift what follows.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson


class InvalidCursor(ValueError):
    """Not a cursor that we gave out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`after`: sort values of the last hit found by words or in the chosen order; None before the first.
    `near`: how many of the nearest by meaning have been shown. `top`: best lexical score of the first page,
    which all pages are normalised by. `query`: fingerprint of the search that it belongs to."""

    query: str
    after: tuple[Any, ...] | None = None
    near: int = 0
    top: float = 0.0

    def encode(self) -> str:
        packed = orjson.dumps([self.query, self.after, self.near, self.top])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def decode(cls, token: str) -> "Cursor":
        """Raises InvalidCursor for anything that `encode` did not make."""
        try:
            raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            query, after, near, top = orjson.loads(raw)
        except (ValueError, TypeError, binascii.Error, UnicodeEncodeError) as error:
            raise InvalidCursor(token[:40]) from error
        if not (isinstance(query, str) and isinstance(near, int) and 0 <= near <= 1000):
            raise InvalidCursor(token[:40])
        if not (isinstance(top, int | float) and (after is None or _sort_values(after))):
            raise InvalidCursor(token[:40])
        return cls(query, tuple(after) if after is not None else None, near, float(top))


def _sort_values(after: object) -> bool:
    """Whether these could be sort values: ours end with a product id."""
    if not isinstance(after, list) or not 2 <= len(after) <= 4 or not isinstance(after[-1], str):
        return False
    return all((isinstance(v, int | float | str) and not isinstance(v, bool)) or v is None for v in after)
