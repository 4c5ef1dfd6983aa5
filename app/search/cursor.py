"""Where a list of results went on: an opaque token for depth. Pure.

The token holds the sort values of the last hit, so that page 400 costs what page 1 costs and products that come or go
above do not shift what follows. Only inside the fused window, the first hundred hits or so, it counts hits instead.
It takes along what was made of the search (`keeping`), so that any process goes on with the same list.
"""

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Any, Final

import orjson

from app.search.keeping import Kept, unpacked

# A fused list is never longer than the neighbours and the window of words together.
MAX_SHOWN: Final = 2_000
MAX_SHOWN_GROUPED: Final = 10_000
"""Grouped lists are counted all the way; Elasticsearch counts no further (`index.max_result_window`)."""

MAX_TOKEN: Final = 4_000
"""Characters of a token: addresses have room for that everywhere. What does not fit is left out and made anew."""
_MAX_PACKED: Final = 64 * 1024
_DEFLATED: Final = b"\x01"


class InvalidCursor(ValueError):
    """Not a cursor that we gave out."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """`query`: fingerprint of the search that it belongs to. `shown`: how many hits of a fused list have been shown;
    0 once `after` leads on: the sort values of the last hit that Elasticsearch's own order gave. `kept`: what was made
    of the search; None in cursors from before there was that, and where it is too large."""

    query: str
    after: tuple[Any, ...] | None = None
    shown: int = 0
    kept: Kept | None = None

    def encode(self) -> str:
        place = [self.query, self.after, self.shown]
        token = _token([*place, self.kept.packed()] if self.kept is not None else place)
        return token if len(token) <= MAX_TOKEN else _token(place)

    @classmethod
    def decode(cls, token: str) -> "Cursor":
        """Raises InvalidCursor for anything that `encode` did not make."""
        try:
            query, after, shown, *more = _values(token)
            kept = unpacked(more.pop()) if more else None
        except (ValueError, TypeError, binascii.Error, UnicodeEncodeError, zlib.error) as error:
            raise InvalidCursor(token[:40]) from error
        counted = isinstance(shown, int) and not isinstance(shown, bool) and 0 <= shown <= MAX_SHOWN_GROUPED
        if more or not (isinstance(query, str) and counted and (after is None or _sort_values(after))):
            raise InvalidCursor(token[:40])
        return cls(query, tuple(after) if after is not None else None, shown, kept)


def _token(values: list[Any]) -> str:
    packed = orjson.dumps(values)
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    smaller = _DEFLATED + deflater.compress(packed) + deflater.flush()
    return base64.urlsafe_b64encode(min(packed, smaller, key=len)).decode().rstrip("=")


def _values(token: str) -> Any:  # noqa: ANN401 - JSON
    raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    if raw.startswith(_DEFLATED):
        inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        raw = inflater.decompress(raw[1:], _MAX_PACKED)
        if not inflater.eof:
            raise InvalidCursor(token[:40])
    return orjson.loads(raw)


def _sort_values(after: object) -> bool:
    """Whether these could be sort values: ours end with a product id."""
    if not isinstance(after, list) or not 2 <= len(after) <= 4 or not isinstance(after[-1], str):
        return False
    return all((isinstance(v, int | float | str) and not isinstance(v, bool)) or v is None for v in after)
