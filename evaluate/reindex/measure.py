"""A synthetic shop with its API under steady traffic: quiet for a while, then reindexed; and what became of it all."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from app.settings import ServiceSettings
from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.client import connect
from es.embedded.progress import say
from es.mappings import products as fields
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.bench.api_process import running_api
from evaluate.bench.catalogue import ensure_loaded
from evaluate.errors import MeasurementFailed
from evaluate.reindex.traffic import Answers, Expected, Traffic
from evaluate.server import own_server

INDEX_SUFFIX: Final = "-reindexed"
SERVER: Final = "reindex"
HEAP: Final = "2g"
SETTLE_S: Final = 5.0
"""Before what is measured, and after the reindex."""
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """`reindex`: the figures that the command itself prints. `lost`: acknowledged changes that are not stored."""

    products: int
    quiet: Answers
    during: Answers
    reindex: dict[str, Any]
    changed: int
    lost: list[str]


def measure(
    engine: EngineSettings,
    products: int,
    quiet_s: float,
    searches_s: float,
    changes_s: float,
    settle_s: float = SETTLE_S,
) -> Measured:
    """Loads, asks and reindexes. Raises EngineError, EmbedError, MeasurementFailed."""
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url:
        apart = roomy.model_copy(update={"es_url": url, "index_prefix": engine.index_prefix + INDEX_SUFFIX})
        embedding, settings = EmbedSettings(), ServiceSettings()
        try:
            ensure_loaded(apart, text_embedder(embedding), products)
            with running_api(settings, apart, embedding) as api:
                traffic = Traffic(api.target.url, products, searches_s=searches_s, changes_s=changes_s)
                return asyncio.run(_measured(apart, traffic, products, quiet_s, settle_s))
        finally:
            # It has been changed: the next measurement loads it anew.
            with connect(apart) as client:
                if names := list(client.indices.get(index=f"{apart.index_prefix}-*", allow_no_indices=True)):
                    client.indices.delete(index=",".join(names))


async def _measured(
    engine: EngineSettings, traffic: Traffic, products: int, quiet_s: float, settle_s: float
) -> Measured:
    async with traffic.going_on():
        await asyncio.sleep(settle_s)
        traffic.answers = quiet = Answers()
        say(f"measuring {quiet_s:g} s of quiet")
        await asyncio.sleep(quiet_s)
        traffic.answers = during = Answers()
        say("reindexing")
        reindex = await asyncio.to_thread(_reindex, engine)
        await asyncio.sleep(settle_s)
    lost = list(_lost(engine, traffic.expected))
    return Measured(products, quiet, during, reindex, len(traffic.expected.products), lost)


def _reindex(engine: EngineSettings) -> dict[str, Any]:
    environment = os.environ | {"SHOPSCOUT_ES_URL": engine.es_url, "SHOPSCOUT_INDEX_PREFIX": engine.index_prefix}
    with tempfile.TemporaryDirectory() as folder:
        environment["SHOPSCOUT_INGEST_REJECTS_DIR"] = folder
        command = [sys.executable, "-m", "ingest", "reindex", "--json"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise MeasurementFailed(f"The reindex ended with {done.returncode}; it says why above.")
    figures: dict[str, Any] = orjson.loads(done.stdout)
    return figures


def _lost(engine: EngineSettings, expected: Expected) -> Iterator[str]:
    """Products that are not as the last acknowledged change made them, in words."""
    alias, ids = IndexNames(engine.index_prefix).products, sorted(expected.products)
    with connect(engine) as client:
        for start in range(0, len(ids), _PAGE):
            for doc in client.mget(index=alias, ids=ids[start : start + _PAGE])["docs"]:
                if problem := _problem(expected.products[doc["_id"]], doc):
                    yield f"{doc['_id']}: {problem}"


def _problem(wanted: Mapping[str, Any] | None, doc: Mapping[str, Any]) -> str:
    if wanted is None:
        return "deleted, and there again" if doc["found"] else ""
    if not doc["found"]:
        return "not there"
    found = {"price": doc["_source"][fields.PRICE] / 1000, "name": doc["_source"][fields.NAME]}
    wrong = [name for name, value in wanted.items() if found[name] != value]
    return f"{wrong[0]} is {found[wrong[0]]} instead of {wanted[wrong[0]]}" if wrong else ""


def p95(times: list[float]) -> float:
    """Milliseconds; NaN of too few."""
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else float("nan")


def lines(measured: Measured) -> Iterator[str]:
    """The figures for people."""
    quiet, during, reindex = measured.quiet, measured.during, measured.reindex
    yield f"{measured.products:,} products, reindexed in {reindex['seconds']:.0f} s"
    yield f"{'':24}{'answered':>10}{'failed':>8}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>9}"
    for name, answers in (("quiet", quiet), ("while reindexing", during)):
        for kind, times in (("searches", answers.searches), ("changes", answers.changes)):
            failed = len(answers.failed) if kind == "searches" else ""
            most, middle = max(times, default=float("nan")), statistics.median(times or [float("nan")])
            yield f"{name + ', ' + kind:24}{len(times):>10,}{failed:>8}{middle:>9.1f}{p95(times):>9.1f}{most:>9.1f}"
    yield f"p95 of searches while reindexing, to quiet: {p95(during.searches) / p95(quiet.searches):.2f}"
    yield f"{measured.changed:,} products changed, {len(measured.lost)} changes lost"
    yield f"changes waited {reindex['writes_waited_s']:.2f} s for the handover"
    yield from [*quiet.failed[:3], *during.failed[:3], *measured.lost[:3]]


def values(measured: Measured) -> dict[str, Any]:
    """The figures for scripts."""
    return {
        "products": measured.products,
        "reindex_s": measured.reindex["seconds"],
        "writes_waited_s": measured.reindex["writes_waited_s"],
        "searches": len(measured.during.searches),
        "changes": len(measured.during.changes),
        "failed": len(measured.quiet.failed) + len(measured.during.failed),
        "lost": len(measured.lost),
        "p95_quiet_ms": round(p95(measured.quiet.searches), 1),
        "p95_during_ms": round(p95(measured.during.searches), 1),
        "p95_ratio": round(p95(measured.during.searches) / p95(measured.quiet.searches), 3),
        "changes_p95_quiet_ms": round(p95(measured.quiet.changes), 1),
        "changes_p95_during_ms": round(p95(measured.during.changes), 1),
        "changes_most_during_ms": round(max(measured.during.changes, default=0.0), 1),
        "gates": measured.reindex["gates"],
    }
