"""Who sends a request: the key, and the customer on whose behalf it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shop.keys.key import ApiKey, KeyKind

CALLER: Final = "shopscout.caller"
"""Where the caller stands in the ASGI scope."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`key` is None where the service is open to everybody. `customer_id`: who the request speaks for, as a token of
    the shop or its server says; None for a visitor."""

    key: ApiKey | None = None
    customer_id: str | None = None
    by_token: bool = False

    @property
    def is_server(self) -> bool:
        """Whether what it says of shoppers can be believed: it is the shop's own server, or nobody is asked."""
        return self.key is None or self.key.kind is KeyKind.SERVER


NOBODY: Final = Caller()


def caller_in(scope: Mapping[str, Any]) -> Caller:
    """The caller of a request that came past the guard."""
    found = scope.get(CALLER, NOBODY)
    assert isinstance(found, Caller)
    return found
