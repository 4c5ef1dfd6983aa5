"""A few seeded runs of a shop in trouble, with real processes, and a short soak. Many: `python -m evaluate faults`."""

import asyncio
from pathlib import Path

import pytest

from es.settings import EngineSettings
from evaluate.faults import measure
from evaluate.faults.plan import Target, plan
from evaluate.faults.stage import Stage
from evaluate.load import soak
from evaluate.processes.process import ApiProcess
from evaluate.processes.redis_server import RedisProcess, redis_is_there

pytestmark = pytest.mark.needs_es
SEEDS = (2, 3)


async def test_what_was_acknowledged_outlives_faults(engine_settings: EngineSettings, tmp_path: Path) -> None:
    ran = [one async for one in measure.runs(engine_settings, SEEDS, tmp_path)]
    assert [one.seed for one in ran] == list(SEEDS)
    for one in ran:
        assert one.wrong == [], measure.line(one)
        assert one.recovered_s is not None
        assert sum(one.requests.values()) > 20
    assert measure.values(ran)["broken"] == []


def test_the_runs_of_the_suite_hurt_elasticsearch_redis_and_a_consumer() -> None:
    hurt = {fault.target for seed in SEEDS for fault in plan(seed)}
    assert {Target.ELASTICSEARCH, Target.REDIS, Target.CONSUMER} <= hurt


@pytest.mark.skipif(not redis_is_there(), reason="needs redis-server")
async def test_who_looks_on_asks_redis_again_where_it_does_not_answer(
    engine_settings: EngineSettings, tmp_path: Path
) -> None:
    redis = RedisProcess(tmp_path)
    stage = Stage(engine_settings, {}, redis, ApiProcess({}, tmp_path / "api.log"), None)
    asked = asyncio.create_task(stage.waiting())
    await asyncio.sleep(0.5)
    assert not asked.done()
    try:
        await asyncio.to_thread(redis.start)
        assert await asked == (0, frozenset())
    finally:
        redis.kill()


def test_a_short_soak_leaves_the_memory_flat(engine_settings: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPSCOUT_ES_URL", engine_settings.es_url)
    monkeypatch.setenv("SHOPSCOUT_INDEX_PREFIX", engine_settings.index_prefix)
    monkeypatch.setenv("SHOPSCOUT_WORKERS", "1")
    measured = soak.measure(5, 3, 100, think=(0.1, 0.3), warm_s=1)
    told = soak.values(measured)
    assert told["seconds"] >= 4
    assert told["first_mb"] > 50
    # So short a time says little of leaks; what doubles within it is noticed. The long one is a command.
    assert told["last_mb"] < 1.5 * told["first_mb"]
    memory = measured.samples[len(measured.samples) // 2].memory_mb
    assert set(memory) == {"api", "elasticsearch", "consumer", "redis"}
    assert memory["consumer"] > 20 or not redis_is_there()
    assert "flat" in list(soak.lines(measured))[-1].lower()
