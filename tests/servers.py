"""The Elasticsearch that the tests run against: never the one that holds somebody's shop.

In order: the server at SHOPSCOUT_TEST_ES_URL; a container, where a Docker engine answers; an embedded server
with fresh data and a port of its own, which the processes of a run share and which is erased when the run ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from es.embedded import EmbeddedServer, docker
from es.settings import EngineSettings

HEAP = "1g"
# The second compiler of the JVM would spend more than it can give back within a run.
SHORT_LIFE = "-XX:TieredStopAtLevel=1"
DATA_NAME = "tests-"  # the pid of the run follows


class ServerSettings(BaseSettings):
    """Settings of the test run. Environment variables start with SHOPSCOUT_TEST_."""

    model_config = SettingsConfigDict(env_prefix="SHOPSCOUT_TEST_", extra="ignore")

    es_url: str = Field("", description="Elasticsearch 9 for the tests; they write to it and delete from it.")


@contextmanager
def elasticsearch_for_tests(run: int) -> Iterator[str]:
    """URL of a server that lives for the length of the block, or until `erase_server` of the run (its pid)."""
    configured = ServerSettings().es_url
    if configured:
        yield configured.rstrip("/")
    elif docker.engine_answers():
        yield from _container()
    else:
        settings = EngineSettings(es_heap=HEAP, es_java_options=SHORT_LIFE)
        erase_abandoned(settings)
        yield EmbeddedServer(settings, data_name=f"{DATA_NAME}{run}").start()


def _container() -> Iterator[str]:
    # Late: it brings the whole of Docker's client with it.
    from testcontainers.community.elasticsearch import ElasticSearchContainer

    container = ElasticSearchContainer(docker.IMAGE).with_env("ES_JAVA_OPTS", f"-Xms{HEAP} -Xmx{HEAP}")
    container.with_env("discovery.type", "single-node").with_env("ingest.geoip.downloader.enabled", "false")
    with container:
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(container.port)}"


def erase_server(run: int) -> None:
    """Erase the embedded server of a run, if it had one."""
    settings = EngineSettings(es_heap=HEAP)
    name = f"{DATA_NAME}{run}"
    if name in EmbeddedServer.known(settings):
        EmbeddedServer(settings, data_name=name).erase()


def erase_abandoned(settings: EngineSettings) -> None:
    """Erase the servers of test runs that were killed before they could do it themselves."""
    for name in EmbeddedServer.known(settings):
        pid = name.removeprefix(DATA_NAME).partition("-")[0]
        if name.startswith(DATA_NAME) and pid.isdigit() and not psutil.pid_exists(int(pid)):
            EmbeddedServer(settings, data_name=name).erase()
