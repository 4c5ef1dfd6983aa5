"""How many words of a query a product must have: as Elasticsearch counts it, and as the service foresees it."""

import pytest

from app.search.lexical import least_words, words_query
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from tests.factory import product
from tests.shops import load

pytestmark = pytest.mark.needs_es
WORDS = ("alba", "brod", "cift", "dran", "elpo", "fusk", "gorm", "hild", "jarn")


def test_the_engine_asks_for_as_many_words_as_are_foreseen(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product(str(n), name=" ".join(WORDS[:n])) for n in range(1, len(WORDS) + 1)], None)
    index = IndexNames(engine_settings.index_prefix).products
    with connect(engine_settings) as client:
        for asked in range(1, len(WORDS) + 1):
            hits = client.search(index=index, query=words_query(" ".join(WORDS[:asked])), size=50)["hits"]["hits"]
            assert min(int(hit["_id"]) for hit in hits) == least_words(asked), asked
