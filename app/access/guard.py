"""ASGI middleware: every request passes the gate before anything of it is read."""

import asyncio
import random
from collections.abc import Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access import cors
from app.access.caller import CALLER
from app.access.limits import rate_headers
from app.access.scopes import Need, Rule, need_of
from app.access.service import Asked, Gate, Headers, Refused
from app.access.settings import AccessSettings
from app.door import PLACE, RETRY_AFTER_S, Door, Place
from app.problems import TOO_MANY, refusal

SECURITY: Final[Sequence[tuple[bytes, bytes]]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-site"),
)
NO_STORE: Final = (b"cache-control", b"no-store")
REFUSED: Final = 503
"""An answer that says nothing of how quickly work is done."""
ALLOWED_ENCODING: Final = frozenset({b"", b"identity"})

Raw = list[tuple[bytes, bytes]]


class Guard:
    """Keys, scopes, origins, limits and bounds of every request; answers of the API get their security headers."""

    def __init__(self, app: ASGIApp, gate: Gate, settings: AccessSettings, door: Door) -> None:
        self._app = app
        self._gate = gate
        self._settings = settings
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: Headers = dict(scope["headers"])
        need = need_of(scope["method"], scope["path"])
        if need is Rule.OPEN and not cors.is_preflight(scope["method"], headers):
            await self._app(scope, receive, send)
            return
        added: Raw = list(SECURITY)
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and origin.lower() in self._gate.origins:
            added += cors.answer_headers(origin)
        place: Place | None = scope.get(PLACE)
        told = _Told(_adding(send, added))
        passed = False
        try:
            await self._pass(scope, headers, need, added)
            # The server's protocol has asked at the door, where there is one.
            if place is None and (place := self._door.enter(scope, need)) is None:
                self._door.refused_at(scope)
                raise Refused(refusal("overloaded", TOO_MANY, retry_after_s=random.choice(RETRY_AFTER_S)))
            passed = True
            await self._app(scope, self._timed(scope, receive, place), told)
        except Refused as refused:
            await refused.answer(scope, receive, told)
        finally:
            if place is not None:
                self._door.leave(place, refused=told.status == REFUSED, unused=not passed)

    async def _pass(self, scope: Scope, headers: Headers, need: Need, added: Raw) -> None:
        """Lets the request in. Raises Refused with the answer."""
        if cors.is_preflight(scope["method"], headers):
            raise Refused(self._preflight(headers))
        client = scope.get("client")
        asked = Asked(scope["path"], scope["query_string"], client[0] if client else "", headers)
        caller = await self._gate.caller(asked, need)
        limits, allowed = self._gate.allow(caller, asked, need)
        if allowed is not None:
            added += rate_headers(limits, allowed)
            if not allowed.passes:
                detail = f"At most {allowed.limit.quota} requests a minute ({allowed.limit.name}); wait, then go on."
                raise Refused(refusal("rate-limited", detail, retry_after_s=allowed.retry_after_s))
        if headers.get(b"content-encoding", b"").lower() not in ALLOWED_ENCODING:
            detail = "Send the body as it is, without Content-Encoding: a small one could unpack to any size."
            raise Refused(refusal("encoding-refused", detail, headers={"Accept-Encoding": "identity"}))
        scope[CALLER] = caller

    def _preflight(self, headers: Headers) -> Response:
        origin = headers[b"origin"].decode("latin-1")
        if origin.lower() not in self._gate.origins:
            detail = "No public key is made for pages of this origin."
            return refusal("origin-refused", detail, headers={"Vary": "Origin"})
        return Response(status_code=204, headers=cors.preflight_headers(origin))

    def _timed(self, scope: Scope, receive: Receive, place: Place) -> Receive:
        """The body must be there in time; afterwards it is only looked whether the client went away. How long the
        service takes counts from then: a slow line says nothing of how much there is to do."""
        if scope["method"] in ("GET", "HEAD"):
            return receive
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.body_deadline_s
        complete = False

        async def in_time() -> Message:
            nonlocal complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "The body did not arrive in time; send it again.") from None
            complete = not message.get("more_body", False)
            if complete:
                self._door.begins(place)
            return message

        return in_time


class _Told:
    """Sends, and remembers the status."""

    __slots__ = ("_send", "status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


def _adding(send: Send, added: Raw) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = message.get("headers", [])
            names = {name.lower() for name, _ in own}
            more = [pair for pair in added if pair[0] not in names or pair[0] == b"vary"]
            if NO_STORE[0] not in names:
                more.append(NO_STORE)
            message["headers"] = [*own, *more]
        await send(message)

    return with_headers
