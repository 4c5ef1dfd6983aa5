"""Which port the server gets."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from es.answers import version_at
from es.embedded import ports


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of the loopback address that another program listens on."""
    with socket.socket() as other:
        other.bind((ports.LOOPBACK, 0))
        other.listen(1)
        yield other.getsockname()[1]


def test_free_port_is_taken_as_it_is() -> None:
    port = ports.any_free()
    assert ports.choose(port) == port


def test_taken_port_leads_to_a_free_neighbour(taken: int) -> None:
    assert not ports.is_free(taken)
    chosen = ports.choose(taken)
    assert chosen != taken
    assert ports.is_free(chosen)


def test_port_taken_on_every_address_is_not_free() -> None:
    with socket.socket() as other:
        other.bind(("", 0))
        other.listen(1)
        assert not ports.is_free(other.getsockname()[1])


def test_port_of_a_connection_that_fades_away_is_free() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Java's server sockets do
        server.bind((ports.LOOPBACK, 0))
        server.listen(1)
        port = server.getsockname()[1]
        client = socket.create_connection((ports.LOOPBACK, port))
        accepted, _ = server.accept()
        accepted.close()  # the side that closes first keeps the port in TIME_WAIT
        client.close()
    assert ports.is_free(port)


def test_last_port_of_all_has_no_neighbour_and_any_is_taken() -> None:
    with socket.socket() as other:
        other.bind((ports.LOOPBACK, 65535))
        other.listen(1)
        assert 1024 <= ports.choose(65535) < 65535


@pytest.mark.parametrize("body", [b"[]", b"hello", b'{"version": 3}', b"{}"])
def test_what_is_not_elasticsearch_has_no_version(body: bytes) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer((ports.LOOPBACK, 0), Other) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert version_at(f"http://{ports.LOOPBACK}:{server.server_port}") == ""
