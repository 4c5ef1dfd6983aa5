"""Where a list goes on, and how its next page is made of what the first one was searched for. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from app.problems import BadRequest
from app.search.cursor import Cursor
from app.search.filters import MAX_VALUE_LENGTH, WORD_FIELDS, NotFilter, RangeFilter, WordFilter, canonical
from app.search.filters import WORDS as WITHOUT_WORDS
from app.search.keeping import Kept
from app.search.parameters import QUERY_WORDS_USED
from app.search.query import SearchQuery, Sort
from app.search.retrieval import cursor_fits
from app.search.understanding.applying import applied, filters_of
from app.search.understanding.found import Applied, Constraint, Understanding

_MOST_WORDS: Final = 4 * QUERY_WORDS_USED
_MOST_VALUES: Final = 2_000
_OF_ANOTHER: Final = "This cursor belongs to another search; leave it out to begin anew."


def fingerprint(query: SearchQuery) -> str:
    """Names a search up to its page, so that a cursor is not used on another one."""
    counted: dict[str, Any] = {"facets": (), "auto_facets": False, "fitted": (), "facet_size": 1}
    asked = _as_typed(query.asked or query)
    same = replace(asked, cursor=None, offset=0, size=1, explain=False, correct=True, any_word=False, **counted)
    return hashlib.sha256(repr(same).encode()).hexdigest()[:12]


def _as_typed(query: SearchQuery) -> SearchQuery:
    """The search before its words were understood, with these corrected where they were."""
    if query.typed is None or query.understood is None:
        return query
    return query.typed if query.text == query.understood.searched else replace(query.typed, text=query.text)


def following(query: SearchQuery, *, ranked: bool, after: Sequence[Any] | None = None, shown: int = 0) -> Cursor:
    """The cursor of the page behind this one. `ranked`: the list is a fused one."""
    asked = query.asked or query
    kept = Kept(
        understood=asked.understood,
        text=_as_typed(asked).text if asked.mistyped else "",
        mistyped=asked.mistyped,
        any_word=asked.any_word,
        also=asked.also,
        words_alone=query.words_alone or (not ranked and query.by_relevance and query.uses_vectors),
    )
    return Cursor(fingerprint(query), None if after is None else tuple(after), shown, kept)


def own(query: SearchQuery) -> bool:
    """Whether the cursor, if there is one, was given out for this search, and holds values of its order."""
    return query.cursor is None or (query.cursor.query == fingerprint(query) and cursor_fits(query))


def refused() -> BadRequest:
    """What is answered to the cursor of another search."""
    return BadRequest([("cursor", _OF_ANOTHER)])


def continued(query: SearchQuery, kept: Kept) -> SearchQuery:
    """The next page of what the cursor took along; nothing is understood, corrected or given up again. Raises
    BadRequest where it belongs to another search."""
    assert query.cursor is not None
    named = fingerprint(query)
    if named not in (query.cursor.query, kept.mistyped):
        raise refused()
    mistyped = named if kept.text and named == kept.mistyped else ""
    text = kept.text or query.text
    query = replace(query, continued=True, words_alone=kept.words_alone, mistyped=mistyped, text=text)
    if kept.understood is not None:
        _check(kept.understood)
        query = applied(query, kept.understood)
    query = replace(query, any_word=kept.any_word, also=kept.also)
    if len(f"{text} {kept.also} {query.text}".split()) > _MOST_WORDS or not cursor_fits(query):
        raise refused()
    return query


def placed(query: SearchQuery) -> SearchQuery:
    """The search at the place that a cursor within the fused list names."""
    if query.cursor is None or query.cursor.after is not None:
        return query
    # What is made of the words as typed later on is to be at the same place.
    place: dict[str, Any] = {"offset": query.cursor.shown, "cursor": None}
    typed = None if query.typed is None else replace(query.typed, **place)
    return replace(query, **place, typed=typed)


def _check(understood: Understanding) -> None:
    """Raises BadRequest for constraints that no words could have been understood as."""
    used = [one for one in understood.constraints if one.applied is not Applied.NO]
    values = sum(len(one.matches) * (1 + len(one.also_in)) + len(one.but) for one in used)
    order = understood.sort is None or understood.sort.value in set(Sort)
    if not order or values > _MOST_VALUES:
        raise refused()
    if not all(_possible(one) for one in used) or not all(_known(given) for given in filters_of(used)):
        raise refused()


def _possible(one: Constraint) -> bool:
    if one.field in ("price", "rating"):
        return isinstance(one.value, Decimal)
    if one.field == "in_stock":
        return isinstance(one.value, bool)
    return one.within is not None or bool(one.matches)


def _known(given: object) -> bool:
    """Whether a filter is one that a caller could ask for."""
    if isinstance(given, RangeFilter):
        return canonical(given.name) == given.name
    if not isinstance(given, WordFilter | NotFilter):
        return True
    name = given.of if isinstance(given, NotFilter) else given.name
    choices = WORD_FIELDS[name].choices if name in WORD_FIELDS else None
    if any(not value or len(value) > MAX_VALUE_LENGTH for value in given.values):
        return False
    if choices is not None and any(value.lower() not in set(choices) for value in given.values):
        return False
    if any(canonical(other) != other for other in given.also_in):
        return False
    return canonical(name) == name or (name == WITHOUT_WORDS and isinstance(given, NotFilter))
