"""The Elasticsearch that a measurement uses."""

from collections.abc import Iterator
from contextlib import contextmanager

from es.client import connect, translated
from es.names import IndexNames
from es.settings import EngineSettings


@contextmanager
def own_server(settings: EngineSettings, data_name: str) -> Iterator[str]:
    """URL of the server at SHOPSCOUT_ES_URL, or else of an embedded one with data of its own.

    The embedded one is stopped at the end unless it ran before; its data stays.
    """
    if settings.es_url:
        yield settings.es_url
        return
    # Late, for what it imports (file locks) is not there on every system that can use a server elsewhere.
    from es.embedded import EmbeddedServer

    server = EmbeddedServer(settings, data_name=data_name)
    ran_before = server.status().running
    try:
        yield server.start()
    finally:
        if not ran_before:
            server.stop()


def erase_indices(engine: EngineSettings) -> None:
    """Deletes every index under the prefix of a measurement; none is as good. Raises EngineError."""
    with connect(engine) as client, translated():
        if found := list(client.indices.get(index=IndexNames(engine.index_prefix).everything, allow_no_indices=True)):
            client.indices.delete(index=",".join(found))
