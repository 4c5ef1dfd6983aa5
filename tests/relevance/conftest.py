"""The judged data, loaded once for every test of relevance."""

from collections.abc import Iterator

import pytest

from es.settings import EngineSettings
from evaluate.errors import DataMissing
from evaluate.relevance.measure import JudgedData, default_data
from evaluate.settings import EvaluateSettings
from tests.engines import own_engine


@pytest.fixture(scope="session")
def judged() -> JudgedData:
    """The judged electronics; skips, saying so, where they are not on this machine."""
    try:
        return default_data(EvaluateSettings())
    except DataMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def judged_engine(judged: JudgedData, es_url: str) -> Iterator[EngineSettings]:  # noqa: ARG001 - skips first
    """The engine under whose prefix the judged products are loaded, for each test anew: the graph of vectors is drawn
    by chance, and a test that is tried again is to measure another draw."""
    with own_engine(es_url) as engine:
        yield engine
