"""Classes of queries: what is good on average may be bad for one kind of query. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from statistics import median
from typing import Final

LENGTHS: Final = {1: "short (1 word)", 2: "middle (2 words)"}
LONG: Final = "long (3+ words)"
HEAD_SHARE: Final = 0.5
"""The most frequent queries that make this share of all searches are the head."""

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w+")


def classes_of(
    queries: Sequence[str],
    *,
    brands: Collection[str],
    matches: Mapping[str, int],
    frequencies: Mapping[str, float] | None = None,
) -> dict[str, list[int]]:
    """Positions of the queries in each class; a class may be empty, and a query is in several.

    `brands`: those of the catalogue. `matches`: how many products the words of each query find; broad queries find
    more than the median query. `frequencies`: how often each is searched for; without it there is no head or tail.
    """
    known = {words for brand in brands if (words := _words(brand))}
    middle = median([matches[query] for query in queries]) if queries else 0
    head = _head(queries, frequencies) if frequencies else set()
    found: dict[str, list[int]] = {}
    for position, query in enumerate(queries):
        kinds = [
            LENGTHS.get(len(query.split()), LONG),
            "with numbers" if _DIGIT.search(query) else "without numbers",
            "with brand" if names_a_brand(query, known) else "without brand",
            "broad" if matches[query] > middle else "narrow",
        ]
        if frequencies:
            kinds.append("head" if query in head else "tail")
        for kind in kinds:
            found.setdefault(kind, []).append(position)
    return dict(sorted(found.items()))


def names_a_brand(query: str, brands: Collection[tuple[str, ...]]) -> bool:
    """Whether the words of any brand stand in the query one after another."""
    words = _words(query)
    return any(words[i:j] in brands for i in range(len(words)) for j in range(i + 1, len(words) + 1))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.lower()))


def _head(queries: Sequence[str], frequencies: Mapping[str, float]) -> set[str]:
    """The most frequent queries up to the one with which they make the share; none where nothing was searched."""
    often = sorted(queries, key=lambda query: (-frequencies.get(query, 0.0), query))
    wanted = HEAD_SHARE * sum(frequencies.get(query, 0.0) for query in queries)
    head: set[str] = set()
    reached = 0.0
    for query in often:
        if reached >= wanted:
            break
        head.add(query)
        reached += frequencies.get(query, 0.0)
    return head
