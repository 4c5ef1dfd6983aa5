"""Rankings by cosine, on vectors small enough to rank by hand."""

import numpy as np
import pytest

from evaluate.pictures.metrics import interval, neighbour_precision_at, precision_at, recall_at
from evaluate.pictures.queries import QUERIES
from shop.demo.catalogue import read_catalogue

ITEMS = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-1.0, 0.0]], np.float32)
QUERY = np.array([[1.0, 0.0]], np.float32)


def relevant(*places: int) -> np.ndarray:
    found = np.zeros((1, len(ITEMS)), np.bool_)
    found[0, list(places)] = True
    return found


@pytest.mark.parametrize(
    ("places", "k", "expected"),
    [((0, 1), 2, 1.0), ((0, 3), 2, 0.5), ((0,), 3, 1.0), ((3,), 3, 0.0), ((0, 1, 2), 2, 1.0)],
)
def test_precision_is_out_of_what_can_be_found(places: tuple[int, ...], k: int, expected: float) -> None:
    assert precision_at(QUERY, ITEMS, relevant(*places), k).tolist() == [expected]


def test_recall_counts_the_queries_own_item() -> None:
    assert recall_at(np.repeat(QUERY, 2, 0), ITEMS, [1, 3], 2).tolist() == [1.0, 0.0]


def test_no_item_is_its_own_neighbour() -> None:
    same = np.array([[True, True, False, False]] * 2 + [[False, False, True, True]] * 2)

    assert neighbour_precision_at(ITEMS, same, 1).tolist() == [1.0, 1.0, 0.0, 1.0]


def test_the_interval_holds_the_mean_and_narrows_with_more_queries() -> None:
    scores = np.array([0.0, 1.0] * 50)

    low, high = interval(scores)
    wide_low, wide_high = interval(scores[:10])

    assert low < scores.mean() < high
    assert high - low < wide_high - wide_low


def test_every_query_has_an_answer_in_the_demo() -> None:
    products = [(row["specifications"]["product_type"], row["specifications"]["color"]) for row in read_catalogue()]

    assert len({query.text for query in QUERIES}) == 60
    for query in QUERIES:
        assert any(kind == query.type and query.color in ("", color) for kind, color in products), query.text
