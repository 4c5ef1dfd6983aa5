"""A port for the server: the usual one if it can be had, else a free one near it."""

import errno
import socket

from es.errors import EngineSetupError

LOOPBACK = "127.0.0.1"
NEIGHBOURS = 20


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address.

    EngineSetupError if the system refuses the port to us (below 1024, or forbidden by policy).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does it: connections of an earlier server that are still fading away do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise EngineSetupError(
                f"port {port} is refused ({error.strerror}); choose another with SHOPSCOUT_ES_PORT."
            ) from error
    return True


def any_free() -> int:
    """A port that the system says is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def choose(preferred: int | None) -> int:
    """`preferred` if it is free, else the nearest free one above it, else any (None: any)."""
    if preferred is None:
        return any_free()
    for port in range(preferred, min(preferred + NEIGHBOURS, 65535) + 1):
        if is_free(port):
            return port
    return any_free()
