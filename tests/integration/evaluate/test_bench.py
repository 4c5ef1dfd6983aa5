"""The whole bench, small: every side answers, every figure is there, and the catalogue is loaded once."""

import pytest

from embed.load import text_embedder
from embed.settings import EmbedSettings
from es.settings import EngineSettings
from evaluate.bench import measure as measuring
from evaluate.bench import rounds, sizing, suggestions
from evaluate.bench.catalogue import ensure_loaded
from evaluate.bench.measure import INDEX_SUFFIX, measure
from evaluate.bench.report import lines, values
from evaluate.bench.rounds import BLOCK
from evaluate.bench.suggestions import API, RAW
from evaluate.bench.workload import SIDES

pytestmark = pytest.mark.needs_es
PRODUCTS = 500


def test_a_small_bench(engine_settings: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "WARM_SEARCHES", BLOCK)
    monkeypatch.setattr(measuring, "WARM_PASSES", 2)
    monkeypatch.setattr(rounds, "TURN_S", 0.3)
    told = values(measured := measure(engine_settings, PRODUCTS, 4))
    assert told["products"] == PRODUCTS
    assert told["load"]["products_per_s"] > 0
    for part in ("one_client_warm", "one_client_cold", "four_clients"):
        assert set(told[part]["ms"]) == set(SIDES)
        assert all(0 < figure["p50"] <= figure["p95"] for figure in told[part]["ms"].values())
        assert told[part]["ratio_to_best_raw"]["median"] > 0
    assert all(rate > 0 for rate in told["four_clients"]["requests_per_s"].values())
    # Every step was passed, and together they make up what the client waited for.
    steps = dict(told["profile_ms"])
    total = steps.pop("total at the client")
    assert {"parse the request", "build the body", "fuse", "present", "send"} <= set(steps)
    assert sum(steps.values()) == pytest.approx(total, rel=0.05)
    assert "Four clients" in "\n".join(lines(measured))
    apart = engine_settings.model_copy(update={"index_prefix": engine_settings.index_prefix + INDEX_SUFFIX})
    assert ensure_loaded(apart, text_embedder(EmbedSettings()), PRODUCTS).seconds is None


def test_suggestions_are_timed_against_a_raw_query(engine_settings: EngineSettings) -> None:
    told = suggestions.values(measured := suggestions.measure(engine_settings, PRODUCTS, 2))
    assert told["products"] == PRODUCTS
    assert all(0 < told[side]["p50"] <= told[side]["p95"] for side in (API, RAW))
    assert told["ratio"]["p10"] <= told["ratio"]["median"] <= told["ratio"]["p90"]
    assert "GET /api/suggest" in "\n".join(suggestions.lines(measured))


def test_what_a_product_takes_is_near_the_formulas(engine_settings: EngineSettings) -> None:
    measured = sizing.measure(engine_settings, [400, 200])
    assert [size.products for size in measured.sizes] == [200, 400]
    for size in measured.sizes:
        assert size.disk == size.vectors + size.rest
        assert size.vectors == pytest.approx(measured.expected_vectors, rel=0.1)
        # There is no graph yet.
        without = measured.expected_memory - 2 * sizing.GRAPH_BYTES
        assert size.memory == pytest.approx(without, rel=0.1)
    assert "by formula" in sizing.lines(measured)[-1]
    assert sizing.values(measured)["dims"] == list(measured.dims)
