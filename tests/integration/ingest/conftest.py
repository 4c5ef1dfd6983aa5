"""The ingest command as people run it: a process of its own, against the run's Elasticsearch."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from es.client import connect
from es.generations import Generations
from es.mappings import products
from es.names import IndexNames
from es.settings import EngineSettings
from tests import commands

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Ingest:
    """Runs `python -m ingest` in `folder`, for a shop whose indices are the test's own."""

    folder: Path
    environment: dict[str, str]
    client: Elasticsearch
    generations: Generations

    def start(self, *arguments: str, **environment: str) -> commands.Command:
        return commands.Command("ingest", *arguments, folder=self.folder, environment=self.environment | environment)

    def run(self, *arguments: str, stdin: bytes = b"", **environment: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments, **environment)
        out, err = process.communicate(stdin, timeout=200)
        assert b"Traceback" not in err, err.decode()
        return subprocess.CompletedProcess([*arguments], process.returncode, out.decode(), err.decode())

    def load(self, rows: list[dict[str, Any]], *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Loads rows as a feed and expects it to work."""
        done = self.run("load", "-", "--format", "jsonl", *arguments, stdin=lines(rows))
        assert done.returncode == 0, done.stderr
        return done

    def upsert(self, rows: list[dict[str, Any]], *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Applies rows as changes."""
        return self.run("upsert", "-", "--format", "jsonl", *arguments, stdin=lines(rows))

    def live(self) -> dict[str, dict[str, Any]]:
        """Every live product by its id, as it is stored."""
        self.client.indices.refresh(index=self.generations.alias)
        hits = self.client.search(index=self.generations.alias, size=10_000, query={"match_all": {}})["hits"]["hits"]
        return {hit["_id"]: hit["_source"] for hit in hits}

    def rejects(self, name: str = "stdin.rejects.jsonl") -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in (self.folder / name).read_bytes().splitlines()]


def lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def product_rows(count: int, **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any field
    return [{"product_id": f"p{n}", "name": f"Mug number {n}", "price": n + 0.5, **fields} for n in range(count)]


@pytest.fixture
def ingest(engine_settings: EngineSettings, tmp_path: Path) -> Iterator[Ingest]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SHOPSCOUT_")},
        "PYTHONPATH": str(ROOT),
        "SHOPSCOUT_ES_URL": engine_settings.es_url,
        "SHOPSCOUT_INDEX_PREFIX": engine_settings.index_prefix,
        "SHOPSCOUT_TEXT_MODEL": "none",
        "SHOPSCOUT_REINDEX_LEASE_S": "3",
        "SHOPSCOUT_CACHE_DIR": str(tmp_path / "cache"),
        "SHOPSCOUT_VECTOR_CACHE_PATH": str(tmp_path / "vectors.sqlite3"),
    }
    with connect(engine_settings) as client:
        generations = Generations(client, IndexNames(engine_settings.index_prefix), products.KIND)
        yield Ingest(tmp_path, environment, client, generations)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{generations.alias}-generations")
