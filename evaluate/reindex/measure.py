"""A synthetic shop with its API under steady traffic: quiet for a while, then reindexed; and what became of it all."""

import asyncio
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
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
from evaluate.bench.api_process import Api, running_api
from evaluate.bench.catalogue import clone_loaded, ensure_loaded
from evaluate.errors import MeasurementFailed
from evaluate.processes.watch import Taken, Watch, listening
from evaluate.reindex.traffic import Answers, Expected, Traffic
from evaluate.server import erase_indices, own_server

INDEX_SUFFIX: Final = "-to-reindex"
CHANGED_SUFFIX: Final = "-reindexed"
SERVER: Final = "reindex"
HEAP: Final = "1g"
SETTLE_S: Final = 5.0
"""After the reindex."""
WARM_S: Final = 90.0
"""Of the same traffic before anything is measured: servers that were just started read and compile, which would make
the quiet time slow, and the reindex look cheap."""
_WATCH_S: Final = 1.0
_STEPS: Final = 12
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """`reindex`: the figures that the command itself prints. `taken`: by the parts of the shop and the reindex, over
    both phases; `quiet_s`: how long the first of them was. `lost`: acknowledged changes that are not stored."""

    products: int
    quiet: Answers
    during: Answers
    reindex: dict[str, Any]
    taken: Sequence[Taken]
    quiet_s: float
    changed: int
    lost: list[str]


def measure(
    engine: EngineSettings,
    products: int,
    quiet_s: float,
    searches_s: float,
    changes_s: float,
    settle_s: float = SETTLE_S,
    warm_s: float = WARM_S,
) -> Measured:
    """Loads, asks and reindexes. Raises EngineError, EmbedError, MeasurementFailed."""
    roomy = engine.model_copy(update={"es_heap": HEAP})
    with own_server(roomy, SERVER) as url:
        kept = roomy.model_copy(update={"es_url": url, "index_prefix": engine.index_prefix + INDEX_SUFFIX})
        apart = kept.model_copy(update={"index_prefix": engine.index_prefix + CHANGED_SUFFIX})
        embedding, settings = EmbedSettings(), ServiceSettings()
        try:
            # What one left that was killed; the catalogue that is cloned stays for the next.
            erase_indices(apart)
            ensure_loaded(kept, text_embedder(embedding), products)
            clone_loaded(kept, apart.index_prefix)
            with running_api(settings, apart, embedding) as api:
                traffic = Traffic(api.target.url, products, searches_s=searches_s, changes_s=changes_s)
                run = _Run(apart, api, traffic, products)
                return asyncio.run(run.measured(quiet_s, settle_s, warm_s))
        finally:
            erase_indices(apart)


class _Run:
    """One measurement on what runs already."""

    def __init__(self, engine: EngineSettings, api: Api, traffic: Traffic, products: int) -> None:
        self._engine = engine
        self._api = api
        self._traffic = traffic
        self._products = products
        self._reindexing: list[int] = []

    async def measured(self, quiet_s: float, settle_s: float, warm_s: float) -> Measured:
        """Warm, quiet, reindexed; and looked at what is stored."""
        traffic, server = self._traffic, listening(self._engine.es_url)
        parts = {"api": lambda: self._api.pids, "elasticsearch": lambda: server, "reindex": lambda: self._reindexing}
        async with traffic.going_on():
            say(f"warming with the same traffic for {warm_s:g} s")
            await asyncio.gather(asyncio.to_thread(self._api.settle), asyncio.sleep(warm_s))
            with Watch(parts, _WATCH_S) as watch:
                traffic.answers = quiet = Answers()
                say(f"measuring {quiet_s:g} s of quiet")
                await asyncio.sleep(quiet_s)
                traffic.answers = during = Answers()
                say("reindexing")
                reindex = await asyncio.to_thread(self._reindex)
            await asyncio.sleep(settle_s)
        lost = list(_lost(self._engine, traffic.expected))
        changed = len(traffic.expected.products)
        return Measured(self._products, quiet, during, reindex, watch.samples, quiet_s, changed, lost)

    def _reindex(self) -> dict[str, Any]:
        engine = self._engine
        environment = os.environ | {"SHOPSCOUT_ES_URL": engine.es_url, "SHOPSCOUT_INDEX_PREFIX": engine.index_prefix}
        with tempfile.TemporaryDirectory() as folder:
            environment["SHOPSCOUT_INGEST_REJECTS_DIR"] = folder
            command = [sys.executable, "-m", "ingest", "reindex", "--json"]
            running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
            self._reindexing = [running.pid]
            told, _ = running.communicate()
        if running.returncode:
            raise MeasurementFailed(f"The reindex ended with {running.returncode}; it says why above.")
        figures: dict[str, Any] = orjson.loads(told)
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


def _steps(during: Answers) -> list[float | None]:
    """p95 of the searches that were due in each part of the time; None of too few."""
    if not during.due:
        return []
    first, long_s = min(during.due), max(during.due) - min(during.due)
    parts: list[list[float]] = [[] for _ in range(_STEPS)]
    for due, taken in zip(during.due, during.searches, strict=True):
        parts[min(_STEPS - 1, int((due - first) / max(1e-9, long_s) * _STEPS))].append(taken)
    return [round(p95(part), 1) if len(part) > 1 else None for part in parts]


def _taken(measured: Measured) -> dict[str, dict[str, float]]:
    """By part: cores in the quiet time and while reindexing, and the most memory."""
    found = {}
    quiet = [sample for sample in measured.taken if sample.at <= measured.quiet_s]
    during = [sample for sample in measured.taken if sample.at > measured.quiet_s]
    for part in measured.taken[0].memory_mb if quiet and during else ():
        spent = [
            max(0.0, last.processor_s[part] - first.processor_s[part]) / max(1e-9, last.at - first.at)
            for first, last in (
                (quiet[0], quiet[-1]),
                (during[0], max(during, key=lambda each: each.processor_s[part])),
            )
        ]
        most = max(sample.memory_mb[part] for sample in measured.taken)
        found[part] = {"cores_quiet": round(spent[0], 3), "cores": round(spent[1], 3), "most_mb": round(most, 1)}
    return found


def lines(measured: Measured) -> Iterator[str]:
    """The figures for people."""
    quiet, during, reindex = measured.quiet, measured.during, measured.reindex
    yield f"{measured.products:,} products, reindexed in {reindex['seconds']:.0f} s"
    yield f"{'':26}{'answered':>10}{'failed':>8}{'refused':>9}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>9}"
    for name, answers in (("quiet", quiet), ("while reindexing", during)):
        for kind, times in (("searches", answers.searches), ("changes", answers.changes)):
            failed, refused = (len(answers.failed), answers.refused) if kind == "searches" else ("", "")
            most, middle = max(times, default=float("nan")), statistics.median(times or [float("nan")])
            yield (
                f"{name + ', ' + kind:26}{len(times):>10,}{failed:>8}{refused:>9}"
                f"{middle:>9.1f}{p95(times):>9.1f}{most:>9.1f}"
            )
    yield f"p95 of searches while reindexing, to quiet: {p95(during.searches) / p95(quiet.searches):.2f}"
    yield f"{measured.changed:,} products changed, {len(measured.lost)} changes lost"
    yield f"changes waited {reindex['writes_waited_s']:.2f} s for the handover"
    yield "p95 of searches, ms, in each twelfth of it: " + " ".join(
        "-" if step is None else f"{step:.0f}" for step in _steps(during)
    )
    for name, found in _taken(measured).items():
        yield f"{name}: {found['cores_quiet']:.2f} cores, then {found['cores']:.2f}; {found['most_mb']:.0f} MB at most"
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
        "refused": measured.quiet.refused + measured.during.refused,
        "lost": len(measured.lost),
        "p50_quiet_ms": round(statistics.median(measured.quiet.searches or [math.nan]), 1),
        "p50_during_ms": round(statistics.median(measured.during.searches or [math.nan]), 1),
        "p95_quiet_ms": round(p95(measured.quiet.searches), 1),
        "p95_during_ms": round(p95(measured.during.searches), 1),
        "p95_ratio": round(p95(measured.during.searches) / p95(measured.quiet.searches), 3),
        "changes_p95_quiet_ms": round(p95(measured.quiet.changes), 1),
        "changes_p95_during_ms": round(p95(measured.during.changes), 1),
        "changes_most_during_ms": round(max(measured.during.changes, default=0.0), 1),
        "p95_steps_ms": _steps(measured.during),
        "taken": _taken(measured),
        "gates": measured.reindex["gates"],
    }
