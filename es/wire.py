"""The short way to Elasticsearch for searches: one POST over a kept connection, parsed by httptools.

The client of the elasticsearch package costs some 1.8 ms of processor time a search, this 0.7 ms, on a path where
Elasticsearch itself takes 5 (docs/explain/performance.md). Everything else goes through es/client.py.
"""

import asyncio
import ssl
import time
from urllib.parse import urlsplit

import httptools

from es.errors import EngineTimeout, EngineUnavailable
from es.observing import Observe, outcome_of, unobserved
from es.settings import EngineSettings

_UNREACHABLE = "Elasticsearch cannot be reached; check SHOPSCOUT_ES_URL or run `python -m es up`."
_READ_BYTES = 256 * 1024


class _Answer:
    """Collects one response; the parser calls its methods."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.complete = False
        self.closes = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"connection" and value.lower() == b"close":
            self.closes = True

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_message_complete(self) -> None:
        self.complete = True


class Wire:
    """Connections to one server, opened when needed and kept; at most `es_connections` of them are kept idle."""

    def __init__(self, settings: EngineSettings, url: str = "", observe: Observe = unobserved) -> None:
        self._observe = observe
        parts = urlsplit(url or settings.es_url)
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._prefix = parts.path.rstrip("/")
        self._tls = _tls(settings) if parts.scheme == "https" else None
        who = f"Authorization: {settings.authorization}\r\n" if settings.authorization else ""
        self._head = f"Host: {parts.netloc.rpartition('@')[2]}\r\n{who}Accept: application/json\r\n"
        self._kept = settings.es_connections
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, path: str, body: bytes, content_type: str, *, deadline_s: float) -> tuple[int, bytes]:
        """Status and body of the answer to one POST.

        Raises EngineTimeout after `deadline_s`, EngineUnavailable where there is no server or it hangs up.
        """
        head = f"POST {self._prefix}{path} HTTP/1.1\r\n{self._head}Content-Type: {content_type}\r\n"
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
        began, outcome = time.perf_counter(), "failed"
        try:
            async with asyncio.timeout(deadline_s):
                answer = await self._exchange(request)
            outcome = outcome_of(answer[0])
            return answer
        except TimeoutError as error:
            outcome = "late"
            raise EngineTimeout("Elasticsearch did not answer in time; try again.") from error
        except (OSError, EOFError, httptools.HttpParserError) as error:
            raise EngineUnavailable(_UNREACHABLE) from error
        finally:
            self._observe(outcome, time.perf_counter() - began)

    async def close(self) -> None:
        """Closes what is idle; connections in use close when their answer is there."""
        self._kept = 0
        while self._idle:
            self._idle.pop()[1].close()

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        while self._idle:
            connection = self._idle.pop()
            try:
                return await self._ask(connection, request)
            except (ConnectionError, EOFError):
                # The server closed it while it was idle. Searches change nothing: asking again is harmless.
                continue
        return await self._ask(await self._open(), request)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port, ssl=self._tls, limit=_READ_BYTES)

    async def _ask(
        self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes
    ) -> tuple[int, bytes]:
        reader, writer = connection
        answer = _Answer()
        parser = httptools.HttpResponseParser(answer)
        try:
            writer.write(request)
            while not answer.complete:
                received = await reader.read(_READ_BYTES)
                if not received:
                    raise EOFError
                parser.feed_data(received)
        except BaseException:
            # Half an answer may still come; the connection is of no use to anybody else.
            writer.close()
            raise
        if not answer.closes and len(self._idle) < self._kept:
            self._idle.append(connection)
        else:
            writer.close()
        return parser.get_status_code(), b"".join(answer.parts)


def _tls(settings: EngineSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(settings.es_ca_cert) if settings.es_ca_cert else None)
