"""Order numbers and intents of labelled support requests. Skips where the data is not on this machine."""

import pytest

from app.chat.reading.trained import TrainedReader
from app.chat.reading.vectors import MessageVectors
from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.requests.measure import FILE, measure, requests
from evaluate.settings import EvaluateSettings


def test_order_numbers_are_read_and_none_are_invented() -> None:
    path = EvaluateSettings().data / FILE
    if not path.is_file():
        pytest.skip(f"no judged data: {path}")
    found = measure(requests(path))
    assert found.numbers.of > 500
    assert found.numbers.rate >= 0.95, found.missed[:10]
    assert found.invented.rate <= 0.005
    assert found.wrong.rate <= 0.1


def test_nineteen_in_twenty_requests_are_understood() -> None:
    path = EvaluateSettings().data / FILE
    if not path.is_file():
        pytest.skip(f"no judged data: {path}")
    sentences = text_embedder(EmbedSettings())
    found = measure(requests(path)[::8], TrainedReader(MessageVectors(lambda: sentences)))
    assert found.understood.of > 600
    assert found.understood.rate >= 0.94, found.confused
    assert found.misread.rate <= 0.03, found.confused
