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
    return [Candidate(i, draw(words), draw(cosines), draw(st.booleans())) for i in ids]


fusions: st.SearchStrategy[Fusion] = weights.map(Convex) | st.builds(ReciprocalRank, constant=st.integers(0, 100))


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
    """Among candidates that both retrievers found, one that is at least as good in both is never behind."""
    both = [c for c in candidates if c.near and c.cosine is not None and c.words > 0]
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
def test_those_without_a_vector_keep_the_order_of_their_words(weight: float, candidates: list[Candidate]) -> None:
    alone = [f.candidate for f in Convex(weight).fuse(candidates) if f.candidate.cosine is None]
    assert alone == sorted(alone, key=lambda c: (-c.words, c.product_id))


def test_convex_worked_by_hand() -> None:
    found = [
        Candidate("words", 10.0, 0.2),
        Candidate("both", 5.0, 0.8, near=True),
        Candidate("near", 0.0, 0.4, near=True),
        Candidate("without", 1.0),
    ]
    fused = Convex(0.6).fuse(found)
    scores = {f.candidate.product_id: (round(f.lexical, 9), round(f.semantic, 9)) for f in fused}
    # What has no vector is given the least cosine of the others: a quarter of the best one.
    assert scores == {"words": (0.6, 0.1), "both": (0.3, 0.4), "near": (0.0, 0.2), "without": (0.06, 0.1)}
    assert [f.candidate.product_id for f in fused] == ["words", "both", "near", "without"]


def test_some_of_the_words_count_half_where_not_enough_are_there() -> None:
    """Of two neighbours, the shoe of the brand that was asked for comes before a nearer one of another."""
    brand, other = Candidate("brand", 0.0, 0.7, near=True, partly=8.0), Candidate("other", 0.0, 0.8, near=True)
    assert order(Convex(0.6), [other, brand]) == ["brand", "other"]
    enough = Candidate("enough", 10.0, 0.1, partly=9.0)
    scores = {f.candidate.product_id: round(f.lexical, 9) for f in Convex(0.6).fuse([other, brand, enough])}
    assert scores == {"enough": 0.6, "brand": 0.24, "other": 0.0}


def test_the_words_of_another_thing_than_was_asked_for_count_half() -> None:
    """A laptop that comes with a screwdriver has the words, and the screwdriver means them."""
    laptop = Candidate("laptop", 10.0, 0.4)
    screwdriver = Candidate("screwdriver", 0.0, 0.5, near=True, partly=8.0, thing=True)
    another = Candidate("another", 6.0, 0.5, thing=True)
    fused = Convex(0.6).fuse([laptop, screwdriver, another])
    assert {f.candidate.product_id: round(f.lexical, 9) for f in fused} == {
        "another": 0.36,
        "laptop": 0.3,
        "screwdriver": 0.24,
    }
    assert order(Convex(0.5), [laptop, screwdriver]) == ["screwdriver", "laptop"]
    # Where nothing is called so, nobody knows better.
    assert order(Convex(0.5), [laptop, screwdriver._replace(thing=False)]) == ["laptop", "screwdriver"]


def test_a_rare_word_in_another_thing_does_not_go_before_the_thing() -> None:
    """Of "warm jacket", headphones in "Warm Up Red" have the rarer word, and a fleece jacket is a jacket."""
    headphones = Candidate("headphones", 0.0, 0.4, near=True, partly=7.8)
    jacket = Candidate("jacket", 0.0, 0.4, near=True, partly=5.2, thing=True)
    assert order(Convex(0.65), [headphones, jacket]) == ["jacket", "headphones"]
    assert order(Convex(0.65), [headphones, jacket._replace(thing=False)]) == ["headphones", "jacket"]


def test_what_is_nearer_than_any_such_thing_is_not_less_for_another_last_word() -> None:
    """Of "apple tree", an apple is nearer by meaning than the olive tree, and it has the rarer word."""
    olive = Candidate("olive", 0.0, 0.37, near=True, partly=5.0, thing=True)
    apple = Candidate("apple", 0.0, 0.48, near=True, partly=5.0)
    assert order(Convex(0.65), [olive, apple]) == ["apple", "olive"]
    # What has enough of the words is told by them.
    laptop, screwdriver = Candidate("laptop", 5.0, 0.6), Candidate("screwdriver", 5.0, 0.5, thing=True)
    assert order(Convex(0.65), [laptop, screwdriver]) == ["screwdriver", "laptop"]


def test_reciprocal_rank_worked_by_hand() -> None:
    near = [Candidate("a", 3.0, 0.1, near=True), Candidate("b", 2.0, 0.9, near=True)]
    fused = ReciprocalRank(60).fuse([*near, Candidate("c", 2.0, 0.5)])
    scores = {f.candidate.product_id: f.score for f in fused}
    # b and c share the second place by words.
    assert scores == pytest.approx({"a": 1 / 61 + 1 / 62, "b": 1 / 62 + 1 / 61, "c": 1 / 62})
    assert [f.candidate.product_id for f in fused] == ["a", "b", "c"]


@given(candidate_lists(1), st.floats(0.5, 100, width=16))
def test_reciprocal_rank_sees_order_and_not_size(candidates: list[Candidate], factor: float) -> None:
    scaled = [c._replace(words=c.words * factor) for c in candidates]
    ordered = len({c.words for c in candidates}) == len({c.words for c in scaled})
    assume(ordered and not any(math.isinf(c.words) for c in scaled))
    assert order(ReciprocalRank(), candidates) == order(ReciprocalRank(), scaled)


@given(candidate_lists())
def test_reciprocal_rank_is_bounded(candidates: list[Candidate]) -> None:
    for fused in ReciprocalRank(60).fuse(candidates):
        assert 0 <= fused.score <= 2 / 61
        assert (fused.lexical > 0) == (fused.candidate.words > 0)
        # A retriever ranks what it found, and nothing else.
        assert (fused.semantic > 0) == (fused.candidate.near and fused.candidate.cosine is not None)
