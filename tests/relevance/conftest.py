"""The judged data, loaded once for every test of relevance."""

import json
import urllib.request
from collections.abc import Iterator

import pytest

from es.settings import EngineSettings
from evaluate.errors import DataMissing
from evaluate.relevance.measure import JudgedData, default_data
from evaluate.settings import EvaluateSettings
from tests.shops import engine_at


@pytest.fixture(scope="session")
def judged() -> JudgedData:
    """The judged electronics; skips, saying so, where they are not on this machine."""
    try:
        return default_data(EvaluateSettings())
    except DataMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def judged_engine(judged: JudgedData, es_url: str) -> Iterator[EngineSettings]:  # noqa: ARG001 - skips first
    """The engine under whose prefix the judged products are loaded by whoever measures first."""
    engine = engine_at(es_url)
    yield engine
    with urllib.request.urlopen(f"{es_url}/_cat/indices/{engine.index_prefix}*?format=json&h=index") as answer:
        indices = [row["index"] for row in json.load(answer)]
    if indices:
        request = urllib.request.Request(f"{es_url}/{','.join(indices)}", method="DELETE")
        urllib.request.urlopen(request).close()
