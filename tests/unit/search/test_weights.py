"""A weight per query: its features, its bounds, and what is said of a wrong file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.search.fusion import Candidate
from app.search.weights import FEATURES, Learned, QueryWeights, features_of, read_weights
from app.settings import ServiceSettings

WINDOW = [
    Candidate("a", 8.0, 0.6, near=True),
    Candidate("b", 4.0, 0.2),
    Candidate("c", 0.0, 0.4, near=True),
    Candidate("d", 0.0, None),
]
candidates = st.lists(
    st.builds(Candidate, st.text("abc", min_size=1, max_size=3), st.floats(0, 100), st.none() | st.floats(-1, 1)),
    max_size=30,
    unique_by=lambda candidate: candidate.product_id,
)


def weights(**coefficients: float) -> QueryWeights:
    features = {name: Learned(mean=1.0, scale=0.5, coefficient=c) for name, c in coefficients.items()}
    return QueryWeights(text_model="m", intercept=0.6, least=0.4, most=0.9, features=features)


def test_features_worked_by_hand() -> None:
    assert features_of("iphone 15 case", WINDOW) == pytest.approx(
        {
            "words": 3.0,
            "digits": 1.0,
            "coverage": 0.5,
            "nearest": 0.6,
            "flatness": 12 / 4 / 8,
            "agreement": 12 / 3 / 8,
            "words_know": 2 / 3,
        }
    )
    assert set(features_of("", [])) == set(FEATURES)


@given(candidates, st.randoms(use_true_random=False))
def test_features_do_not_depend_on_the_order_of_the_window(window: list[Candidate], chance: object) -> None:
    shuffled = list(window)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis' Random has no public type
    assert features_of("a lamp", shuffled) == pytest.approx(features_of("a lamp", window))


@given(candidates, st.text(max_size=20), st.dictionaries(st.sampled_from(sorted(FEATURES)), st.floats(-5, 5)))
def test_a_weight_lies_within_its_bounds(window: list[Candidate], text: str, given_: dict[str, float]) -> None:
    assert 0.4 <= weights(**given_).weight(text, window) <= 0.9


def test_a_weight_worked_by_hand() -> None:
    # Two words are 2 scales above the mean, and half the window found by words one below.
    assert weights(words=0.05, coverage=0.1).weight("red lamp", WINDOW) == pytest.approx(0.6 + 2 * 0.05 - 0.1)
    # What lies further from the mean than anything judged counts as 2 scales.
    assert weights(words=0.05).weight("one two three four five", WINDOW) == pytest.approx(0.7)
    assert weights().weight("lamp", []) == 0.6


def test_a_file_written_is_a_file_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(weights(words=0.1).model_dump_json(indent=2))
    assert read_weights(path) == weights(words=0.1)
    assert ServiceSettings(_env_file=None, fusion_weights=path).fusion_weights == path


GOOD = {"text_model": "m", "intercept": 0.6, "least": 0.4, "most": 0.9, "features": {}}
STEP = {"mean": 0, "scale": 1, "coefficient": 0.1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "JSON"),
        (json.dumps({**GOOD, "intercept": 2}), "intercept"),
        (json.dumps({**GOOD, "least": 0.95}), "least is above most"),
        (json.dumps({**GOOD, "features": {"moon": STEP}}), 'no feature "moon"'),
        (json.dumps({**GOOD, "features": {"words": {**STEP, "scale": 0}}}), "features.words.scale"),
        (json.dumps({"intercept": 0.6}), "text_model"),
    ],
)
def test_a_wrong_file_stops_the_start_with_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(text)
    with pytest.raises(ValidationError, match=said):
        ServiceSettings(_env_file=None, fusion_weights=path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"none\.json cannot be read"):
        ServiceSettings(_env_file=None, fusion_weights=tmp_path / "none.json")
