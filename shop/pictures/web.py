"""Pictures at http(s) addresses: bounded in bytes and seconds, from public hosts alone, asked for no more than needed.

Every answer is judged by what it holds (embed.pictures.examine), never by the type that its server claims.
"""

import random
import time
from dataclasses import dataclass

import httpcore
import httpx

from shop.pictures.addresses import AllowedHosts, Resolve, resolved
from shop.pictures.connections import GuardedBackend
from shop.pictures.errors import PictureUnavailable
from shop.pictures.hosts import Hosts
from shop.pictures.picture import Content, Known, PictureRef, content_of
from shop.pictures.records import FetchRecord, FetchRecords
from shop.pictures.source import WEB
from shop.settings import PictureSettings

MAX_REDIRECTS = 5
MAX_TRIES = 3
LONGEST_WAIT_S = 10.0
_REDIRECTS = (301, 302, 303, 307, 308)
_BUSY = (429, 502, 503, 504)
_BROKEN_OFF = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)
_FAILURES = (httpcore.TimeoutException, httpcore.ConnectError)


class _Unreachable(PictureUnavailable):
    """The server is away or overloaded: nothing is said about the picture."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: `file` is None for 304 (not changed). `etag` and `modified` are the server's, "" where it has none."""

    file: bytes | None
    etag: str = ""
    modified: str = ""


class WebPictures:
    """Fetches pictures. Thread-safe; close it after use. `resolve` is for tests."""

    def __init__(
        self, settings: PictureSettings, records: FetchRecords | None = None, *, resolve: Resolve = resolved
    ) -> None:
        self._settings = settings
        self._records = records
        self._hosts = Hosts(settings.per_host)
        self._backend = GuardedBackend(AllowedHosts(settings.private_hosts), resolve, threads=settings.readers)
        self._pool = httpcore.ConnectionPool(
            max_connections=2 * settings.readers, keepalive_expiry=15.0, network_backend=self._backend
        )

    def ref(self, address: str) -> PictureRef:
        """The picture at this address; nothing is fetched yet."""
        return PictureRef(address, lambda known: self.read(address, known))

    def read(self, address: str, known: Known) -> Content:
        """The picture's content; without its file, and where it is fresh without a request, if the vector of what was
        there before is `known` and it has not changed. Raises PictureUnavailable."""
        record = self._records.get(address) if self._records is not None else None
        if record is not None and not known(record.digest):
            record = None
        if record is not None and time.time() - record.fetched_at < self._settings.fresh_s:
            return Content(record.digest, None)
        try:
            answer = self.get(address, record)
        except _Unreachable:
            # Better the vector of yesterday's picture than none because its server is away now.
            if record is None:
                raise
            return Content(record.digest, None)
        content = Content(record.digest, None) if answer.file is None and record else content_of(answer.file or b"")
        if self._records is not None:
            self._records.put(address, FetchRecord(content.digest, answer.etag, answer.modified, time.time()))
        return content

    def get(self, address: str, record: FetchRecord | None = None) -> Answer:
        """Asks the server, for what is newer than `record` if it is given. Raises PictureUnavailable."""
        for attempt in range(1, MAX_TRIES + 1):
            try:
                return self._followed(address, record)
            except _Busy as busy:
                if attempt == MAX_TRIES or busy.wait_s > LONGEST_WAIT_S:
                    raise
                time.sleep(busy.wait_s or random.uniform(0.2, 0.5) * attempt)
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Closes connections. Harmless if repeated."""
        self._pool.close()
        self._backend.close()
        if self._records is not None:
            self._records.close()

    def _followed(self, address: str, record: FetchRecord | None) -> Answer:
        until = time.monotonic() + self._settings.fetch_s
        url = _parsed(address)
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._asked(url, record, until)
            if isinstance(answer, Answer):
                return answer
            url = answer
        raise PictureUnavailable(f"it was redirected more than {MAX_REDIRECTS} times")

    def _asked(self, url: httpx.URL, record: FetchRecord | None, until: float) -> "Answer | httpx.URL":
        """One request: the picture, or the address that it was redirected to."""
        waited = time.monotonic()
        with self._hosts.turn(url.host):
            # Waiting for a turn is our doing, not the server's.
            until += time.monotonic() - waited
            try:
                with self._backend.deadline(until):
                    answer = self._exchanged(url, record)
            except _FAILURES as error:
                self._hosts.failed(url.host)
                raise _Unreachable(self._failure(url.host, error)) from error
            except _BROKEN_OFF as error:
                # A connection that was kept may have been closed at the other end: worth a second try.
                self._hosts.failed(url.host)
                raise _Busy(f"the answer of {url.host} breaks off or is no HTTP ({error})", 0.0) from error
            except httpcore.LocalProtocolError as error:
                raise PictureUnavailable(f"it is no address ({error})") from error
            except PictureUnavailable:
                self._hosts.answered(url.host)
                raise
            self._hosts.answered(url.host)
            return answer

    def _exchanged(self, url: httpx.URL, record: FetchRecord | None) -> "Answer | httpx.URL":
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with self._pool.stream("GET", target, headers=_request_headers(url, record)) as response:
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status in _REDIRECTS and "location" in headers:
                return _parsed(str(url.join(headers["location"])))
            validators = headers.get("etag", ""), headers.get("last-modified", "")
            if response.status == 304 and record is not None:
                return Answer(None, validators[0] or record.etag, validators[1] or record.modified)
            if response.status in _BUSY:
                raise _Busy(f"its server answered {response.status}", _seconds(headers.get("retry-after", "")))
            if response.status != 200:
                raise PictureUnavailable(f"its server answered {response.status}")
            if headers.get("content-encoding", "identity") not in ("identity", ""):
                raise PictureUnavailable(
                    f"it comes compressed ({headers['content-encoding']}), which was not asked for"
                )
            return Answer(self._body(response, headers.get("content-length", "")), *validators)

    def _body(self, response: httpcore.Response, length: str) -> bytes:
        bound = self._settings.max_bytes
        too_large = PictureUnavailable(f"it is larger than {bound / 1e6:g} MB")
        if length.isdecimal() and int(length[:20]) > bound:
            raise too_large
        file = bytearray()
        for part in response.iter_stream():
            file += part
            if len(file) > bound:
                raise too_large
        return bytes(file)

    def _failure(self, host: str, error: Exception) -> str:
        if isinstance(error, httpcore.TimeoutException):
            return f"{host} did not send it within {self._settings.fetch_s:g} s"
        return f"{host} cannot be reached: {error}"


class _Busy(_Unreachable):
    """An answer that asks to come again later (in `wait_s` seconds, 0 if it does not say), or that broke off."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


def _parsed(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise PictureUnavailable(f"it is no address ({error})") from error
    if url.port is not None and not 0 < url.port < 65_536:
        raise PictureUnavailable(f"it is no address (port {url.port})")
    if url.scheme not in WEB or not url.host:
        raise PictureUnavailable(f"it leads to {url.scheme or 'no'}: and not to http or https")
    return url


def _request_headers(url: httpx.URL, record: FetchRecord | None) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", b"shopscout"),
        (b"Accept", b"image/*"),
        (b"Accept-Encoding", b"identity"),
    ]
    if record is not None and record.etag:
        headers.append((b"If-None-Match", record.etag.encode("latin-1")))
    if record is not None and record.modified:
        headers.append((b"If-Modified-Since", record.modified.encode("latin-1")))
    return headers


def _seconds(retry_after: str) -> float:
    """Seconds of a Retry-After header; 0 where it has none, or a date."""
    return float(retry_after) if retry_after.isdecimal() and len(retry_after) < 9 else 0.0
