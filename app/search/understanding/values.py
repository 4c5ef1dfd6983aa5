"""Values of the catalogue: brands, categories and attributes by their own words, and what must not be. Pure.

A word becomes a constraint only where the catalogue bears it out: among the products that have all the words asked
for, enough must have the value. So "red" in "red dress" is a colour and in "red bull" a name, "orange" the brand of
a phone and the colour of a shirt, and "samsung" in "samsung case" the phone that a case is for.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.search.understanding.candidates import Candidate, candidates_of
from app.search.understanding.found import KINDS, Constraint, Op, distinct
from app.search.understanding.language.measures import BUNDLES, UNITS
from app.search.understanding.language.money import NOT_PRICE_BEFORE
from app.search.understanding.language.negation import ABSENCE, FREE, NEGATED_FILLERS, NEGATORS
from app.search.understanding.language.people import GIFTS
from app.search.understanding.language.text import FUNCTION_WORDS
from app.search.understanding.lexicon import Evidence
from app.search.understanding.meanings import Meaning
from app.search.understanding.reading import Reading, says_something
from app.search.understanding.tokens import phrase_at, stems_of

BORNE_OUT: Final = 0.65
"""Share of the products with all the words that must have the value: what a filter may lose of them is the rest."""
ALONE: Final = 0.99
"""The same where nothing else is asked for: then the words alone find what the value has, and what goes with it."""
LEANING: Final = 2
"""As many products as what is usual counts for."""
COVERED: Final = 0.5
"""Share of the products with the other words that must have the field at all: a filter by a field that few have
would hide what was asked for."""
_ORDER: Final = frozenset({"first"})


def find_values(r: Reading) -> None:
    """Takes values that are asked for, best borne out meaning first. Categories are looked at once more when the rest
    is known: "dress" ends its phrase in "dress floral" because "floral" is understood."""
    candidates = candidates_of(r)
    around = {i for c in candidates for i in (*range(c.first, c.start), *range(c.end, c.last))}
    stems = {i: r.tokens[i].stem for i in range(len(r.tokens)) if i not in r.taken and says_something(r.tokens[i])}
    for kinds_only in (False, True):
        for candidate in candidates:
            if not r.free(candidate.start, candidate.end) or _refused(r, candidate.first):
                continue
            own = {*around, *range(candidate.start, candidate.end)}
            context = r.lexicon.context([stemmed for i, stemmed in stems.items() if i not in own])
            ends = _ends_phrase(r, candidate.last) or candidate.last in around
            if meaning := _best(r, candidate, context, ends=ends, kinds_only=kinds_only):
                _take(r, candidate, meaning)


def _take(r: Reading, candidate: Candidate, meaning: Meaning) -> None:
    first = candidate.first if r.free(candidate.first, candidate.start) else candidate.start
    last = candidate.last if r.free(candidate.end, candidate.last) else candidate.end
    value: str | bool | tuple[str, ...] = meaning.value
    op = Op.EQ
    if meaning.field == "shop_category" and len(meaning.matches) > 1:
        op, value = Op.IN, meaning.matches
    said = [token.stem for token in r.tokens[candidate.start : candidate.end] if not token.mark]
    words = r.source(candidate.start, candidate.end) if said == [*candidate.stems] else " ".join(candidate.stems)
    source = r.source(first, last)
    r.take(first, last, [Constraint(meaning.field, op, value, source, matches=meaning.matches, words=words)])


def tells_absence(name: str, value: str | bool) -> bool:
    """Whether the attribute lists what a thing is free of: "parabens" of `free_from`; not "paraben free" of it."""
    if isinstance(value, bool) or FREE & set(stems_of(value)):
        return False
    return bool(ABSENCE & set(name.split("_")))


def _refused(r: Reading, i: int) -> bool:
    """Whether a negator stands before `i` of which nothing was made: what follows is at least not asked for."""
    before = i - 1
    while before > 0 and r.word(before) in NEGATED_FILLERS:
        before -= 1
    return before >= 0 and before not in r.taken and (r.word(before),) in NEGATORS


def _best(r: Reading, candidate: Candidate, context: int, *, ends: bool, kinds_only: bool) -> Meaning | None:
    """The meaning that the catalogue bears out best, or None where it bears out none."""
    words = candidate.stems
    scored = []
    for meaning in candidate.meanings:
        kind = meaning.field in KINDS
        if kind < kinds_only or (kind and (not ends or set(words) <= GIFTS or r.word(candidate.start - 1) == "to")):
            continue
        if (kind or meaning.field == "brand") and _made_for(r, candidate.first):
            continue
        if meaning.field == "category":
            if r.lexicon.holding("category", meaning.matches):
                return meaning  # One of the ten, by its name.
            continue
        if tells_absence(meaning.field, meaning.value):
            continue  # "alcohol" does not ask for what is free of it.
        # A category is what the word says in all names: "dress" is one or is not, whatever its colour.
        everything = r.lexicon.titled(words, r.lexicon.everything) or r.lexicon.everything
        evidence = r.lexicon.evidence(meaning, words, everything if kind else context)
        share = _share(r, evidence, meaning, words)
        if not kind and meaning.field != "brand" and BORNE_OUT / 3 < share < BORNE_OUT:
            # "Gold" is a colour and a material: of the two together it is said often enough.
            share = _together(r, candidate, context, evidence)
        alone = context == r.lexicon.everything and meaning.field == "brand"
        named = candidate.hinted and evidence.coverage >= COVERED and evidence.kept > 0
        if named or share >= (COVERED if candidate.hinted else ALONE if alone else BORNE_OUT):
            scored.append((meaning.exact, round(share, 2), evidence.kept, evidence.coverage, meaning))
    if not scored or _title(r, candidate, scored[0][-1]):
        return None
    best = max(scored, key=lambda one: one[:4])
    return best[-1]


def _together(r: Reading, candidate: Candidate, context: int, evidence: Evidence) -> float:
    """The share of the products with the words that have them as a value of any attribute."""
    holding = 0
    for one in candidate.meanings:
        holding |= r.lexicon.holding(one.field, one.matches) if one.field not in (*KINDS, "brand") else 0
    kept = (r.lexicon.found(candidate.stems, context) & holding).bit_count()
    return kept / evidence.found if evidence.found else 0.0


def _share(r: Reading, evidence: Evidence, meaning: Meaning, words: Sequence[str]) -> float:
    """The share of the products with all the words that have the value; of few products it leans towards what is so
    in the whole catalogue."""
    if evidence.coverage < COVERED:
        return 0.0
    if not evidence.found:
        return 1.0
    everywhere = r.lexicon.evidence(meaning, words, r.lexicon.everything)
    usual = everywhere.kept / everywhere.found
    return (evidence.kept + LEANING * usual) / (evidence.found + LEANING)


def _title(r: Reading, candidate: Candidate, meaning: Meaning) -> bool:
    """Whether the neighbouring words make a name of it: products named so mostly do not have the value."""
    for other in (candidate.start - 1, candidate.end):
        if not 0 <= other < len(r.tokens) or not says_something(r.tokens[other]) or other in r.taken:
            continue
        pair = [*candidate.stems, r.tokens[other].stem]
        titled = r.lexicon.titled(pair, r.lexicon.everything)
        having = titled & r.lexicon.holding(meaning.field, meaning.matches)
        titled = r.lexicon.not_of_longer_brands(titled, candidate.stems) | having
        if titled and having.bit_count() < BORNE_OUT * titled.bit_count():
            return True
    return False


def _made_for(r: Reading, at: int) -> bool:
    """Whether it is what the thing is for: "buds for samsung phone"."""
    before = at - 1
    while before > 0 and not r.tokens[before].mark and (says_something(r.tokens[before]) or r.word(before) == "the"):
        before -= 1
    if r.word(before) != "for" or before in r.taken:
        return False
    kinds = any(one.field in KINDS and start < before for start, one in r.constraints)
    return kinds or any(says_something(r.tokens[i]) and i not in r.taken for i in range(before))


def _ends_phrase(r: Reading, at: int) -> bool:
    """Whether the noun phrase is over: a category is what is wanted ("running shoes"), not what it is for ("shoe
    rack"). What is said of the thing may follow it: "dress floral", "charger 45 w", "chairs set of 4"."""
    if at in r.taken:
        return not any(start == at and one.field in KINDS for start, one in r.constraints)
    if r.ends(at) or r.word(at) in FUNCTION_WORDS or r.word(at) in NOT_PRICE_BEFORE or r.word(at) in _ORDER:
        return True
    if phrase_at(r.tokens, at, NEGATORS):
        return True
    if r.tokens[at].number is not None:
        return _ends_phrase(r, at + 1 + (r.word(at + 1) in UNITS))
    return r.word(at) in BUNDLES and r.word(at + 1) == "of"


def merged(constraints: Sequence[Constraint]) -> list[Constraint]:
    """Several values of one field asked for are alternatives: `in`. What must not be is one constraint a source."""
    together: dict[str, list[Constraint]] = {}
    for one in constraints:
        if one.op in (Op.EQ, Op.IN) and one.matches and not one.without:
            together.setdefault(one.field, []).append(one)
    done: list[Constraint] = []
    for one in constraints:
        group = together.get(one.field, [])
        if one not in group or len(group) == 1:
            done.append(one)
        elif one is group[0]:
            done.append(_alternatives(group))
    return done


def _alternatives(group: Sequence[Constraint]) -> Constraint:
    values = distinct(v for one in group for v in (one.value if isinstance(one.value, tuple) else (str(one.value),)))
    matches = distinct(match for one in group for match in one.matches)
    first = group[0]
    if len(values) == 1:
        return replace(first, value=values[0], matches=matches)
    source = ", ".join(one.source for one in group)
    words = " ".join(one.words for one in group if one.words)
    return replace(first, op=Op.IN, value=values, source=source, matches=matches, words=words)
