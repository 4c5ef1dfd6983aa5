"""When a side of the bench is warm."""

import pytest

from evaluate.bench.rounds import at_rest


@pytest.mark.parametrize(
    ("times", "rests"),
    [
        ([], False),
        ([9.0, 9.0, 9.0], False),
        ([9.0, 9.0, 9.0, 9.0], True),
        ([12.0, 9.0, 8.0, 7.0], False),
        ([12.0, 9.0, 7.0, 7.1, 9.0, 6.9], True),
        ([12.0, 9.0, 7.0, 7.1, 9.0, 6.7], False),
        ([7.0, 20.0, 20.0, 20.0], True),
    ],
)
def test_at_rest_is_what_no_longer_gets_faster(times: list[float], rests: bool) -> None:
    assert at_rest(times) is rests
