"""Whether a request may pass: its key, its shopper's token, its origin, and how many it has sent."""

import hashlib
import hmac
import ipaddress
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from elasticsearch import AsyncElasticsearch
from starlette.responses import Response

from app.access.caller import NOBODY, Caller
from app.access.keyring import Keyring
from app.access.limits import Allowance, Limit, RateCounts
from app.access.scopes import Need, Rule
from app.access.settings import AccessMode, AccessSettings
from app.access.sharing import RedisCounts, Sharing
from app.access.tokens import TokenChecker, TokenRefused, read_token_keys
from app.problems import refusal
from app.settings import is_loopback
from es.names import IndexNames
from shop.keys.key import PATTERN, ApiKey, KeyKind, Presented, Scope
from shop.keys.store import KeyStore

Headers = Mapping[bytes, bytes]

HOW: Final = "Send a key in the header X-Api-Key; `python -m app keys create` makes one."


class Refused(Exception):
    """The request goes no further; `answer` says why."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gate looks at. `address`: of whoever sends it; `headers` by their names in lower case."""

    path: str
    query: bytes
    address: str
    headers: Headers


class Gate:
    """Lets requests of one process pass or not. Open it in the lifespan: `opened`."""

    def __init__(self, settings: AccessSettings, host: str) -> None:
        self._settings = settings
        self._mode = settings.access
        if self._mode is AccessMode.AUTO and not is_loopback(host):
            self._mode = AccessMode.KEYS
        self._tokens = TokenChecker(
            read_token_keys({kid: key.get_secret_value() for kid, key in settings.token_keys.items()}),
            settings.token_audience,
            settings.token_issuer,
            settings.token_leeway_s,
            settings.token_longest_s,
        )
        self.counts = RateCounts()
        self._wrong = RateCounts()
        self._keyring: Keyring | None = None
        self._sharing = Sharing(self.counts, None)

    @asynccontextmanager
    async def opened(self, client: AsyncElasticsearch, names: IndexNames) -> AsyncIterator["Gate"]:
        """Knows the keys and shares its counts while it is open."""
        url = self._settings.redis_url.get_secret_value()
        self._sharing = Sharing(self.counts, RedisCounts(url, names.prefix) if url else None)
        if self._mode is not AccessMode.OPEN:
            self._keyring = Keyring(KeyStore(client, names), self._settings.keys_refresh_s)
            await self._keyring.start()
        self._sharing.start()
        try:
            yield self
        finally:
            await self._sharing.stop()
            if self._keyring is not None:
                await self._keyring.stop()

    def health(self) -> dict[str, tuple[bool, str]]:
        """Of keys and limits: whether all is well, and what there is to say."""
        if self._keyring is None:
            keys = (True, "open: no key is asked for")
        else:
            keys = self._keyring.health()
            if self.is_open:
                keys = (keys[0], "open on this machine's own address: no key was made yet")
        return {"keys": keys, "rate_limits": self._sharing.health()}

    @property
    def is_open(self) -> bool:
        """Whether no key is asked for. Where keys cannot be read, nobody can say that there is none."""
        if self._mode is AccessMode.OPEN:
            return True
        keyring = self._keyring
        return self._mode is AccessMode.AUTO and keyring is not None and keyring.known and not keyring.ever

    @property
    def origins(self) -> frozenset[str]:
        """Origins whose pages may send requests."""
        return self._keyring.origins if self._keyring is not None else frozenset()

    async def caller(self, asked: Asked, need: Need) -> Caller:
        """Who asks. Raises Refused where that is not told, not believed, or not allowed."""
        if need is Rule.METRICS and self._may_scrape(asked):
            return NOBODY
        if self.is_open:
            return self._in_the_open(asked)
        key = await self._key(asked)
        self._check_origin(key, asked.headers)
        scope = Scope.ADMIN if need is Rule.METRICS else need
        if not isinstance(scope, Scope) or not key.opens(scope):
            named = ", ".join(sorted(key.scopes))
            raise Refused(refusal("scope-missing", f"This needs a key with the scope {need.value}; yours has {named}."))
        return self._on_behalf(key, asked.headers)

    def allow(self, caller: Caller, asked: Asked, need: Need) -> tuple[Sequence[Limit], Allowance | None]:
        """Counts a request. Where the allowance does not pass, it is to be refused."""
        limits = self._limits(caller, asked, need)
        return limits, self.counts.take(limits)

    def _may_scrape(self, asked: Asked) -> bool:
        token = self._settings.metrics_token.get_secret_value()
        return bool(token) and hmac.compare_digest(_bearer(asked.headers).encode(), token.encode())

    def _in_the_open(self, asked: Asked) -> Caller:
        bearer = _bearer(asked.headers)
        if bearer and self._tokens.keys:
            return Caller(None, self._customer(bearer), by_token=True)
        return Caller(None, _named(asked.headers))

    async def _key(self, asked: Asked) -> ApiKey:
        given = asked.headers.get(b"x-api-key", b"").decode("latin-1").strip()
        if not given:
            raise Refused(refusal("key-missing", _where_it_is(asked)))
        keyring = self._keyring
        if keyring is None or not keyring.known:
            detail = "The keys cannot be read now, so nobody can be let in; try again in a moment."
            raise Refused(refusal("keys-unavailable", detail, retry_after_s=2))
        presented = Presented.read(given)
        key = await keyring.find(presented) if presented is not None else None
        if key is None:
            raise Refused(self._wrong_key(asked.address))
        now = datetime.now(UTC)
        if (state := key.state(now)) != "active":
            raise Refused(refusal("key-invalid", f"This key is {state}; `python -m app keys create` makes a new one."))
        keyring.was_used(key, now)
        return key

    def _wrong_key(self, address: str) -> Response:
        allowed = self._wrong.take([Limit("wrong-keys", _network(address), self._settings.wrong_keys_per_minute)])
        if allowed is not None and not allowed.passes:
            detail = "Too many wrong keys came from this address; wait before the next try."
            return refusal("rate-limited", detail, retry_after_s=allowed.retry_after_s)
        return refusal("key-invalid", f"There is no such key. {HOW}")

    @staticmethod
    def _check_origin(key: ApiKey, headers: Headers) -> None:
        if key.kind is KeyKind.SERVER:
            return
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        # A page of ours that asks its own address sends no origin with GET, but says so.
        if origin in key.origins or (not origin and headers.get(b"sec-fetch-site") == b"same-origin"):
            return
        raise Refused(refusal("origin-refused", "This key is public and good only from the origins it was made for."))

    def _on_behalf(self, key: ApiKey, headers: Headers) -> Caller:
        if bearer := _bearer(headers):
            return Caller(key, self._customer(bearer), by_token=True)
        named = _named(headers)
        if named is not None and key.kind is KeyKind.PUBLIC:
            detail = "A public key may not name a customer; send the shopper's token as `Authorization: Bearer`."
            raise Refused(refusal("customer-refused", detail))
        return Caller(key, named)

    def _customer(self, token: str) -> str:
        if PATTERN.fullmatch(token):
            raise Refused(refusal("token-invalid", f"`Authorization: Bearer` takes a shopper's token, no key. {HOW}"))
        try:
            return self._tokens.customer(token)
        except TokenRefused as error:
            raise Refused(refusal("token-invalid", str(error))) from error

    def _limits(self, caller: Caller, asked: Asked, need: Need) -> list[Limit]:
        settings, limits = self._settings, []
        if caller.key is not None and (quota := caller.key.per_minute or settings.key_per_minute):
            limits.append(Limit("key", f"k{caller.key.key_id}", quota))
        visitor = _visitor(caller, asked)
        if visitor and settings.visitor_per_minute:
            limits.append(Limit("visitor", f"v{visitor}", settings.visitor_per_minute))
        if visitor and need is Scope.CHAT and settings.chat_per_minute and asked.path.endswith("/message"):
            limits.append(Limit("chat", f"c{visitor}", settings.chat_per_minute))
        return limits


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _named(headers: Headers) -> str | None:
    """The customer that X-Customer-Id names."""
    name = headers.get(b"x-customer-id", b"").decode("utf-8", "replace").strip()
    return name if 0 < len(name) <= 200 and name.isprintable() else None


def _where_it_is(asked: Asked) -> str:
    if PATTERN.search(asked.query.decode("latin-1")):
        return f"A key in the address ends up in logs and is not taken; revoke it, make another. {HOW}"
    if PATTERN.search(asked.headers.get(b"authorization", b"").decode("latin-1")):
        return "The key stands in Authorization; send it in X-Api-Key. Authorization is for shoppers' tokens."
    return HOW


def _visitor(caller: Caller, asked: Asked) -> str:
    """Whose requests are counted together; empty: nobody can be told from the others. Hashed, for Redis sees it."""
    if caller.customer_id is not None:
        return _short(f"customer {caller.customer_id}")
    if caller.is_server and (visitor := asked.headers.get(b"x-visitor-id")):
        return _short(f"visitor {visitor.decode('latin-1')}")
    # All shoppers of a shop come from the address of its server, and all of a machine's own from its own.
    if caller.key is not None and caller.is_server:
        return ""
    return "" if is_loopback(asked.address) else _network(asked.address)


def _network(address: str) -> str:
    """An address, of IPv6 its /64: that is what one household has."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return _short(address)
    return _short(str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else address)


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()
