"""The Elasticsearch that the tests run against: never the one that holds somebody's shop.

In order: the server at SHOPSCOUT_TEST_ES_URL; a container, where a Docker engine answers; an embedded server
with fresh data and a port of its own, which the processes of a run share and which is erased when the run ends.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from es.embedded import EmbeddedServer, docker
from es.embedded.account import server_account
from es.embedded.folders import engine_folders
from es.settings import EngineSettings

HEAP = "1g"
# The second compiler of the JVM would spend more than it can give back within a run.
SHORT_LIFE = "-XX:TieredStopAtLevel=1"
DATA_NAME = "tests-"  # the pid of the run follows
# A folder in memory, where there is much of it: a test makes and deletes several indices, and each step of that is
# written through to the disk, which a run need not outlive.
MEMORY = Path("/dev/shm")
MEMORY_TO_USE_IT = 6e9


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
        name = f"{DATA_NAME}{run}"
        if _memory_is_plenty():
            _keep_in_memory(settings, name)
        yield EmbeddedServer(settings, data_name=name).start()


def _container() -> Iterator[str]:
    # Late: it brings the whole of Docker's client with it.
    from testcontainers.community.elasticsearch import ElasticSearchContainer

    container = ElasticSearchContainer(docker.IMAGE).with_env("ES_JAVA_OPTS", f"-Xms{HEAP} -Xmx{HEAP}")
    container.with_env("discovery.type", "single-node").with_env("ingest.geoip.downloader.enabled", "false")
    with container:
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(container.port)}"


def _memory_is_plenty() -> bool:
    try:
        free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    except OSError:
        return False
    return free > MEMORY_TO_USE_IT


def _keep_in_memory(settings: EngineSettings, name: str) -> None:
    account = server_account()
    data = engine_folders(settings.cache_dir, account).server(name).data
    _in_memory(name).mkdir(exist_ok=True)
    account.own(_in_memory(name))
    data.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # of another process of the run, which was first
        data.symlink_to(_in_memory(name))


def _in_memory(name: str) -> Path:
    return MEMORY / f"shopscout-{os.getuid()}-{name}"


def erase_server(run: int) -> None:
    """Erase the embedded server of a run, if it had one."""
    _erase(EngineSettings(es_heap=HEAP), f"{DATA_NAME}{run}")


def _erase(settings: EngineSettings, name: str) -> None:
    if name in EmbeddedServer.known(settings):
        EmbeddedServer(settings, data_name=name).erase()
    shutil.rmtree(_in_memory(name), ignore_errors=True)


def erase_abandoned(settings: EngineSettings) -> None:
    """Erase the servers of test runs that were killed before they could do it themselves."""
    for name in EmbeddedServer.known(settings):
        pid = name.removeprefix(DATA_NAME).partition("-")[0]
        if name.startswith(DATA_NAME) and pid.isdigit() and not psutil.pid_exists(int(pid)):
            _erase(settings, name)
