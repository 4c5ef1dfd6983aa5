"""Matrix factorisation from stored vectors: a shopper's is the one that the model gives, and what speaks for a product
adds most to it."""

from datetime import UTC, datetime

import numpy as np
import pytest

from shop.recommenders.factor_index import READ, Factors, documents, factors_of, read_for, shopper
from shop.recommenders.factorization import AlsFactorization
from shop.recommenders.histories import Histories

IDS = [f"p{number}" for number in range(6)]
WALKS = [[0, 1, 2], [0, 1], [1, 2], [3, 4], [3, 4, 3], [4, 3]]


@pytest.fixture(scope="module")
def model() -> AlsFactorization:
    found = AlsFactorization(factors=3, iterations=10, decay=0.7)
    found.fit(Histories.of(WALKS, len(IDS)))
    return found


@pytest.fixture(scope="module")
def rows(model: AlsFactorization) -> dict[str, Factors]:
    return {product: factors_of(row) for product, row in documents(IDS, model, datetime.now(UTC), IDS)}


def test_only_products_that_somebody_touched_are_stored(rows: dict[str, Factors]) -> None:
    assert sorted(rows) == ["p0", "p1", "p2", "p3", "p4"]


@pytest.mark.parametrize("history", [[0], [0, 1], [3, 1, 3], [2, 2, 2, 4]])
def test_a_shopper_is_who_the_model_says(model: AlsFactorization, rows: dict[str, Factors], history: list[int]) -> None:
    solved = shopper([IDS[n] for n in history], rows)
    assert solved is not None
    assert solved.vector == pytest.approx(model.shoppers(Histories.of([history], len(IDS)))[0], rel=1e-3, abs=1e-5)
    assert sum(solved.parts.values()) == pytest.approx(solved.vector, rel=1e-3, abs=1e-5)


def test_who_went_on_from_a_product_speaks_for_what_follows(rows: dict[str, Factors]) -> None:
    solved = shopper(["p3", "p0"], rows)
    assert solved is not None
    assert solved.because(rows["p1"].vector) == "p0"
    assert solved.because(rows["p4"].vector) == "p3"
    others = {product: float(rows[product].vector @ solved.vector) for product in ("p1", "p2", "p4")}
    assert others["p1"] > others["p2"] > 0


def test_what_nobody_touched_says_nothing(rows: dict[str, Factors]) -> None:
    assert shopper(["p5", "gone"], rows) is None
    assert shopper([], rows) is None
    known, mixed = shopper(["p0"], rows), shopper(["p0", "p5"], rows)
    assert known is not None
    assert mixed is not None
    assert np.dot(known.vector, mixed.vector) > 0
    assert list(mixed.parts) == ["p0"]


def test_the_latest_are_read() -> None:
    assert read_for(["a", "b", "a"]) == ["a", "b"]
    assert read_for([f"p{n}" for n in range(200)]) == [f"p{n}" for n in range(199, 199 - READ, -1)]
