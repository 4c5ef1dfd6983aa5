"""Backups of a shop: made, listed, brought back in place and beside it, pruned; and what is refused."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from embed.fake import FakeEmbedder
from es.backups import BackupError, Backups
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from tests.engines import engine_at
from tests.factory import product
from tests.shops import api, load

pytestmark = pytest.mark.needs_es
ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(engine_settings: EngineSettings) -> Iterator[Elasticsearch]:
    with connect(engine_settings) as client:
        yield client


@pytest.fixture
def backups(engine_settings: EngineSettings, server: Elasticsearch) -> Iterator[Backups]:
    prefix = engine_settings.index_prefix
    made = Backups(server, IndexNames(prefix), folder=f"tests/{prefix}")
    yield made
    for one in made.all(own=False):
        made._client.snapshot.delete(repository=made.repository, snapshot=one.name)
    server.snapshot.delete_repository(name=made.repository)


def stock(engine: EngineSettings, count: int) -> None:
    load(engine, [product(f"p{n}", name=f"Mug number {n}") for n in range(count)], FakeEmbedder(warn=False))


async def found(engine: EngineSettings) -> int:
    async with api(engine, search_deadline_s=30) as client:
        total: int = (await client.get("/api/search", params={"q": "mug"})).json()["total"]
    return total


async def test_a_shop_that_is_lost_is_brought_back(
    backups: Backups, server: Elasticsearch, engine_settings: EngineSettings
) -> None:
    stock(engine_settings, 7)
    heard: list[float] = []
    made = backups.make("first", heard.append)
    assert made.whole
    assert heard[-1] == 1.0
    assert [one.name for one in backups.all()] == ["first"]
    server.indices.delete(index=",".join(server.indices.get(index=f"{engine_settings.index_prefix}-*")))
    assert backups.restore("first") == list(made.indices)
    assert await found(engine_settings) == 7


async def test_what_is_there_is_replaced_only_when_that_is_said(
    backups: Backups, engine_settings: EngineSettings
) -> None:
    stock(engine_settings, 7)
    backups.make("first")
    stock(engine_settings, 3)
    with pytest.raises(BackupError, match="`--replace` deletes them first"):
        backups.restore("first")
    assert await found(engine_settings) == 3
    backups.restore("first", replace=True)
    assert await found(engine_settings) == 7


async def test_a_second_shop_beside_the_first_and_neither_in_the_others_backup(
    backups: Backups, server: Elasticsearch, engine_settings: EngineSettings
) -> None:
    stock(engine_settings, 7)
    backups.make("first")
    stock(engine_settings, 3)
    # Its prefix begins as that of the first does.
    second = engine_at(engine_settings.es_url, f"{engine_settings.index_prefix}-two")
    backups.restore("first", prefix=second.index_prefix)
    assert (await found(engine_settings), await found(second)) == (3, 7)
    assert not any("-two-" in index for index in backups.make("again").indices)
    backups.restore("again", replace=True)
    assert (await found(engine_settings), await found(second)) == (3, 7)
    assert [one.name for one in Backups(server, IndexNames(second.index_prefix), backups.repository).all()] == []


def test_what_is_refused_is_said(backups: Backups, server: Elasticsearch, engine_settings: EngineSettings) -> None:
    with pytest.raises(BackupError, match="There is no index"):
        backups.make("nothing")
    stock(engine_settings, 1)
    backups.make("first")
    with pytest.raises(BackupError, match="There is a backup 'first' already"):
        backups.make("first")
    with pytest.raises(BackupError, match="no name of a backup"):
        backups.make("No/Name")
    with pytest.raises(BackupError, match=r"There is no backup 'second' .* the newest: first"):
        backups.restore("second")
    names = IndexNames(engine_settings.index_prefix)
    with pytest.raises(BackupError, match="has no repository 'elsewhere'"):
        Backups(server, names, "elsewhere").all()
    with pytest.raises(BackupError, match=r"add the folder to `path\.repo`"):
        Backups(server, IndexNames(f"{names.prefix}x"), folder="/proc/backups").make()


def test_the_newest_are_kept(backups: Backups, engine_settings: EngineSettings) -> None:
    stock(engine_settings, 1)
    for name in ("a", "b", "c"):
        backups.make(name)
    assert backups.prune(2) == ["a"]
    assert [one.name for one in backups.all()] == ["b", "c"]
    assert backups.prune(2) == []


@pytest.mark.usefixtures("backups")
def test_the_command_line(engine_settings: EngineSettings) -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SHOPSCOUT_")},
            "SHOPSCOUT_ES_URL": engine_settings.es_url,
            "SHOPSCOUT_INDEX_PREFIX": engine_settings.index_prefix,
            "SHOPSCOUT_ES_BACKUP_FOLDER": f"tests/{engine_settings.index_prefix}",
        }
        command = [sys.executable, "-m", "es", "backups", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    assert run("list").stdout == "no backups yet: python -m es backups make\n"
    stock(engine_settings, 1)
    made = run("make", "first", "--keep", "1")
    assert made.stdout.splitlines()[1] == "deleted: nothing", made.stderr
    assert "backed up: 100 %" in made.stderr
    assert "first" in run("list").stdout
    refused = run("restore", "first")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert run("restore", "first", "--replace").stdout.endswith("are back\n")
    assert "SHOPSCOUT_INDEX_PREFIX must be" in run("restore", "first", "--as", "No").stderr
    assert run("make", "--keep", "0").returncode == 2
    assert run("delete", "first").stdout == "first: deleted\n"
