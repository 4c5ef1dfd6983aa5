"""What a recommendation costs: the API with a visit in it, uncached, and raw Elasticsearch, request by request in turn.

The raw side is what somebody would at least have to post: one `_msearch` of the visitor's history, the neighbours of a
point by vector, and the products that are looked at now. It learns nothing, and checks nothing.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import orjson
from elasticsearch import Elasticsearch

from app.settings import ServiceSettings
from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.client import connect
from es.embedded.progress import say
from es.lease import Leases
from es.mappings import events as event_fields
from es.mappings import products as fields
from es.mappings import trends
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.bench.api_process import running_api
from evaluate.bench.catalogue import ensure_loaded
from evaluate.bench.client import Client, Target, engine_target
from evaluate.bench.rounds import BLOCK, Block, alternate
from evaluate.bench.workload import Call
from evaluate.errors import MeasurementFailed
from evaluate.server import own_server
from evaluate.shoppers.visits import events, product_id, visit
from jobs.job import Workplace, run_job
from jobs.registry import job_named
from jobs.settings import JobSettings
from shop.events.intake import Intake, Taken
from shop.events.store import EventStore
from shop.settings import EventSettings

SERVER: Final = "recommend-cost"
SUFFIX: Final = "-recommend-cost"
HEAP: Final = "2g"
API, RAW = "api", "raw_msearch"
JOBS: Final = ("trends", "pairs", "successors", "neighbours", "profiles")
PLACEMENTS: Final = ("home", "product", "category", "cart", "home", "product")
_WRITTEN: Final = 5_000
_ASKED: Final = 20 * BLOCK


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each request by side, in blocks; `jobs`: seconds of each; `by_placement`: of the API alone."""

    products: int
    events: int
    jobs: dict[str, float]
    blocks: list[Block]
    by_placement: dict[str, list[float]]
    degraded: int


def measure(engine: EngineSettings, products: int, count: int, seconds: float, jobs: Sequence[str] = JOBS) -> Measured:
    """Runs for about `seconds`, loading and `jobs` not counted; both are kept for the next run. Raises EngineError,
    EmbedError, MeasurementFailed."""
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url, tempfile.TemporaryDirectory() as folder:
        apart = roomy.model_copy(update={"es_url": url, "index_prefix": f"{engine.index_prefix}{SUFFIX}"})
        ensure_loaded(apart, text_embedder(EmbedSettings()), products)
        with connect(apart) as client:
            place = Workplace(
                client, IndexNames(apart.index_prefix), JobSettings(), EventSettings(), Path(folder),
                datetime.now(UTC), say,
            )  # fmt: skip
            stored, took = _learned(place, products, count, jobs)
        with running_api(ServiceSettings().model_copy(update={"workers": 1}), apart, EmbedSettings()) as api:
            targets = {API: api.target, RAW: engine_target(apart)}
            asked = list(_asked(count, products))
            calls = {API: [_api_call(one) for one in asked], RAW: [_raw_call(one, place.names) for one in asked]}
            say("measuring: one client, requests in turn")
            alternate(targets, calls, seconds / 3, repeat=True)
            blocks = alternate(targets, calls, seconds, repeat=True)
            by_placement, degraded = _by_placement(api.target, asked)
        return Measured(products, stored, took, blocks, by_placement, degraded)


def _learned(place: Workplace, products: int, count: int, jobs: Sequence[str]) -> tuple[int, dict[str, float]]:
    """The events, stored, and what the jobs learned of them; as they are where they are there already."""
    stored = _count(place.client, place.names)
    fresh = stored < count
    if fresh:
        say(f"storing {count:,} events; later runs use them again")
        _store(place, products, count)
    leases, seconds = Leases(place.client, place.names, lease_s=60), {}
    for name in jobs:
        if fresh or leases.state(name).get("outcome") != "done":
            say(f"job {name}")
            seconds[name] = float(run_job(job_named(name), place, leases)["seconds"])
    return _count(place.client, place.names), seconds


def _count(client: Elasticsearch, names: IndexNames) -> int:
    return int(client.count(index=names.months_pattern(event_fields.KIND), allow_no_indices=True)["count"])


def _store(place: Workplace, products: int, count: int) -> None:
    intake, store = Intake(place.events, history=True), EventStore(place.client, place.names, place.events)
    made = islice(events(products, place.now), count)
    while batch := list(islice(made, _WRITTEN)):
        taken = [intake.take(raw, place.now) for raw in batch]
        store.write([one for one in taken if isinstance(one, Taken)])
    store.refresh()


def _asked(count: int, products: int) -> Iterator[dict[str, str]]:
    """Requests of visits that are stored, each for another."""
    draw, now = random.Random(11), datetime.now(UTC)
    visits = max(1, count // 8)
    for number in range(_ASKED):
        seen = visit(draw.randrange(visits), products, now)
        asked = {"placement": PLACEMENTS[number % len(PLACEMENTS)], "session_id": str(seen[0]["session_id"])}
        if asked["placement"] == "product":
            asked["product_id"] = str(seen[-1].get("product_id") or product_id(draw.randrange(products)))
        if asked["placement"] == "cart":
            asked["cart"] = str(seen[0]["product_id"])
        if asked["placement"] == "category":
            asked["category"] = "electronics"
        yield asked


def _api_call(asked: dict[str, str]) -> Call:
    return Call("GET", f"/api/recommendations?{urlencode(asked)}")


def _raw_call(asked: dict[str, str], names: IndexNames) -> Call:
    history = {
        "query": {"term": {event_fields.SESSION_ID: asked["session_id"]}},
        "sort": [{event_fields.TIMESTAMP: "desc"}],
        "size": 50,
        "_source": [event_fields.PRODUCT_ID, event_fields.TYPE],
    }
    vector = np.random.default_rng(abs(hash(asked["session_id"])) % 2**32).normal(size=384)
    near = {
        "knn": {
            "field": fields.TEXT_VECTOR,
            "query_vector": np.round(vector / np.linalg.norm(vector), 6).tolist(),
            "k": 40,
            "num_candidates": 100,
            "filter": {"term": {fields.IN_STOCK: True}},
        },
        "size": 40,
        "_source": False,
        "docvalue_fields": [fields.CARD],
    }
    popular = {"sort": [{trends.SCORE: "desc"}], "size": 40, "_source": False}
    parts = ((names.months_pattern(event_fields.KIND), history), (names.products, near),
             (names.alias(trends.KIND), popular))  # fmt: skip
    body = b"".join(orjson.dumps({"index": index}) + b"\n" + orjson.dumps(one) + b"\n" for index, one in parts)
    return Call("POST", "/_msearch", body, "application/x-ndjson")


def _by_placement(target: Target, asked: Sequence[dict[str, str]]) -> tuple[dict[str, list[float]], int]:
    """The API's milliseconds by placement, and how many answers were degraded."""
    found: dict[str, list[float]] = {}
    degraded = 0
    with closing(Client(target)) as client:
        for one in asked[: 6 * BLOCK]:
            started = time.perf_counter()
            answer = orjson.loads(client.ask(_api_call(one)))
            found.setdefault(one["placement"], []).append((time.perf_counter() - started) * 1000)
            degraded += bool(answer["degraded"])
            if not answer["items"]:
                raise MeasurementFailed(f"A list is empty: {one}")
    return found, degraded


def values(measured: Measured) -> dict[str, Any]:
    """The figures as plain values."""
    told: dict[str, Any] = {"products": measured.products, "events": measured.events, "jobs_s": measured.jobs}
    ratios = [float(np.median(block[API]) / np.median(block[RAW])) for block in measured.blocks]
    for side in (API, RAW):
        told[side] = _percentiles(np.concatenate([block[side] for block in measured.blocks]).tolist())
    told["ratio"] = round(float(np.median(ratios)), 2)
    told["by_placement"] = {name: _percentiles(times) for name, times in sorted(measured.by_placement.items())}
    told["degraded"] = measured.degraded
    return told


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return {f"p{part}_ms": round(float(np.percentile(times, part)), 2) for part in (50, 95, 99)}


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    told = values(measured)
    yield f"Recommendations over {told['products']:,} products and {told['events']:,} events, one client, live"
    rows = {"GET /api/recommendations": told[API], "one raw _msearch": told[RAW]}
    rows |= {f"  {name}": times for name, times in told["by_placement"].items()}
    for name, times in rows.items():
        yield f"  {name:<28}{times['p50_ms']:8.1f} ms p50 {times['p95_ms']:8.1f} ms p95 {times['p99_ms']:8.1f} ms p99"
    yield f"  The API takes {told['ratio']:.2f} times as long. Degraded answers: {told['degraded']}."
    yield "  Jobs: " + (", ".join(f"{name} {s:.0f} s" for name, s in told["jobs_s"].items()) or "run before")
