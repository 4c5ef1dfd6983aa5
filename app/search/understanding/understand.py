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
from app.search.understanding.found import KINDS, Constraint, Understanding
from app.search.understanding.interests import find_interests
from app.search.understanding.language.text import EMPTY_WORDS, FUNCTION_WORDS, LEADING_WORDS, REQUESTS
from app.search.understanding.lexicon import ENOUGH, MOSTLY, Lexicon
from app.search.understanding.mistyped import twin_of
from app.search.understanding.negations import find_negations
from app.search.understanding.occasions import find_occasions, of_occasions
from app.search.understanding.people import find_people
from app.search.understanding.quantities import find_measures
from app.search.understanding.reading import Reading, read
from app.search.understanding.sizes import find_sizes
from app.search.understanding.things import things_in
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
    rest = _left(r)
    left = _written(r, rest)
    if not constraints and r.sort is None:
        left = left or text
    sort = r.sort and replace(r.sort, named=_named_by(left, constraints, lexicon))
    return Understanding(left, tuple(constraints), sort, tuple(notes), _as_called_here(r, rest))


def _named_by(left: str, constraints: Sequence[Constraint], lexicon: Lexicon) -> str:
    """The word for the only thing that is left, where most products that have it have it in their names; empty where a
    category says what the thing is."""
    things = things_in(left)
    if len(things) != 1 or any(one.field in KINDS and not one.without for one in constraints):
        return ""
    head = things[0].head
    having = lexicon.found([head], lexicon.everything).bit_count()
    named = lexicon.named([head])
    return things[0].words.split()[-1] if named >= max(ENOUGH, MOSTLY * having) else ""


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


def _left(r: Reading) -> list[int]:
    """The tokens that nothing was made of; words that led to something that was go with it."""
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
    return rest


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


def _as_called_here(r: Reading, rest: Sequence[int]) -> str:
    """The words that are left with the names that the shop has for things; empty where it has the words themselves."""
    called = {i: twin for i in rest if (twin := twin_of(r.tokens[i]))}
    # Two words that one says have it at both places.
    said = [called.get(i, r.tokens[i].text) for i in rest if i not in called or called[i] != called.get(i - 1)]
    return " ".join(said) if called else ""
