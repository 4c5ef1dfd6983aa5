"""A real Elasticsearch server on this machine: fetched once, started, found again, stopped."""

from es.embedded.server import EmbeddedServer, ServerStatus

__all__ = ["EmbeddedServer", "ServerStatus"]
