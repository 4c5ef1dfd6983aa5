"""Order numbers of labelled support requests. Skips where the data is not on this machine."""

import pytest

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
