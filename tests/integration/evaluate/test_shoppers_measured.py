"""The measurements of shoppers' events and recommendations, short: they run, and what they say adds up."""

import json

import pytest

from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.shoppers import events_rate, recommend_cost

pytestmark = pytest.mark.needs_es


def test_every_event_that_is_counted_is_stored(engine_settings: EngineSettings) -> None:
    asked = events_rate.Asked(seconds=0.2, batch=40, connections=2)
    measured = events_rate.measure(engine_settings, asked)
    told = json.loads(json.dumps(events_rate.values(measured)))
    assert told["stored"] == told["api"]["events"] == told["raw_bulk"]["events"] >= 16 * 40
    assert told["api"]["per_s"] > 0
    assert any("events/s" in line for line in events_rate.lines(measured))
    with connect(engine_settings) as client:
        assert not client.indices.get(index=f"{engine_settings.index_prefix}{events_rate.SUFFIX}*")


def test_recommendations_are_timed_by_placement(engine_settings: EngineSettings) -> None:
    try:
        asked = recommend_cost.Asked(
            60, 400, 0.2, ["successors"], clicks=2, shoppers=20, crowd_s=2, workers=1, think_s=(0.1, 0.5)
        )
        measured = recommend_cost.measure(engine_settings, asked)
        told = json.loads(json.dumps(recommend_cost.values(measured)))
        assert told["events"] >= 400
        assert set(told["by_placement"]) == set(recommend_cost.PLACEMENTS)
        assert set(told["jobs_s"]) == {"loading products", "storing events", "successors"}
        assert told["processor_ms"] > 0
        assert told["nobody"]["p50_ms"] > 0
        assert 0 < told["click_s"][0] <= told["click_s"][1]
        assert told["crowd"]["failed"] == {}
        assert told["crowd"]["lists_per_s"] > 0
        assert 0 <= told["crowd"]["seconds_over_100_ms"] <= told["crowd"]["seconds"]
        assert told["crowd"]["ran_s"] > 0
        assert told["crowd"]["waited_s"] is None or told["crowd"]["waited_s"] > 0
        assert told["degraded"] > 0  # the other jobs have not run
        assert told["ratio"] > 0
        assert "60 products" in next(iter(recommend_cost.lines(measured)))
    finally:
        with connect(engine_settings) as client:
            prefix = IndexNames(f"{engine_settings.index_prefix}{recommend_cost.SUFFIX}")
            for index in client.indices.get(index=prefix.everything):
                client.indices.delete(index=index)
