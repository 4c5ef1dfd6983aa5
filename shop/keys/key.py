"""API keys: what one is, how it is written, and whether a given one is good. Pure values, no I/O.

A key reads `ssk_<id>_<secret>` (a server's) or `ssp_<id>_<secret>` (public, for browsers). The id is 12 hex digits, the
secret 64: 256 bits of `secrets.token_hex`. Of such a secret one SHA-256 is a safe thing to keep, as nobody can try
2**256 of them; slow hashes are for passwords that people think up (NIST SP 800-63B, 3.1.2.2, look-up secrets).
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from urllib.parse import urlsplit

from shop.keys.errors import KeyRefused

MAX_NAME: Final = 100
PATTERN: Final = re.compile(r"ss([kp])_([0-9a-f]{12})_([0-9a-f]{64})")
"""A whole key wherever it stands; for finding those that must not be shown too."""


class Scope(StrEnum):
    """What a key opens. docs/reference/access.md lists the routes of each."""

    SEARCH = "search"
    CHAT = "chat"
    EVENTS = "events"
    CATALOGUE = "catalogue"
    RULES = "rules"
    ADMIN = "admin"


class KeyKind(StrEnum):
    """`server`: a secret that stays on the shop's servers. `public`: in every browser, good from its origins only."""

    SERVER = "server"
    PUBLIC = "public"


PUBLIC_SCOPES: Final = frozenset({Scope.SEARCH, Scope.CHAT, Scope.EVENTS})
_LETTER: Final = {KeyKind.SERVER: "k", KeyKind.PUBLIC: "p"}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: all of it but its secret. Times are in UTC; `per_minute` 0: the service's own limit."""

    key_id: str
    name: str
    kind: KeyKind
    sha256: str
    scopes: frozenset[Scope]
    created: datetime
    origins: frozenset[str] = frozenset()
    per_minute: int = 0
    expires: datetime | None = None
    revoked: datetime | None = None
    replaces: str = ""
    last_used: datetime | None = None

    def state(self, now: datetime) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else "active"

    def opens(self, scope: Scope) -> bool:
        return scope in self.scopes

    def matches(self, secret: str) -> bool:
        """Whether this is its secret; takes as long whatever is wrong with it."""
        return hmac.compare_digest(_hash(secret), self.sha256)


@dataclass(frozen=True, slots=True)
class Presented:
    """A key that somebody sends, taken apart."""

    kind: KeyKind
    key_id: str
    secret: str

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None where the text is no key."""
        found = PATTERN.fullmatch(text)
        if found is None:
            return None
        return cls(KeyKind.PUBLIC if found[1] == "p" else KeyKind.SERVER, found[2], found[3])


def new_key(
    name: str,
    kind: KeyKind,
    scopes: Sequence[str],
    *,
    origins: Sequence[str] = (),
    per_minute: int = 0,
    lasts: timedelta | None = None,
    replaces: str = "",
    now: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A key and how it is written, which is shown once and kept nowhere. Raises KeyRefused."""
    now = now or datetime.now(UTC)
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise KeyRefused(f"A key needs a name of at most {MAX_NAME} characters, such as the system that uses it.")
    if per_minute < 0:
        raise KeyRefused("The limit a minute is a number from 0; 0: the service's own limit.")
    if lasts is not None and lasts <= timedelta(0):
        raise KeyRefused("A key that has expired already is of no use; give it a time from now on, such as 90d.")
    opened = _scopes(scopes, kind)
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    key = ApiKey(
        key_id=key_id,
        name=name,
        kind=kind,
        sha256=_hash(secret),
        scopes=opened,
        created=now,
        origins=_origins(origins, kind),
        per_minute=per_minute,
        expires=now + lasts if lasts is not None else None,
        replaces=replaces,
    )
    return key, f"ss{_LETTER[kind]}_{key_id}_{secret}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _scopes(named: Sequence[str], kind: KeyKind) -> frozenset[Scope]:
    unknown = sorted(set(named) - set(Scope))
    if unknown or not named:
        told = f"; there is no {', '.join(unknown)}" if unknown else "; name at least one"
        raise KeyRefused(f"Scopes are {', '.join(Scope)}{told}.")
    scopes = frozenset(Scope(name) for name in named)
    if kind is KeyKind.PUBLIC and (beyond := sorted(scopes - PUBLIC_SCOPES)):
        raise KeyRefused(f"Everybody can read a public key; it cannot have the scope {', '.join(beyond)}.")
    return scopes


def _origins(given: Sequence[str], kind: KeyKind) -> frozenset[str]:
    if kind is KeyKind.SERVER:
        if given:
            raise KeyRefused("Origins belong to public keys; make one with --public, or leave --origin out.")
        return frozenset()
    if not given:
        raise KeyRefused("A public key needs the origins of its pages: --origin https://shop.example.")
    return frozenset(_origin(text) for text in given)


def _origin(text: str) -> str:
    parts = urlsplit(text.strip().lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in text:
        raise KeyRefused(f"{text} is no origin; write it as the browser does: https://shop.example, without a path.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise KeyRefused(f"{text} is more than an origin; write https://shop.example, without a path.")
    return f"{parts.scheme}://{parts.netloc}"
