"""What an answer is: good, refused early and politely, or a failure."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    # For its types alone: importing locust changes sockets and threads of the whole process.
    from locust.contrib.fasthttp import ResponseContextManager

Found = dict[str, Any]
REFUSING: Final = (429, 503)


class Refused(Exception):
    """429 or 503 with Retry-After: the service cannot now, and says when to come again."""


class Wrong(Exception):
    """An answer that should not be; the message says what it was."""


def judged(response: "ResponseContextManager", wrong: Callable[[Found], str] | None = None) -> Found | None:
    """The body of a good answer, else None; locust is told what it was. `wrong` says what is wrong with a body, or
    nothing."""
    status = response.status_code
    if status in REFUSING and "retry-after" in {name.lower() for name in response.headers or ()}:
        _failed(response, Refused(f"HTTP {status}"))
        return None
    if not 200 <= status < 300:
        # Status 0 is no answer at all; the reason is locust's own.
        why = str(getattr(response, "error", "") or "no answer") if not status else f"HTTP {status}: {response.text}"
        _failed(response, Wrong(why[:200]))
        return None
    try:
        found: Found = response.json()
    except ValueError:
        _failed(response, Wrong("the answer is no JSON"))
        return None
    if wrong is not None and (why := wrong(found)):
        _failed(response, Wrong(why))
        return None
    return found


def _failed(response: "ResponseContextManager", why: Exception) -> None:
    response.failure(why)  # type: ignore[no-untyped-call] # locust's own has no types
