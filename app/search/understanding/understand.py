"""From free text to exact constraints and the words that are left. Pure; no model, no I/O.

The recognisers run in a fixed order, those that need the most evidence last; each takes tokens that are still free.
What they find is then set against one another (contradictions) and against the catalogue (its currency).
"""

from collections.abc import Sequence
from dataclasses import replace

from app.search.understanding.alternatives import merged
from app.search.understanding.budgets import find_budgets
from app.search.understanding.candidates import candidate_at
from app.search.understanding.contradictions import settled
from app.search.understanding.found import Understanding
from app.search.understanding.interests import find_interests
from app.search.understanding.language.text import EMPTY_WORDS, FUNCTION_WORDS, LEADING_WORDS, REQUESTS
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.negations import find_negations
from app.search.understanding.occasions import find_occasions, of_occasions
from app.search.understanding.people import find_people
from app.search.understanding.quantities import find_measures
from app.search.understanding.reading import Reading, read
from app.search.understanding.sizes import find_sizes
from app.search.understanding.tokens import is_break, phrase_at
from app.search.understanding.values import find_values
from app.search.understanding.wishes import (
    find_price_wishes,
    find_ratings,
    find_sort,
    find_stock,
    settle_price_wishes,
)


def understand(text: str, lexicon: Lexicon, keep_words: Sequence[str] = ()) -> Understanding:
    """What a text asks for, in the words of this catalogue. `keep_words`: sources that are to stay words."""
    r = read(text, lexicon, keep_words)
    _pass_over_request(r)
    _guard_names(r)
    for find in (find_ratings, find_sort, find_stock):
        find(r)
    r.aside |= _of_budgets(r) | of_occasions(r)
    for find in (find_sizes, find_measures, find_budgets):
        find(r)
    for find in (find_price_wishes, find_people, find_occasions):
        find(r)
    r.guarded.clear()
    find_negations(r)
    find_values(r)
    find_interests(r)
    settle_price_wishes(r)
    in_order = [constraint for _, constraint in sorted(r.constraints, key=lambda found: found[0])]
    constraints, notes = settled(merged(in_order, lexicon.texts), lexicon)
    if not constraints and r.sort is None:
        return Understanding(_left(r) or text)
    return Understanding(_left(r), tuple(constraints), r.sort, tuple(notes))


def _of_budgets(r: Reading) -> set[int]:
    """The tokens of what look like budgets before measures are known."""
    tried = replace(r, taken=set(r.taken), constraints=[])
    find_budgets(tried)
    return tried.taken - r.taken


def _pass_over_request(r: Reading) -> None:
    """Leaves out how the request begins: "i am looking for"."""
    i = 0
    while i < len(r.tokens):
        found = phrase_at(r.tokens, i, REQUESTS)
        if not found or not r.free(i, found[1]) or found[1] >= len(r.tokens):
            break
        r.take(i, found[1])
        i = found[1]


def _guard_names(r: Reading) -> None:
    """Keeps brands of several words whole: nothing is made of "under" in "Under Armour"."""
    i = 0
    while i < len(r.tokens):
        named = candidate_at(r, i)
        if named and len(named.stems) > 1 and any(meaning.field == "brand" for meaning in named.meanings):
            r.guarded.update(range(i, named.end))
            i = named.end
        else:
            i += 1


def _left(r: Reading) -> str:
    """The words that nothing was made of; words that led to something that was go with it."""
    gone = set(r.taken)
    for i in sorted(r.taken, reverse=True):
        at = i - 1
        while at >= 0 and at not in gone and at not in r.kept and _leads(r, at):
            gone.add(at)
            at -= 1
    rest = [i for i in range(len(r.tokens)) if i not in gone]
    while rest and _trails(r, rest[-1]):
        rest.pop()
    while rest and r.tokens[rest[0]].mark and rest[0] not in r.kept:
        rest.pop(0)
    if r.taken and all(r.tokens[i].mark or r.word(i) in EMPTY_WORDS | FUNCTION_WORDS for i in rest if i not in r.kept):
        rest = [i for i in rest if i in r.kept]
    return _written(r, rest)


def _leads(r: Reading, i: int) -> bool:
    if r.word(i) == "size" and i and not r.tokens[i - 1].mark and r.free(i - 1):
        return False  # "king size bedding"
    return r.word(i) in LEADING_WORDS or is_break(r.tokens[i]) or r.tokens[i].mark


def _trails(r: Reading, i: int) -> bool:
    """Whether the last word that is left leads to nothing any more."""
    if i in r.kept:
        return False
    return r.tokens[i].mark or (bool(r.taken) and i + 1 < len(r.tokens) and _leads(r, i))


def _written(r: Reading, rest: Sequence[int]) -> str:
    """The text of these tokens as it was written: hyphens within words are between tokens, not tokens."""
    runs: list[list[int]] = []
    for i in rest:
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    return " ".join(r.source(run[0], run[-1] + 1) for run in runs)
