"""Fusion of rankings into one: by words, by meaning, by look. Pure; neither depends on the order of its input.

Convex combination with theoretical-minimum normalisation (Bruch, Gai, Ingber: An Analysis of Fusion Functions for
Hybrid Retrieval, ACM TOIS 2023, arXiv 2210.11934): each score is divided by the best of its list, above the least
value that it can have. That is 0 for BM25, and for the cosine 0 too: sentence vectors of unrelated texts lie around
0, so nothing below it is evidence.

A candidate that was found by its vectors and has some of the words, too few to be found by them, is given half of what
they score: a shoe of the brand that was asked for comes before one of another. So is one that has enough of the words
where others are the thing that they ask for and it is not: a laptop that comes with a screwdriver is no screwdriver.
But the last word is not always what tells: of "apple tree" apples that are not called trees are nearer by meaning than
any tree that is no apple, and what has only some of the words is not less for not having the last one then.

Every candidate has all its scores, whichever retriever found it. Guessing the missing ones, as is usual, costs .02 of
nDCG@10 on judged queries (docs/explain/relevance.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

RRF_CONSTANT: Final = 60

_PARTLY: Final = 0.5
"""What BM25F of some of the words counts, beside that of enough of them; and of words in something else than the thing
that is asked for."""

_NEARER: Final = 1.1
_NEAR: Final = 0.45
"""So many times nearer by meaning than all that are the thing, and as near as half of what is rated as perfect
(docs/explain/relevance.md), the last word is not what tells."""

# Below this a best score is none: dividing by it would overflow.
_NOTHING: Final = 1e-30


# Named tuples, not frozen dataclasses: a search makes some 250 of these, and they are made three times as fast.
class Candidate(NamedTuple):
    """A product with what each retriever says of it: its BM25F score (0: not found by words), the cosine of its text
    and the one of its pictures (`look`; None: it has no such vector). `near` and `alike`: it is among the neighbours
    that vector search found by text and by look; where nobody asked which of the two, it is `near`. `partly`: its BM25F
    score for any of the words, where it was asked. `thing`: its name has the thing that the words ask for."""

    product_id: str
    words: float = 0.0
    cosine: float | None = None
    near: bool = False
    look: float | None = None
    alike: bool = False
    partly: float = 0.0
    thing: bool = False

    @property
    def neighbour(self) -> bool:
        return self.near or self.alike


class Fused(NamedTuple):
    """A candidate's place in the fused list: `score` = `lexical` + `semantic` + `look`, the weighted parts."""

    candidate: Candidate
    score: float
    lexical: float
    semantic: float
    look: float = 0.0


@dataclass(frozen=True, slots=True)
class Convex:
    """Weighted sum; `weight` is the lexical part's, 0 to 1. Of the rest, `look_share` is the pictures', the other
    part the text's. A look below `look_zero` is no evidence: looks are measured from there.

    A candidate without one of the vectors is judged by the other one; without both it is given the least cosine of
    the others. So an index without pictures is ranked as if there were no look at all.
    """

    weight: float
    look_share: float = 0.0
    look_zero: float = 0.0
    per_query: bool = False
    """Whether the weight was made for this query, by app.search.weights."""

    def fuse(self, candidates: Iterable[Candidate]) -> list[Fused]:
        """Best first; equal scores by BM25F score, then product id."""
        found = list(candidates)
        evidence = [c.words or c.partly * _PARTLY for c in found]
        top = max(evidence, default=0.0)
        cosines = [c.cosine for c in found if c.cosine is not None]
        looks = [c.look for c in found if c.look is not None]
        per_word = self.weight / top if top > _NOTHING else 0.0
        per_cosine = (1 - self.weight) / max(cosines) if cosines and max(cosines) > _NOTHING else 0.0
        unseen = max(0.0, min(cosines, default=0.0)) * per_cosine
        zero, alikest = self.look_zero, max(looks, default=0.0)
        per_look = (1 - self.weight) / (alikest - zero) if alikest - zero > _NOTHING else 0.0
        # Without a single look, or with looks that say nothing, the text has the whole share.
        share = self.look_share if per_look else 0.0
        ranked = []
        nearest = max((c.cosine or 0.0 for c in found if c.thing), default=None)
        nearer = max(_NEAR, _NEARER * nearest) if nearest is not None else 0.0
        for candidate, words in zip(found, evidence, strict=True):
            product_id, enough, cosine, _, look, _, _, thing = candidate
            if nearest is not None and not thing and (enough or (cosine or 0.0) <= nearer):
                words *= _PARTLY
            lexical = words * per_word
            seen = None if look is None else max(0.0, look - zero) * per_look
            meant = (cosine * per_cosine if cosine > 0.0 else 0.0) if cosine is not None else unseen
            if seen is None:
                semantic, looking = meant, 0.0
            elif cosine is None:
                semantic, looking = 0.0, seen
            else:
                semantic, looking = meant * (1 - share), seen * share
            score = lexical + semantic + looking
            # As `best_first`, made on the way; no two have one id, so places are never compared.
            ranked.append((-score, -words, product_id, Fused(candidate, score, lexical, semantic, looking)))
        ranked.sort()
        return [place for _, _, _, place in ranked]


@dataclass(frozen=True, slots=True)
class ReciprocalRank:
    """Reciprocal rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009): the sum of 1 / (constant + rank).

    A list holds what its retriever found: a cosine counts only for neighbours.
    """

    constant: int = RRF_CONSTANT

    def fuse(self, candidates: Iterable[Candidate]) -> list[Fused]:
        """Best first, as above. Equal scores in one list share the better rank."""
        found = list(candidates)
        by_words = self._ranks([(c.product_id, c.words) for c in found if c.words > 0])
        by_meaning = self._ranks([(c.product_id, c.cosine) for c in found if c.near and c.cosine is not None])
        by_look = self._ranks([(c.product_id, c.look) for c in found if c.alike and c.look is not None])
        fused = []
        for c in found:
            lexical, semantic = by_words.get(c.product_id, 0.0), by_meaning.get(c.product_id, 0.0)
            look = by_look.get(c.product_id, 0.0)
            fused.append(Fused(c, lexical + semantic + look, lexical, semantic, look))
        return sorted(fused, key=best_first)

    def _ranks(self, scored: Sequence[tuple[str, float]]) -> dict[str, float]:
        parts: dict[str, float] = {}
        rank, previous = 0, None
        for position, (product_id, score) in enumerate(sorted(scored, key=lambda pair: -pair[1]), start=1):
            if score != previous:
                rank, previous = position, score
            parts[product_id] = 1 / (self.constant + rank)
        return parts


@dataclass(frozen=True, slots=True)
class Weighed:
    """Another fusion, the scores of some products multiplied by the factors of merchandising rules."""

    fusion: Convex | ReciprocalRank
    factors: Mapping[str, float]

    def fuse(self, candidates: Iterable[Candidate]) -> list[Fused]:
        """Best first, as above."""
        places = self.fusion.fuse(candidates)
        factors = self.factors
        weighed = [place._replace(score=place.score * factors.get(place.candidate.product_id, 1.0)) for place in places]
        return sorted(weighed, key=best_first)


@dataclass(frozen=True, slots=True)
class Lifted:
    """Another fusion, each score multiplied by 1 + what the signals of the product's worth add (app.search.signals)."""

    fusion: Convex | ReciprocalRank | Weighed
    boosts: Mapping[str, float]

    def fuse(self, candidates: Iterable[Candidate]) -> list[Fused]:
        """Best first, as above."""
        boosts = self.boosts
        places = self.fusion.fuse(candidates)
        lifted = [place._replace(score=place.score * (1 + boosts[place.candidate.product_id])) for place in places]
        return sorted(lifted, key=best_first)


def best_first(place: Fused) -> tuple[float, float, str]:
    """Sorts places: by score, then BM25F score, then product id."""
    return -place.score, -place.candidate.words, place.candidate.product_id


Fusion = Convex | ReciprocalRank | Weighed | Lifted
