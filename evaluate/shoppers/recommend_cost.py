"""What a recommendation costs: the API with a visit in it, uncached, and raw Elasticsearch, request by request in turn.

The raw side is what somebody would at least have to post: one `_msearch` of the visitor's history, the neighbours of a
point by vector, and the products that are looked at now. It learns nothing, and checks nothing.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
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
from evaluate.shoppers.crowd import THINK_S, Crowd, after_a_click, crowd, percentiles
from evaluate.shoppers.crowd import lines as crowd_lines
from evaluate.shoppers.crowd import values as crowd_values
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
_ASKED: Final = 200 * BLOCK
"""More than are asked in a minute: whoever asks has not been answered before."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each request by side, in blocks; `jobs`: seconds of each, of loading too; `by_placement`: of the
    API alone; `nobody`: of those who are not known, answered from memory; `clicks`: seconds until a click counts.
    `processor_ms`: of the API a list; `memory_mb`: of its process, before and at the end."""

    products: int
    events: int
    jobs: dict[str, float]
    blocks: list[Block]
    by_placement: dict[str, list[float]]
    degraded: int
    nobody: list[float]
    clicks: list[float]
    processor_ms: float
    memory_mb: tuple[float, float]
    crowd: Crowd | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured: the size of the shop, seconds with one client, which jobs run, clicks that are followed, and
    how many shoppers come at once (for `crowd_s`, to `workers` processes; 0: none)."""

    products: int
    events: int
    seconds: float
    jobs: Sequence[str] = JOBS
    clicks: int = 10
    shoppers: int = 0
    crowd_s: float = 60.0
    workers: int = 2
    think_s: tuple[float, float] = THINK_S


def measure(engine: EngineSettings, given: Asked) -> Measured:
    """Runs for about `seconds`, and `crowd_s` where shoppers come; loading and jobs are not counted, and kept for the
    next run. Raises EngineError, EmbedError, MeasurementFailed."""
    products, seconds = given.products, given.seconds
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url, tempfile.TemporaryDirectory() as folder:
        apart = roomy.model_copy(update={"es_url": url, "index_prefix": f"{engine.index_prefix}{SUFFIX}"})
        loaded = ensure_loaded(apart, text_embedder(EmbedSettings()), products)
        with connect(apart) as client:
            place = Workplace(
                client, IndexNames(apart.index_prefix), JobSettings(), EventSettings(), Path(folder),
                datetime.now(UTC), say,
            )  # fmt: skip
            stored, took = _learned(place, given)
        if loaded.seconds is not None:
            took = {"loading products": round(loaded.seconds, 1), **took}
        with running_api(ServiceSettings().model_copy(update={"workers": 1}), apart, EmbedSettings()) as api:
            targets = {API: api.target, RAW: engine_target(apart)}
            asked = list(_asked(given.events, products))
            memory_mb = api.memory_mb()
            calls = {API: [_api_call(one) for one in asked], RAW: [_raw_call(one, place.names) for one in asked]}
            say("measuring: one client, requests in turn")
            alternate(targets, calls, seconds / 3, repeat=True)
            before_s = api.processor_s()
            blocks = alternate(targets, calls, seconds, repeat=True)
            processor_ms = (api.processor_s() - before_s) * 1000 / max(1, len(blocks) * BLOCK)
            by_placement, degraded = _by_placement(api.target, asked)
            nobody = _to_nobody(api.target)
            clicks = after_a_click(api.target, products, given.clicks)
            memory = memory_mb, api.memory_mb()
        found = Measured(
            products, stored, took, blocks, by_placement, degraded, nobody, clicks, processor_ms, memory, None
        )
        return replace(found, crowd=_crowd(apart, given)) if given.shoppers else found


def _crowd(engine: EngineSettings, given: Asked) -> Crowd:
    settings = ServiceSettings().model_copy(update={"workers": given.workers})
    with running_api(settings, engine, EmbedSettings()) as api:
        # What a process does once after its start is over before it is counted, as with the one client above.
        api.settle()
        say(f"{given.shoppers:,} shoppers for {given.crowd_s:.0f} s, {given.workers} processes")
        ran, waited = api.processor_s(), api.waited_s()
        found = crowd(api.target, given.shoppers, given.crowd_s, given.products, given.think_s)
        now = api.waited_s()
        waited = now - waited if now is not None and waited is not None else None
        return replace(found, ran_s=api.processor_s() - ran, waited_s=waited)


def _to_nobody(target: Target) -> list[float]:
    """Milliseconds of lists for those of whom nothing is known, asked one after the other."""
    calls = [Call("GET", f"/api/recommendations?placement={placement}") for placement in ("home", "search", "email")]
    with closing(Client(target)) as client:
        return [client.timed(call) for call in calls * 2 * BLOCK]


def _learned(place: Workplace, given: Asked) -> tuple[int, dict[str, float]]:
    """The events, stored, and what the jobs learned of them; as they are where they are there already."""
    stored = _count(place.client, place.names)
    fresh = stored < given.events
    seconds: dict[str, float] = {}
    if fresh:
        say(f"storing {given.events:,} events; later runs use them again")
        began = time.monotonic()
        _store(place, given.products, given.events)
        seconds["storing events"] = round(time.monotonic() - began, 1)
    leases = Leases(place.client, place.names, lease_s=60)
    for name in given.jobs:
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
        told[side] = percentiles(np.concatenate([block[side] for block in measured.blocks]).tolist())
    told["ratio"] = round(float(np.median(ratios)), 2)
    told["by_placement"] = {name: percentiles(times) for name, times in sorted(measured.by_placement.items())}
    told["degraded"] = measured.degraded
    told["nobody"] = percentiles(measured.nobody)
    told["click_s"] = [round(share, 3) for share in (np.median(measured.clicks), max(measured.clicks))]
    told["processor_ms"] = round(measured.processor_ms, 2)
    told["memory_mb"] = [round(mb) for mb in measured.memory_mb]
    if (many := measured.crowd) is not None:
        told["crowd"] = crowd_values(many)
    return told


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    told = values(measured)
    yield f"Recommendations over {told['products']:,} products and {told['events']:,} events, one client, live"
    rows = {"GET /api/recommendations": told[API], "one raw _msearch": told[RAW]}
    rows |= {f"  {name}": times for name, times in told["by_placement"].items()}
    rows["nobody in particular"] = told["nobody"]
    if "crowd" in told:
        rows[f"{told['crowd']['shoppers']:,} shoppers at once"] = told["crowd"]
    for name, times in rows.items():
        yield f"  {name:<28}{times['p50_ms']:8.1f} ms p50 {times['p95_ms']:8.1f} ms p95 {times['p99_ms']:8.1f} ms p99"
    yield f"  The API takes {told['ratio']:.2f} times as long. Degraded answers: {told['degraded']}."
    if "crowd" in told:
        yield from crowd_lines(told["crowd"])
    yield f"  A click counts after {told['click_s'][0]:.2f} s (median), {told['click_s'][1]:.2f} s at most."
    yield f"  A list takes {told['processor_ms']:.1f} ms of the API's processor; its memory grew from"
    yield f"  {told['memory_mb'][0]} to {told['memory_mb'][1]} MB."
    yield "  Jobs: " + (", ".join(f"{name} {s:.0f} s" for name, s in told["jobs_s"].items()) or "run before")
