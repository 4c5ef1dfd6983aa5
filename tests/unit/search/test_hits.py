"""What is read from Elasticsearch's hits."""

from typing import Any

import pytest

from app.search.hits import NEIGHBOURS_FIRST, hits_of, window_of


def hit(number: int, first: float, **scores: float) -> dict[str, Any]:
    return {"sort": [first, f"p{number}"], "fields": {"card": ["e30="]}, "matched_queries": scores}


@pytest.mark.parametrize("cosine", [-0.9, 0.0, 0.28, 1.0])
def test_a_neighbour_is_told_by_its_score(cosine: float) -> None:
    score = NEIGHBOURS_FIRST * (1 + cosine) / 2
    near, also, words = hits_of(
        {
            "hits": {
                "hits": [
                    hit(1, score, cosine=1 + cosine),
                    hit(2, score + 30, words=30.0, cosine=1 + cosine),
                    hit(3, 30.0, words=30.0, cosine=1.1),
                ]
            }
        }
    )
    assert [found.candidate.near for found in (near, also, words)] == [True, True, False]
    assert near.candidate.cosine == pytest.approx(cosine)
    assert (near.candidate.words, also.candidate.words) == (0.0, 30.0)
    assert [found.candidate.product_id for found in window_of([near, words])] == ["p1", "p3"]


def test_names_of_neighbours_tell_by_what_they_were_found() -> None:
    score = NEIGHBOURS_FIRST * 0.8
    text, look, both, other = hits_of(
        {
            "hits": {
                "hits": [
                    hit(1, score, meaning=score, cosine=1.6, look_cosine=1.1),
                    hit(2, score, look=score, cosine=1.1, look_cosine=1.6),
                    hit(3, 2 * score, **{"meaning but color": score, "look": score}, cosine=1.6, look_cosine=1.6),
                    hit(4, 5.0, words=5.0, cosine=1.1, look_cosine=1.1),
                ]
            }
        }
    )
    told = [(found.candidate.near, found.candidate.alike) for found in (text, look, both, other)]
    assert told == [(True, False), (False, True), (True, True), (False, False)]


def test_an_order_by_price_tells_no_neighbours() -> None:
    (cheap,) = hits_of({"hits": {"hits": [hit(1, 90_000.0, words=3.0)]}})
    assert not cheap.candidate.neighbour
