"""What a refusal costs is measured on the service itself, in a process of its own."""

from pathlib import Path

import pytest

from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from evaluate.load.refusals import ASKED, ONE_PLACE, costs, lines, values
from evaluate.processes.process import ApiProcess
from tests.factory import product
from tests.shops import load

pytestmark = pytest.mark.needs_es


def test_a_refusal_costs_a_small_part_of_an_answer(engine_settings: EngineSettings, tmp_path: Path) -> None:
    goods = [product(f"p{n:07}", name=f"Desk lamp {n}") for n in range(1_000)]
    load(engine_settings, goods, FakeEmbedder(warn=False))
    own = {"SHOPSCOUT_ES_URL": engine_settings.es_url, "SHOPSCOUT_INDEX_PREFIX": engine_settings.index_prefix,
           "SHOPSCOUT_ACCESS": "open", "SHOPSCOUT_SEARCH_DEADLINE_S": "30"}  # fmt: skip
    api = ApiProcess({**own, **ONE_PLACE}, tmp_path / "api.log")
    try:
        api.start_and_wait()
        found = costs(api, 0.6)
    finally:
        api.stop()
    assert [cost.name for cost in found] == ["refused", *ASKED]
    assert all(cost.asked > 0 for cost in found)
    refused, *answered = found
    # A fortieth was measured; it is processor time, and the whole of it on both sides.
    assert refused.ms < min(cost.ms for cost in answered) / 3
    assert values(found)["refused"]["asked"] == refused.asked
    assert len(list(lines(found))) == len(found)
    assert '"event": "requests refused"' in api.log.read_text()
