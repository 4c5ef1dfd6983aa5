"""Connections to allowed addresses alone, each with a deadline.

A name is resolved here, its addresses are judged, and the connection goes to one that was judged: there is no second
look-up in between which could say something else (DNS rebinding). Redirects come through here like first requests.
"""

import contextlib
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import Any

import httpcore

from shop.pictures.addresses import AllowedHosts, Resolve, resolved
from shop.pictures.errors import PrivateHost


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to allowed addresses alone, and ends everything at the deadline of the thread it runs in."""

    def __init__(self, allowed: AllowedHosts, resolve: Resolve = resolved, *, threads: int = 16) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._plain = httpcore.SyncBackend()
        self._until = threading.local()
        # The system's resolver has no time limit that could be set: it is waited for, and left behind if it is late.
        self._resolvers = ThreadPoolExecutor(threads, thread_name_prefix="resolver")

    @contextlib.contextmanager
    def deadline(self, until: float) -> Iterator[None]:
        """Nothing that this thread does in the block goes on after `until` (time.monotonic)."""
        self._until.value = until
        try:
            yield
        finally:
            del self._until.value

    def left(self, timeout: float | None) -> float:
        """Seconds that an operation may take. Raises httpcore.ReadTimeout where none are left."""
        left: float = getattr(self._until, "value", time.monotonic() + 60.0) - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """As NetworkBackend.connect_tcp. Raises PrivateHost where no address of the host may be connected to."""
        addresses = self._addresses(host, port, timeout)
        good = [address for address in addresses if self._allowed.allows(host, address)]
        if not good:
            found = ", ".join(addresses) or "no address"
            raise PrivateHost(f"{host} leads to {found}: private addresses are not fetched from")
        for address in good[:-1]:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                # Half of the time: the next address must get its turn.
                return self._connect(address, port, self.left(timeout) / 2, local_address, socket_options)
        return self._connect(good[-1], port, self.left(timeout), local_address, socket_options)

    def sleep(self, seconds: float) -> None:
        """As NetworkBackend.sleep."""
        time.sleep(seconds)

    def close(self) -> None:
        """Ends the resolver's threads, without waiting for those that hang."""
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            return self._resolvers.submit(self._resolve, host, port).result(self.left(timeout))
        except NotInTime as error:
            raise httpcore.ConnectTimeout(f"{host} was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} is not known ({error})") from error

    def _connect(self, address: str, port: int, timeout: float, *rest: Any) -> httpcore.NetworkStream:  # noqa: ANN401
        return _Timed(self._plain.connect_tcp(address, port, timeout, *rest), self)


class _Timed(httpcore.NetworkStream):
    """A stream whose every read and write ends at the deadline: a server that sends a byte now and then, too."""

    def __init__(self, stream: httpcore.NetworkStream, backend: GuardedBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._backend.left(timeout)), self._backend)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - whatever the stream knows
        return self._stream.get_extra_info(info)
