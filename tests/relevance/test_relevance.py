"""Search on judged queries must not fall below what it was.

Floors stand a little under what was measured (docs/explain/relevance.md), for approximate vector search differs
from load to load.
"""

import pytest

from app.settings import ServiceSettings
from es.settings import EngineSettings
from evaluate.errors import DataMissing
from evaluate.relevance.measure import default_data, measure
from evaluate.relevance.report import Measured, intervals
from evaluate.settings import EvaluateSettings

pytestmark = [pytest.mark.needs_es, pytest.mark.timeout(600)]
FLOORS = {"ndcg_condensed": 0.89, "ndcg_raw": 0.82, "recall": 0.95}


@pytest.fixture
async def measured(engine_settings: EngineSettings) -> Measured:
    try:
        data = default_data(EvaluateSettings())
    except DataMissing as missing:
        pytest.skip(str(missing))
    return await measure(data, engine_settings, engine_settings.es_url, ServiceSettings(_env_file=None))


async def test_hybrid_search_is_good_and_nowhere_below_lexical(measured: Measured) -> None:
    means = {
        mode: {name: found.mean for name, found in intervals(figures).items()}
        for mode, figures in measured.scored.items()
    }
    hybrid, lexical = means["hybrid"], means["lexical"]
    assert measured.data["judged_but_not_there"] == 0
    assert {name: hybrid[name] for name, floor in FLOORS.items() if hybrid[name] < floor} == {}, means
    assert {name: hybrid[name] for name in FLOORS if hybrid[name] < lexical[name]} == {}, means
