"""Laws of ranking signals: off they do nothing, on they are bounded, and unknown values are neutral."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.fusion import Candidate, Convex, Fused, Lifted
from app.search.signals import MOST, Merits, Signals, merits_of, signals_of
from app.settings import ServiceSettings

NAMES = ("popularity", "rating", "freshness", "stock", "margin")

merits = st.builds(
    Merits,
    reviews=st.integers(0, 10**6),
    rating=st.none() | st.floats(0, 5),
    in_stock=st.booleans(),
    age_days=st.none() | st.floats(-100, 10_000),
    margin=st.none() | st.floats(0, 1),
)
strengths = st.dictionaries(st.sampled_from(NAMES), st.floats(0.01, 0.5))


def signals(**given_: Any) -> Signals:  # noqa: ANN401 - settings
    return signals_of(ServiceSettings(_env_file=None, **{f"signal_{name}": value for name, value in given_.items()}))


def order(on: Signals, candidates: list[Candidate], worth: dict[str, Merits]) -> list[Fused]:
    return Lifted(Convex(1.0), {name: on.boost(merit) for name, merit in worth.items()}).fuse(candidates)


def test_nothing_is_on_unless_it_is_configured() -> None:
    assert not signals()
    assert signals().fetched == []
    assert signals(rating=0.2).of(Merits(10, 5.0)).keys() == {"rating"}
    assert len(signals(freshness=0.1, margin=0.1).fetched) == 2


@given(strengths, merits)
def test_every_effect_is_within_its_strength_and_all_within_the_most(given_: dict[str, float], merit: Merits) -> None:
    on = signals(**given_)
    found = on.of(merit)
    assert set(found) == set(given_)
    for name, signal in found.items():
        assert signal.value is None or 0 <= signal.value <= 1
        assert abs(signal.effect) <= given_[name] + 1e-9
        assert signal.value is not None or signal.effect == 0
    assert abs(on.boost(merit)) <= min(MOST, sum(given_.values())) + 1e-9


@given(strengths, st.lists(st.tuples(st.floats(0, 1), merits), min_size=1, max_size=12))
def test_what_is_far_ahead_stays_ahead(given_: dict[str, float], found: list[tuple[float, Merits]]) -> None:
    on = signals(**given_)
    candidates = [Candidate(f"p{i}", score) for i, (score, _) in enumerate(found)]
    ordered = order(on, candidates, {f"p{i}": merit for i, (_, merit) in enumerate(found)})
    assert {place.candidate for place in ordered} == set(candidates)
    before = {place.candidate.product_id: place.score for place in Convex(1.0).fuse(candidates)}
    bound = min(MOST, sum(given_.values()))
    for first, second in pairwise(ordered):
        assert first.score >= second.score
        ahead, behind = before[first.candidate.product_id], before[second.candidate.product_id]
        assert behind * (1 - bound) <= ahead * (1 + bound) + 1e-9


@given(st.lists(st.floats(0, 1), max_size=12), merits)
def test_products_of_equal_worth_keep_their_order(scores: list[float], merit: Merits) -> None:
    candidates = [Candidate(f"p{i:02d}", score) for i, score in enumerate(scores)]
    places = Convex(1.0).fuse(candidates)
    on = signals(popularity=0.3, rating=0.3)
    ordered = order(on, candidates, {c.product_id: merit for c in candidates})
    assert [p.candidate for p in ordered] == [p.candidate for p in places]


def test_few_reviews_say_little_of_a_rating() -> None:
    on = signals(rating=0.1, usual_rating=4.0, rating_reviews=10)

    def value(reviews: int, stars: float | None) -> float | None:
        return on.of(Merits(reviews, stars))["rating"].value

    assert value(1, 5.0) == pytest.approx(0.5 + (45 / 11 - 4) / 2)
    assert value(1000, 4.6) > value(1, 5.0)  # type: ignore[operator] # neither is None
    assert value(1000, 4.0) == pytest.approx(0.5)
    assert value(0, None) is None
    # A rating without a single review is nobody's.
    assert value(0, 5.0) is None
    assert value(10**6, 1.0) == 0.0


def test_popularity_grows_by_orders_of_magnitude() -> None:
    on = signals(popularity=0.1, popular_reviews=999)
    values = [on.of(Merits(reviews))["popularity"].value for reviews in (0, 9, 99, 999, 10**6)]
    assert values == pytest.approx([0, 1 / 3, 2 / 3, 1, 1])


def test_freshness_halves_and_a_date_to_come_is_today() -> None:
    on = signals(freshness=0.2, fresh_days=30)
    ages = (-5, 0, 30, 60)
    assert [on.of(Merits(age_days=age))["freshness"].value for age in ages] == pytest.approx([1, 1, 0.5, 0.25])
    assert on.of(Merits(age_days=60))["freshness"].effect == pytest.approx(-0.1)
    assert on.of(Merits())["freshness"] == (None, 0.0)


def test_stock_and_margin() -> None:
    on = signals(stock=0.3, margin=0.2)
    assert on.boost(Merits(in_stock=False, margin=1.0)) == pytest.approx(-0.1)
    assert on.boost(Merits(in_stock=True)) == pytest.approx(0.3)


def test_merits_come_from_the_card_and_its_doc_values() -> None:
    now = datetime(2026, 7, 1, tzinfo=UTC)
    created = now - timedelta(days=3)
    card = {"review_count": 7, "rating": 4.5, "in_stock": False}
    found = {"card": ["..."], "created_at": [str(int(created.timestamp() * 1000))], "margin": [0.25]}
    assert merits_of(card, found, now) == Merits(7, 4.5, False, 3.0, 0.25)
    assert merits_of(card, {"card": ["..."]}, now) == Merits(7, 4.5, False, None, None)
