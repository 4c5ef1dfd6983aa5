"""How fast suggestions come: the API against one raw prefix query, alternating, on the synthetic catalogue.

Typed are beginnings of queries, two letters and more, one in four with a mistake. The raw side has nothing but
products, no mistakes forgiven: what somebody who knows Elasticsearch would post by hand.
"""

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import orjson

from app.settings import ServiceSettings
from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.embedded.progress import say
from es.mappings import products as fields
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate import synthetic
from evaluate.bench.api_process import running_api
from evaluate.bench.catalogue import Loaded, ensure_loaded
from evaluate.bench.client import Client, Target, engine_target
from evaluate.bench.measure import HEAP, INDEX_SUFFIX, SERVER
from evaluate.bench.rounds import BLOCK, Block, alternate
from evaluate.bench.workload import Call
from evaluate.errors import MeasurementFailed
from evaluate.server import own_server
from evaluate.spelling.typos import mistyped

API, RAW = "api", "raw_prefix"
PATH: Final = "/api/suggest"
LIMIT: Final = 6
TYPED: Final = 10 * BLOCK
WITH_MISTAKE: Final = 4
GATHER_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each request by side, in blocks; `gathered_s`: until the words were there after the start."""

    loaded: Loaded
    gathered_s: float
    blocks: list[Block]


def measure(engine: EngineSettings, products: int, seconds: float) -> Measured:
    """Runs for about `seconds`, loading not counted. Raises EngineError, EmbedError, MeasurementFailed."""
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url:
        apart = roomy.model_copy(update={"es_url": url, "index_prefix": engine.index_prefix + INDEX_SUFFIX})
        loaded = ensure_loaded(apart, text_embedder(EmbedSettings()), products)
        settings = ServiceSettings().model_copy(update={"workers": 1})
        with running_api(settings, apart, EmbedSettings()) as api:
            gathered_s = _wait_for_words(api.target)
            targets = {API: api.target, RAW: engine_target(apart)}
            calls = _calls(list(itertools.islice(beginnings(1), TYPED)), IndexNames(apart.index_prefix).products)
            say("measuring suggestions: one client")
            for side in targets:
                alternate({side: targets[side]}, {side: calls[side]}, seconds, repeat=False)
            return Measured(loaded, gathered_s, alternate(targets, calls, seconds, repeat=True))


def beginnings(seed: int) -> Iterator[str]:
    """What stands in the search field while shoppers type, without end."""
    draw = random.Random(f"typing-{seed}")
    for number, query in enumerate(synthetic.queries(seed)):
        begun = query[: draw.randint(2, max(2, len(query)))]
        yield (mistyped(begun, draw) or begun) if number % WITH_MISTAKE == 0 else begun


def _calls(texts: Sequence[str], alias: str) -> dict[str, list[Call]]:
    return {
        API: [Call("GET", f"{PATH}?{urlencode({'q': text, 'limit': LIMIT})}") for text in texts],
        RAW: [Call("POST", f"/{alias}/_search", orjson.dumps(_raw(text)), "application/json") for text in texts],
    }


def _raw(text: str) -> dict[str, Any]:
    searched = [fields.NAME, fields.BRAND_WORDS]
    return {
        "query": {"multi_match": {"query": text, "type": "bool_prefix", "operator": "and", "fields": searched}},
        "size": LIMIT,
        "stored_fields": "_none_",
        "docvalue_fields": [fields.CARD],
        "track_total_hits": False,
    }


def _wait_for_words(target: Target) -> float:
    """Seconds until suggestions have their words."""
    started = time.monotonic()
    with closing(Client(target)) as client:
        while time.monotonic() - started < GATHER_S:
            answer = orjson.loads(client.ask(Call("GET", f"{PATH}?q=ba")))
            if not answer["degraded"]:
                return time.monotonic() - started
            time.sleep(0.2)
    raise MeasurementFailed(f"The words of the catalogue were not gathered within {GATHER_S:.0f} s.")


def values(measured: Measured) -> dict[str, Any]:
    """The figures as plain values."""
    told: dict[str, Any] = {"products": measured.loaded.products, "gathered_s": round(measured.gathered_s, 1)}
    ratios = [float(np.median(block[API]) / np.median(block[RAW])) for block in measured.blocks]
    for side in (API, RAW):
        times = np.concatenate([block[side] for block in measured.blocks])
        told[side] = {f"p{part}": round(float(np.percentile(times, part)), 2) for part in (50, 95, 99)}
    told["ratio"] = {
        name: round(float(np.percentile(ratios, part)), 2) for name, part in (("median", 50), ("p10", 10), ("p90", 90))
    }
    return told


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    told = values(measured)
    yield f"Suggestions over {told['products']:,} products, one client"
    yield f"  words gathered within {told['gathered_s']} s of the start"
    for side, name in ((API, "GET /api/suggest"), (RAW, "one raw prefix query")):
        figures = told[side]
        yield f"  {name:<22}{figures['p50']:8.2f} ms p50 {figures['p95']:8.2f} ms p95 {figures['p99']:8.2f} ms p99"
    ratio = told["ratio"]
    yield f"  The API takes {ratio['median']:.2f} times as long ({ratio['p10']:.2f} to {ratio['p90']:.2f} over blocks)."
