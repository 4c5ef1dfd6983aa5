"""A whole shop of a measurement's own: Elasticsearch, a made-up catalogue, Redis with a consumer, the API."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.embedded.progress import say
from es.settings import EngineSettings
from evaluate.bench.catalogue import ensure_loaded
from evaluate.processes.process import ApiProcess, Process
from evaluate.processes.redis_server import RedisProcess, redis_is_there
from evaluate.server import own_server

SERVER: Final = "loadtest"
SUFFIX: Final = "-loadtest"


@dataclass(frozen=True, slots=True)
class Shop:
    """The API that runs, and what stands behind it. Without Redis there is no consumer, and no address of it."""

    api: ApiProcess
    consumer: Process | None
    engine: EngineSettings
    redis: str = ""


@contextmanager
def own_shop(products: int, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Shop]:
    """A shop with so many products on free ports; all of it ends with the block, the catalogue stays for the next
    time. `settings`: of its processes, on top of the environment. Raises EngineError, EmbedError, MeasurementFailed."""
    engine = EngineSettings()
    with ExitStack() as opened:
        url = opened.enter_context(own_server(engine, SERVER))
        apart = engine.model_copy(update={"es_url": url, "index_prefix": engine.index_prefix + SUFFIX})
        ensure_loaded(apart, text_embedder(EmbedSettings()), products)
        own = {"SHOPSCOUT_ES_URL": url, "SHOPSCOUT_INDEX_PREFIX": apart.index_prefix, "SHOPSCOUT_ACCESS": "open"}
        consumer = None
        if redis_is_there():
            redis = RedisProcess(folder)
            opened.callback(redis.kill)
            redis.start()
            own["SHOPSCOUT_REDIS_URL"] = redis.address
            consumer = Process(["ingest", "stream", "run"], {**own, **(settings or {})}, folder / "consumer.log")
            opened.callback(consumer.stop)
            consumer.start()
        else:
            say("there is no redis-server here: changes are made before they are answered")
        api = ApiProcess({**own, **(settings or {})}, folder / "api.log")
        opened.callback(api.stop)
        api.start_and_wait()
        say(f"the shop is open at {api.url}")
        yield Shop(api, consumer, apart, own.get("SHOPSCOUT_REDIS_URL", ""))
