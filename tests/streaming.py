"""A shop whose changes and events go through a real Redis, and consumers as processes of their own."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import redis

from es.client import connect
from es.settings import EngineSettings
from tests.commands import Command
from tests.redis_server import RedisServer

ROOT = Path(__file__).parents[1]


@dataclass
class Streaming:
    """A shop over one Redis. What is asked of its stream is asked of that of `kind`."""

    engine: EngineSettings
    server: RedisServer
    folder: Path
    running: list[Command] = field(default_factory=list)
    tries: int = 2
    kind: str = "changes"

    @property
    def settings(self) -> dict[str, Any]:
        """For `api`."""
        return {"redis_url": self.server.url}

    @property
    def key(self) -> str:
        """Of the stream in Redis."""
        return f"{self.engine.index_prefix}:{self.kind}"

    def command(self, *arguments: str) -> Command:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SHOPSCOUT_")},
            "PYTHONPATH": str(ROOT),
            "SHOPSCOUT_ES_URL": self.engine.es_url,
            "SHOPSCOUT_INDEX_PREFIX": self.engine.index_prefix,
            "SHOPSCOUT_REDIS_URL": self.server.url,
            "SHOPSCOUT_CHANGES_CLAIM_S": "2",
            "SHOPSCOUT_CHANGES_TRIES": str(self.tries),
            "SHOPSCOUT_CHANGES_RETRY_S": "0.2",
            "SHOPSCOUT_CHANGES_BATCH": "50",
            "SHOPSCOUT_EVENTS_CLAIM_S": "2",
            "SHOPSCOUT_EVENTS_BATCH": "50",
            "SHOPSCOUT_CACHE_DIR": str(self.folder / "cache"),
            "SHOPSCOUT_VECTOR_CACHE_PATH": str(self.folder / "vectors.sqlite3"),
        }
        with (self.folder / "consumers.log").open("ab") as told:
            process = Command("ingest", "stream", *arguments, folder=self.folder, environment=environment, errors=told)
        self.running.append(process)
        return process

    def run(self, *arguments: str) -> str:
        process = self.command(*arguments)
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, (self.folder / "consumers.log").read_text()
        return out.decode()

    def consume(self, count: int = 1) -> list[Command]:
        """Consumers, once they run."""
        before = self.alive()
        started = [self.command("run", "--no-vectors") for _ in range(count)]
        self.until(lambda: self.alive() >= before + count, 60)
        return started

    def redis(self) -> "redis.Redis":
        return redis.Redis(port=self.server.port)

    def alive(self) -> int:
        with self.redis() as client:
            return int(client.zcount(f"{self.key}:alive", time.time() - 15, "+inf"))

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.run("status", "--kind", self.kind))
        return found

    def empty(self) -> bool:
        with self.redis() as client, client.pipeline(transaction=True) as pipeline:
            # At one moment: a change goes back and forth between the two.
            pipeline.xlen(self.key)
            pipeline.zcard(f"{self.key}:later")
            return not any(pipeline.execute())

    def prices(self) -> dict[str, int]:
        with connect(self.engine) as client:
            alias = f"{self.engine.index_prefix}-products"
            client.indices.refresh(index=alias)
            hits = client.search(index=alias, size=10_000, source=["price_milli"])["hits"]["hits"]
        return {hit["_id"]: hit["_source"]["price_milli"] for hit in hits}

    def until(self, there: Callable[[], bool], seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < end, (self.folder / "consumers.log").read_text()[-3000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends every consumer."""
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def close(self) -> None:
        """Ends everything, Redis too."""
        self.stop()
        self.server.kill()
