"""The checker must not fall below what was measured (docs/explain/grounding.md)."""

import pytest

from evaluate.grounding.measure import measure

FALSEHOODS, CAUGHT, ALARMS = 1_000, 0.98, 0.02


@pytest.mark.parametrize("seed", [7, 8])
def test_falsehoods_are_caught_and_true_answers_left_alone(seed: int) -> None:
    measured = measure(80, seed)
    assert measured.caught.of >= FALSEHOODS
    assert measured.caught.rate >= CAUGHT, [one.sentences[one.place] for one in measured.missed]
    assert measured.alarms.rate <= ALARMS, [text for _, text in measured.disturbed]
    assert min(share.rate for share in measured.by_kind.values()) > 0.85, measured.by_kind
