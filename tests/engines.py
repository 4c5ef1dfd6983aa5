"""The engine as a test sees it: an index prefix of its own, and no index left under it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from pydantic import SecretStr

from es.client import connect
from es.settings import EngineSettings


def engine_at(url: str, prefix: str = "") -> EngineSettings:
    """Settings for a server without security, with an index prefix of its own unless one is given."""
    return EngineSettings(
        es_url=url,
        es_user="",
        es_password=SecretStr(""),
        es_api_key=SecretStr(""),
        es_ca_cert=None,
        index_prefix=prefix or f"t{uuid4().hex[:12]}",
    )


@contextmanager
def own_engine(url: str, prefix: str = "") -> Iterator[EngineSettings]:
    """As `engine_at`; every index whose name begins with the prefix is deleted at the end."""
    engine = engine_at(url, prefix)
    try:
        yield engine
    finally:
        _erase(engine)


def _erase(engine: EngineSettings) -> None:
    with connect(engine) as client:
        indices = list(client.indices.get(index=f"{engine.index_prefix}*", expand_wildcards="all"))
        if indices:
            client.indices.delete(index=",".join(indices))
