"""Weights learned from feedback: little moves them little, much moves them within their bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.learned_weights import LEAST, MOST, Evidence, bounded, learned
from shop.recommenders.starting_weights import STARTING_WEIGHTS


def test_nothing_known_is_what_a_shop_starts_with() -> None:
    assert learned({}) == {"*": pytest.approx(dict(STARTING_WEIGHTS))}
    assert learned({"home": {"content": Evidence(5, 0.0, 0.0)}})["home"] == pytest.approx(dict(STARTING_WEIGHTS))


def test_what_brings_more_than_its_places_should_counts_more() -> None:
    fair = {part: Evidence(1000, 300.0, 300.0) for part in STARTING_WEIGHTS}
    found = learned({"home": {**fair, "sequential": Evidence(1000, 600.0, 300.0)}, "email": fair})
    assert found["home"]["sequential"] > found["*"]["sequential"] > STARTING_WEIGHTS["sequential"]
    assert found["home"]["content"] == found["home"]["collaborative"] < 0.4
    assert abs(found["email"]["sequential"] - 0.2) < abs(found["home"]["sequential"] - 0.2)


def test_a_few_lists_move_little_and_a_placement_leans_on_the_others() -> None:
    lucky = {"content": Evidence(8, 5.0, 1.0)}
    alone = learned({"home": lucky})["home"]["content"]
    assert 0.4 < alone < 0.45
    many = {"collaborative": Evidence(10_000, 1000.0, 2000.0), "content": Evidence(10_000, 3000.0, 2000.0)}
    leaning = learned({"home": lucky, "cart": many})
    assert leaning["home"]["content"] > 0.55
    assert leaning["home"]["content"] == pytest.approx(leaning["*"]["content"], abs=0.05)


def test_nothing_is_switched_off_or_left_alone() -> None:
    hated = {"content": Evidence(10_000, -900.0, 500.0), "sequential": Evidence(10_000, 90_000.0, 500.0)}
    found = learned({"home": hated})["home"]
    assert found["content"] == pytest.approx(LEAST, abs=1e-3)
    assert found["sequential"] <= MOST + 1e-3


@given(st.lists(st.floats(0, 1e9), min_size=3, max_size=5))
def test_weights_add_up_within_their_bounds(given_weights: list[float]) -> None:
    found = bounded({str(n): weight for n, weight in enumerate(given_weights)})
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)
    assert all(LEAST - 1e-3 <= weight <= MOST + 1e-3 for weight in found.values())
    ranked = sorted(found, key=lambda name: given_weights[int(name)])
    assert [found[name] for name in ranked] == sorted(found.values())
