"""What the search of pictures adds to a search by words: the API with and without it, alternating, on one index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from app.settings import ServiceSettings
from embed.load import lite_embedder, text_embedder
from embed.settings import EmbedSettings
from es.embedded.progress import say
from es.settings import EngineSettings
from evaluate.bench.api_process import running_api
from evaluate.bench.catalogue import ensure_loaded
from evaluate.bench.measure import HEAP, SEARCH_PATH, SERVER, WARM_SEARCHES, WARM_UP_S
from evaluate.bench.rounds import alternate
from evaluate.bench.workload import API, workload
from evaluate.server import own_server

SUFFIX: Final = "-bench-look"
WITHOUT: Final = "words and meaning"
WITH: Final = "and look"


@dataclass(frozen=True, slots=True)
class LookCost:
    """Milliseconds of each side, and the ratio of their medians block by block: median, p10, p90."""

    products: int
    p50_ms: dict[str, float]
    p95_ms: dict[str, float]
    ratio: tuple[float, float, float]


def measure(engine: EngineSettings, products: int, seconds: float) -> LookCost:
    """Raises EngineError, EmbedError, MeasurementFailed."""
    embedding = EmbedSettings()
    with own_server(engine.model_copy(update={"es_heap": HEAP}), SERVER) as url:
        apart = engine.model_copy(update={"es_url": url, "index_prefix": engine.index_prefix + SUFFIX})
        texts = text_embedder(embedding)
        ensure_loaded(apart, texts, products, lite_embedder(embedding))
        settings = ServiceSettings()
        calls = workload(settings, apart.index_prefix, texts, searches=WARM_SEARCHES, seed=1, path=SEARCH_PATH).calls[
            API
        ]
        plain = settings.model_copy(update={"look_k": 0})
        with running_api(plain, apart, embedding) as without, running_api(settings, apart, embedding) as full:
            without.settle()
            full.settle()
            targets = {WITHOUT: without.target, WITH: full.target}
            say("measuring")
            for side in targets:
                alternate({side: targets[side]}, {side: calls}, WARM_UP_S, repeat=False)
            blocks = alternate(targets, dict.fromkeys(targets, calls), seconds, repeat=True)
    times = {side: [ms for block in blocks for ms in block[side]] for side in targets}
    ratios = [float(np.median(block[WITH]) / np.median(block[WITHOUT])) for block in blocks]
    low, middle, high = (round(float(v), 3) for v in np.percentile(ratios, (10, 50, 90)))
    at = {p: {side: round(float(np.percentile(ms, p)), 2) for side, ms in times.items()} for p in (50, 95)}
    return LookCost(products, at[50], at[95], (middle, low, high))


def lines(cost: LookCost) -> Sequence[str]:
    """A few lines."""
    told = [f"{side:18} p50 {cost.p50_ms[side]:6.2f} ms   p95 {cost.p95_ms[side]:6.2f} ms" for side in cost.p50_ms]
    middle, low, high = cost.ratio
    return [*told, f"ratio of the medians {middle:.2f} ({low:.2f} to {high:.2f}), {cost.products:,} products"]


def values(cost: LookCost) -> dict[str, Any]:
    """The figures."""
    return {"products": cost.products, "p50_ms": cost.p50_ms, "p95_ms": cost.p95_ms, "ratio": cost.ratio[0]}
