"""Search on judged queries must not fall below what it was, nor hybrid search below search by words.

Floors stand a little under what was measured (docs/explain/relevance.md), for approximate vector search differs
from load to load.
"""

import pytest

from app.settings import ServiceSettings
from es.settings import EngineSettings
from evaluate.relevance.measure import JudgedData, measure
from evaluate.relevance.report import intervals
from evaluate.search.compare import LEAST_QUERIES, below, compare_in_own_index
from evaluate.search.configs import DEFAULT

pytestmark = pytest.mark.needs_es
FLOORS = {"ndcg_condensed": 0.91, "ndcg_raw": 0.84, "recall": 0.95}
SETTINGS = ServiceSettings(_env_file=None)


async def test_hybrid_search_is_good_and_nowhere_below_lexical(
    judged: JudgedData, judged_engine: EngineSettings
) -> None:
    measured = await measure(judged, judged_engine, judged_engine.es_url, SETTINGS)
    means = {
        mode: {name: found.mean for name, found in intervals(figures).items()}
        for mode, figures in measured.scored.items()
    }
    hybrid, lexical = means["hybrid"], means["lexical"]
    assert measured.data["judged_but_not_there"] == 0
    assert {name: hybrid[name] for name, floor in FLOORS.items() if hybrid[name] < floor} == {}, means
    assert {name: hybrid[name] for name in FLOORS if hybrid[name] < lexical[name]} == {}, means


async def test_hybrid_search_is_below_lexical_on_no_class_of_queries(
    judged: JudgedData, judged_engine: EngineSettings
) -> None:
    compared = await compare_in_own_index(judged, DEFAULT, judged_engine, judged_engine.es_url, SETTINGS)
    judged_alone = [name for name, positions in compared.classes.items() if len(positions) >= LEAST_QUERIES]
    assert len(judged_alone) >= 4, compared.classes
    assert below(compared, "hybrid") == []
