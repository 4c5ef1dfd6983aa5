"""Where a list of results went on: an opaque token for depth. Pure.

The token holds the sort values of the last hit, so that page 400 costs what page 1 costs and products that come or go
above do not shift what follows. Only inside the fused window, the first hundred hits or so, it counts hits instead.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

import orjson

# A fused list is never longer than the neighbours and the window of words together.
MAX_SHOWN: Final = 2_000
MAX_SHOWN_GROUPED: Final = 10_000
"""Grouped lists are counted all the way; Elasticsearch counts no further (`index.max_result_window`)."""


class InvalidCursor(ValueError):
    """Not a cursor that we gave out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`query`: fingerprint of the search that it belongs to. `shown`: how many hits of a fused list have been shown;
    0 once `after` leads on: the sort values of the last hit that Elasticsearch's own order gave."""

    query: str
    after: tuple[Any, ...] | None = None
    shown: int = 0

    def encode(self) -> str:
        packed = orjson.dumps([self.query, self.after, self.shown])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def decode(cls, token: str) -> "Cursor":
        """Raises InvalidCursor for anything that `encode` did not make."""
        try:
            raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
            query, after, shown = orjson.loads(raw)
        except (ValueError, TypeError, binascii.Error, UnicodeEncodeError) as error:
            raise InvalidCursor(token[:40]) from error
        counted = isinstance(shown, int) and not isinstance(shown, bool) and 0 <= shown <= MAX_SHOWN_GROUPED
        if not (isinstance(query, str) and counted and (after is None or _sort_values(after))):
            raise InvalidCursor(token[:40])
        return cls(query, tuple(after) if after is not None else None, shown)


def _sort_values(after: object) -> bool:
    """Whether these could be sort values: ours end with a product id."""
    if not isinstance(after, list) or not 2 <= len(after) <= 4 or not isinstance(after[-1], str):
        return False
    return all((isinstance(v, int | float | str) and not isinstance(v, bool)) or v is None for v in after)
