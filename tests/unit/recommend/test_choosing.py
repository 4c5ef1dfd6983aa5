"""From candidates to a list, and from data to sentences, on plain values."""

from collections import Counter
from datetime import UTC, datetime
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.recommend.choosing import Option, choose, with_pins
from app.recommend.contract import Candidate, Did, Interaction, RecommendationRequest
from app.recommend.opening import NAMES, placements_of
from app.recommend.placements import PlacementPlan
from app.recommend.reasons import sentence
from app.recommend.recommenders.evidence import weights_of
from app.recommend.recommenders.hybrid import mixed
from app.recommend.settings import RecommendSettings


def option(number: int, score: float, **more: Any) -> Option:  # noqa: ANN401
    return Option(f"p{number:03d}", score, "test", {}, {}, group_id=more.pop("group_id", f"g{number}"), **more)


def plan(**parts: Any) -> PlacementPlan:  # noqa: ANN401
    return PlacementPlan(recommenders={"hybrid": 1.0}, **parts)


options = st.lists(
    st.builds(
        lambda number, score, brand, group: option(number, score, brand=brand, group_id=f"g{group}"),
        st.integers(0, 999),
        st.floats(0.01, 1),
        st.sampled_from(["a", "b", "c", ""]),
        st.integers(0, 30),
    ),
    max_size=40,
    unique_by=lambda o: o.product_id,
)


@given(options, st.integers(1, 12), st.integers(0, 3), st.integers(0, 100))
def test_the_laws_of_a_list(found: list[Option], limit: int, cap: int, seed: int) -> None:
    chosen = choose(found, plan(per_brand=cap), limit, explore=0.5, chance=Random(seed))
    families = {o.group_id for o in found}
    assert len(chosen) == min(limit, len(families))
    assert len({c.option.group_id for c in chosen}) == len(chosen)
    assert all(0 < c.propensity <= 1 for c in chosen)
    brands = Counter(c.option.brand for c in chosen[:-1] if c.option.brand)
    others = {o.group_id for o in found if not o.brand or brands[o.brand] < cap} - {c.option.group_id for c in chosen}
    if cap and others:
        assert all(count <= cap for count in brands.values())


def by_the_book(found: list[Option], diversity: float, cap: int, limit: int) -> list[str]:
    """Maximal marginal relevance with caps, choice by choice, as `choose` describes it."""
    chosen: list[Option] = []
    while len(chosen) < limit:
        left = [o for o in found if o.group_id not in {c.group_id for c in chosen}]
        free = [o for o in left if not o.brand or not cap or sum(c.brand == o.brand for c in chosen) < cap]
        if not left:
            break
        likeness = {o.product_id: max([0.0, *(float(o.vector @ c.vector) for c in chosen)]) for o in left}  # type: ignore[operator]
        worth = {o.product_id: (1 - diversity) * o.score - diversity * likeness[o.product_id] for o in left}
        chosen.append(max(free or left, key=lambda o: worth[o.product_id]))
    return [o.product_id for o in chosen]


@given(options, st.integers(1, 12), st.integers(0, 3), st.sampled_from([0.0, 0.3, 0.7]), st.integers(0, 100))
def test_a_list_is_chosen_by_the_book(found: list[Option], limit: int, cap: int, diversity: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    spread = [
        o._replace(score=float(score), vector=vector / np.linalg.norm(vector))
        for o, score, vector in zip(
            found, chance.permutation(len(found)) + 1.0, chance.normal(size=(len(found), 4)), strict=True
        )
    ]
    chosen = choose(spread, plan(per_brand=cap, diversity=diversity), limit)
    assert [c.option.product_id for c in chosen] == by_the_book(spread, diversity, cap, limit)


def test_likeness_costs() -> None:
    east, north = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    found = [option(1, 1.0, vector=east), option(2, 0.95, vector=east), option(3, 0.8, vector=north)]
    assert [c.option.product_id for c in choose(found, plan(), 2)] == ["p001", "p002"]
    assert [c.option.product_id for c in choose(found, plan(diversity=0.5), 2)] == ["p001", "p003"]


def test_vectors_of_two_models_are_not_compared() -> None:
    """While another catalogue takes the place of the one before, lists may know products of both."""
    found = [option(1, 1.0, vector=np.array([1.0, 0.0], np.float32)), option(2, 0.9, vector=np.ones(3, np.float32))]
    assert [c.option.product_id for c in choose(found, plan(diversity=0.5), 2)] == ["p001", "p002"]


def test_pins_stand_at_their_places() -> None:
    found = [option(n, 1 / (n + 1)) for n in range(5)]
    chosen = with_pins(choose(found, plan(), 4), [(2, option(9, 1.0)), (40, option(8, 1.0))], 4)
    assert [c.option.product_id for c in chosen] == ["p000", "p009", "p001", "p002"]


def test_propensities_are_the_shares_of_the_choices() -> None:
    found = [option(n, 1 / (n + 1)) for n in range(6)]
    chance = Random(1)
    drawn = [choose(found, plan(), 3, explore=0.4, chance=chance)[-1] for _ in range(20_000)]
    times = Counter(c.option.product_id for c in drawn)
    told = {c.option.product_id: c.propensity for c in drawn}
    assert set(times) == {"p002", "p003", "p004", "p005"}
    assert sum(told.values()) == pytest.approx(1)
    for product, propensity in told.items():
        assert times[product] / 20_000 == pytest.approx(propensity, abs=0.015)


def test_scores_are_mixed_as_shares_of_the_best() -> None:
    lists = {
        "a": [Candidate("x", 10, {"kind": "taste"}), Candidate("y", 5)],
        "b": [Candidate("y", 0.2, {"kind": "in_stock"}), Candidate("z", 0.1)],
    }
    found = mixed(lists, {"a": 0.4, "b": 0.6})
    assert [(c.product_id, round(c.score, 6), of) for c, of in found] == [
        ("y", 0.8, "b"), ("x", 0.4, "a"), ("z", 0.3, "b"),
    ]  # fmt: skip
    assert found[0][0].reason_data == {"kind": "in_stock"}


def test_the_latest_event_of_this_visit_counts_most() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    history = (
        Interaction("old", Did.LOOKED, at),
        Interaction("before", Did.LOOKED, at, in_session=True),
        Interaction("now", Did.LOOKED, at, in_session=True),
    )
    request = RecommendationRequest("home", history=history)
    assert list(weights_of(request, 10)) == ["now", "before", "old"]
    assert request.about == ("now", "before", "old")


def test_the_placements_that_come_with_the_product() -> None:
    placements = placements_of(RecommendSettings())
    assert {"home", "product", "cart", "category", "search", "post_purchase", "email"} <= set(placements)
    assert {name for one in placements.values() for name in one.recommenders} <= NAMES


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ({"kind": "viewed_together", "product_id": "a", "did": "looked"}, "Because you looked at Kettle"),
        ({"kind": "follows", "product_id": "a", "did": "page"}, "Shoppers of Kettle also looked at this"),
        (
            {"kind": "bought_together", "product_id": "a", "did": "page", "share": 0.344},
            "34 % of the orders with Kettle have this too",
        ),
        ({"kind": "bought_together", "product_id": "a", "did": "", "share": 0.004}, "Ordered together with Kettle"),
        ({"kind": "similar", "product_id": "gone"}, ""),
        (
            {"kind": "trending", "orders": 2, "views": 1, "carts": 0, "spike": False},
            "2 sold and looked at once in the last 30 days",
        ),
        ({"kind": "trending", "orders": 0, "views": 0, "carts": 3, "spike": True}, ""),
        ({"kind": "reviewed", "reviews": 0, "rating": None}, ""),
        ({"kind": "reviewed", "reviews": 1200, "rating": 4.5}, "4.5 stars in 1,200 reviews"),
        ({"kind": "new", "created_at": "2026-03-05T00:00:00+00:00"}, "New since 5 March 2026"),
        ({"kind": "told", "text": "It fits."}, "It fits."),
        ({}, ""),
    ],
)  # fmt: skip
def test_sentences(reason: dict[str, Any], said: str) -> None:
    assert sentence(reason, {"a": "Kettle"}) == said
