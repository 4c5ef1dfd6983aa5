"""Laws of fusion: they hold for any candidates, not only for those that come to mind."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.search.fusion import Candidate, Convex, Fusion, ReciprocalRank

# A few scores besides any: ties must be met.
words = st.sampled_from([0.0, 1.0, 2.5]) | st.floats(0, 1000, width=32)
cosines = st.none() | st.sampled_from([-0.2, 0.0, 0.5, 1.0]) | st.floats(-1, 1, width=32)
weights = st.sampled_from([0.0, 0.6, 1.0]) | st.floats(0, 1)


@st.composite
def candidate_lists(draw: st.DrawFn, least: int = 0) -> list[Candidate]:
    ids = draw(st.lists(st.text("abc", min_size=1, max_size=4), min_size=least, max_size=25, unique=True))
    return [Candidate(i, draw(words), draw(cosines)) for i in ids]


fusions: st.SearchStrategy[Fusion] = weights.map(Convex) | st.builds(
    ReciprocalRank, constant=st.integers(0, 100), depth=st.integers(1, 30)
)


def order(fusion: Fusion, candidates: list[Candidate]) -> list[str]:
    return [fused.candidate.product_id for fused in fusion.fuse(candidates)]


@given(fusions, candidate_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(fusion: Fusion, candidates: list[Candidate], chance: object) -> None:
    shuffled = list(candidates)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis' Random has no public type
    assert fusion.fuse(shuffled) == fusion.fuse(candidates)


@given(fusions, candidate_lists())
def test_nothing_is_lost_or_doubled(fusion: Fusion, candidates: list[Candidate]) -> None:
    fused = [f.candidate for f in fusion.fuse(iter(candidates))]
    assert len(fused) == len(candidates)
    assert set(fused) == set(candidates)


@given(fusions, candidate_lists())
def test_a_score_is_the_sum_of_its_parts_and_sorts_the_list(fusion: Fusion, candidates: list[Candidate]) -> None:
    fused = fusion.fuse(candidates)
    assert all(f.score == f.lexical + f.semantic and f.lexical >= 0 and f.semantic >= 0 for f in fused)
    keys = [(-f.score, -f.candidate.words, f.candidate.product_id) for f in fused]
    assert keys == sorted(keys)


@given(weights, candidate_lists())
def test_convex_scores_lie_between_0_and_1(weight: float, candidates: list[Candidate]) -> None:
    for fused in Convex(weight).fuse(candidates):
        assert 0 <= fused.score <= 1 + 1e-9
        assert fused.lexical <= weight + 1e-9
        assert fused.semantic <= 1 - weight + 1e-9


@given(st.floats(0.01, 0.99), candidate_lists(1))
def test_convex_gives_1_only_to_what_is_best_in_both(weight: float, candidates: list[Candidate]) -> None:
    best = Candidate("zzzzz", max(c.words for c in candidates) + 1, 1.0)
    first = Convex(weight).fuse([*candidates, best])[0]
    assert first.candidate == best
    assert first.score == pytest.approx(1)


@given(fusions, candidate_lists(2), st.data())
def test_a_better_score_is_never_a_worse_place(
    fusion: Fusion, candidates: list[Candidate], data: st.DataObject
) -> None:
    """Among candidates that have both scores, one that is at least as good in both is never behind."""
    both = [c for c in candidates if c.cosine is not None and c.words > 0]
    assume(len(both) >= 2)
    a, b = data.draw(st.permutations(both))[:2]
    assert a.cosine is not None
    assert b.cosine is not None
    places = order(fusion, candidates)
    if a.words >= b.words and a.cosine >= b.cosine and (a.words > b.words or a.product_id < b.product_id):
        score = {f.candidate.product_id: f.score for f in fusion.fuse(candidates)}
        assert score[a.product_id] >= score[b.product_id]
        assert places.index(a.product_id) < places.index(b.product_id)


@given(weights, candidate_lists(1))
def test_those_found_by_words_alone_keep_the_order_of_their_words(weight: float, candidates: list[Candidate]) -> None:
    """Pages go on from the last of them, so this must hold whatever the weight is."""
    for fusion in (Convex(weight), ReciprocalRank(depth=3)):
        alone = [f.candidate for f in fusion.fuse(candidates) if f.candidate.cosine is None]
        assert alone == sorted(alone, key=lambda c: (-c.words, c.product_id))


@given(weights, candidate_lists(1), st.integers(0, 25))
def test_the_first_places_do_not_depend_on_how_far_the_words_list_was_fetched(
    weight: float, candidates: list[Candidate], depth: int
) -> None:
    """What makes pages fit together: all neighbours and the best `n` others decide the first `n` places."""
    near = [c for c in candidates if c.cosine is not None]
    others = sorted((c for c in candidates if c.cosine is None), key=lambda c: (-c.words, c.product_id))
    fetched = [*near, *others[:depth]]
    for fusion in (Convex(weight), ReciprocalRank(depth=max(1, min(depth, 5)))):
        if depth == 0 and isinstance(fusion, ReciprocalRank):
            continue
        first = fusion.fuse(fetched)[:depth]
        whole = fusion.fuse(candidates)[:depth]
        assert [f.candidate for f in first] == [f.candidate for f in whole]
        assert [f.score for f in first] == pytest.approx([f.score for f in whole])


def test_a_later_part_of_the_list_is_scored_by_the_best_of_the_whole() -> None:
    whole = Convex(0.6).fuse([Candidate("a", 8.0, 0.5), Candidate("b", 4.0), Candidate("c", 2.0)])
    later = Convex(0.6, top=8.0).fuse([Candidate("a", 0.0, 0.5), Candidate("c", 2.0)])
    assert {f.candidate.product_id: f.score for f in later}["c"] == pytest.approx(
        {f.candidate.product_id: f.score for f in whole}["c"]
    )


def test_convex_worked_by_hand() -> None:
    fused = Convex(0.6).fuse([Candidate("words", 10.0), Candidate("both", 5.0, 0.8), Candidate("near", 0.0, 0.4)])
    scores = {f.candidate.product_id: (round(f.lexical, 9), round(f.semantic, 9)) for f in fused}
    # What the words alone found has the cosine of the last neighbour: half of the best one.
    assert scores == {"words": (0.6, 0.2), "both": (0.3, 0.4), "near": (0.0, 0.2)}
    assert [f.candidate.product_id for f in fused] == ["words", "both", "near"]


def test_reciprocal_rank_worked_by_hand() -> None:
    fused = ReciprocalRank(60).fuse([Candidate("a", 3.0, 0.1), Candidate("b", 2.0, 0.9), Candidate("c", 2.0)])
    scores = {f.candidate.product_id: f.score for f in fused}
    # b and c share the second place by words.
    assert scores == pytest.approx({"a": 1 / 61 + 1 / 62, "b": 1 / 62 + 1 / 61, "c": 1 / 62})
    assert [f.candidate.product_id for f in fused] == ["a", "b", "c"]


@given(candidate_lists(1), st.floats(0.5, 100, width=16))
def test_reciprocal_rank_sees_order_and_not_size(candidates: list[Candidate], factor: float) -> None:
    scaled = [Candidate(c.product_id, c.words * factor, c.cosine) for c in candidates]
    ordered = len({c.words for c in candidates}) == len({c.words for c in scaled})
    assume(ordered and not any(math.isinf(c.words) for c in scaled))
    assert order(ReciprocalRank(), candidates) == order(ReciprocalRank(), scaled)


@given(candidate_lists())
def test_reciprocal_rank_is_bounded(candidates: list[Candidate]) -> None:
    for fused in ReciprocalRank(60).fuse(candidates):
        assert 0 <= fused.score <= 2 / 61
        assert (fused.lexical > 0) == (fused.candidate.words > 0)
        assert (fused.semantic > 0) == (fused.candidate.cosine is not None)
