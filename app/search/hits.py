"""What Elasticsearch answered, as hits and counts. Pure."""

from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import orjson

from app.search import facets as facet_counts
from app.search.fusion import Candidate
from app.search.hit import Hit
from app.search.lexical import SOME_WORDS, WORDS
from app.search.query import SearchQuery
from app.search.understanding.naming import NamedIn
from app.search.vector import LOOK, MEANING, cosine
from es.mappings import products as fields
from shop.rules.plan import Pinned, Weighted

# Above any sum of BM25F scores, so that neighbours come first; their own order is made by fusion. A neighbour scores
# NEIGHBOURS_FIRST * (1 + cosine) / 2, so that a hit is one from `_NEIGHBOUR` on: above any sum of BM25F scores, too,
# and at a cosine of -.98, which no neighbour has.
NEIGHBOURS_FIRST: Final = 1e6
_NEIGHBOUR: Final = NEIGHBOURS_FIRST / 100

TOTAL_FAMILIES: Final = "families of all"
"""Aggregation of a grouped search; no facet's name has spaces."""

WINDOW: Final = 40
"""How many of the hits that only the words found are fused with the neighbours."""

_NEAR, _MEANT = MEANING.name, MEANING.exact
_ALIKE, _LOOK = LOOK.name, LOOK.exact
_NO_SCORES: Final[Mapping[str, float]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What Elasticsearch answered: hits in its order, the exact size of the result, the raw facet counts, and the
    index that answered (empty where nothing was hit)."""

    hits: list[Hit]
    total: int
    facets: dict[str, Any]
    index: str = ""
    asked: SearchQuery | None = None
    """The search as it was sent, with the facets that were counted."""
    pinned: tuple[tuple[Pinned, Hit], ...] = ()
    """Pins of merchandising rules that may be shown, by place."""
    weighed: Mapping[str, tuple[Weighted, ...]] = field(default_factory=dict)
    """By product, the rules that raise or lower it."""


def read_answer(answer: dict[str, Any], thing: NamedIn | None = None) -> Retrieved:
    """Hits, total and facet counts of one answer. `thing`: what is asked for, which each hit is told by its name to be
    or not."""
    hits = answer["hits"]
    return Retrieved(
        hits=hits_of(answer, thing),
        total=_total(answer),
        facets=answer.get("aggregations", {}),
        index=hits["hits"][0].get("_index", "") if hits["hits"] else "",
    )


def _total(answer: dict[str, Any]) -> int:
    families = answer.get("aggregations", {}).get(TOTAL_FAMILIES)
    if families is not None:
        return int(families[facet_counts.FAMILIES]["value"])
    return int(answer["hits"].get("total", {}).get("value", 0))


def hits_of(answer: dict[str, Any], thing: NamedIn | None = None) -> list[Hit]:
    """The hits of one answer."""
    return [_read_hit(hit, thing) for hit in answer["hits"]["hits"]]


def _read_hit(hit: dict[str, Any], thing: NamedIn | None) -> Hit:
    # Some hundred of these are read a search: each score is looked up once, and what is rare is seen by their number.
    scores = hit.get("matched_queries") or _NO_SCORES
    score = scores.get
    words, near, meant, alike, look = score(WORDS), score(_NEAR), score(_MEANT), score(_ALIKE), score(_LOOK)
    partly = score(SOME_WORDS)
    plain = (words is not None) + (near is not None) + (meant is not None) + (alike is not None) + (look is not None)
    plain += partly is not None
    if len(scores) > plain:
        near = _but(scores, _NEAR) if near is None else near
        alike = _but(scores, _ALIKE) if alike is None else alike
    order = tuple(hit["sort"])
    # Exact cosines are asked for where the order is by score; there neighbours have no names, unless ranks are fused.
    by_score = alike is None and (meant is not None or look is not None)
    is_near = near is not None or (by_score and order[0] >= _NEIGHBOUR)
    found_fields = hit["fields"]
    group = found_fields.get(fields.GROUP_ID)
    found = Candidate(
        order[-1],
        words or 0.0,
        _cosine(near, meant),
        is_near,
        _cosine(alike, look),
        alike is not None,
        partly or 0.0,
        thing is not None and _is(thing, found_fields[fields.CARD][0]),
    )
    return Hit(found, found_fields[fields.CARD][0], order, group[0] if group else "", found_fields)


def _but(scores: Mapping[str, float], name: str) -> float | None:
    """The score of a neighbour that was found only without the selection of a facet, although it passes that too: the
    search is approximate."""
    return next((score for section, score in scores.items() if section.startswith(f"{name} but ")), None)


def _cosine(near: float | None, exact: float | None) -> float | None:
    """The cosine of a hit: the exact one, or else the one that a neighbour was found by."""
    if exact:
        return exact - 1.0
    return None if near is None else cosine(near, NEIGHBOURS_FIRST)


def apart(hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """The neighbours among the hits, and those that only the words found."""
    near: list[Hit] = []
    others: list[Hit] = []
    for hit in hits:
        found = hit.candidate
        (near if found.near or found.alike else others).append(hit)
    return near, others


def window_of(hits: Sequence[Hit]) -> list[Hit]:
    """Those of an answer's hits that are fused: the neighbours, and the best of those that only the words found."""
    near, others = apart(hits)
    return [*near, *others[:WINDOW]]


def card_of(hit: Hit) -> dict[str, Any]:
    """What a result list shows of the hit."""
    shown: dict[str, Any] = orjson.loads(a2b_base64(hit.card))
    return shown


def _is(thing: NamedIn, card: str) -> bool:
    shown = a2b_base64(card)
    return thing.may_be_in(shown) and thing.named(orjson.loads(shown)["name"])
