"""Whether the catalogue bears it out that words mean a value: what its products with these words have. Pure."""

from collections.abc import Sequence
from typing import Final

from app.search.understanding.candidates import Candidate
from app.search.understanding.found import KINDS
from app.search.understanding.language.expressions import COLOUR_OF_NOTHING
from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.negation import ABSENCE, FREE, IMITATIONS
from app.search.understanding.language.text import SHORTENED
from app.search.understanding.lexicon import LEAST_HEADS, Evidence
from app.search.understanding.meanings import Meaning
from app.search.understanding.reading import Reading, says_something

BORNE_OUT: Final = 0.65
"""Share of the products with all the words that must have the value: what a filter may lose of them is the rest."""
ALONE: Final = 0.99
"""The same where nothing else is asked for: then the words alone find what the value has, and what goes with it."""
LEANING: Final = 2
"""As many products as what is usual counts for."""
COVERED: Final = 0.5
"""Share of the products with the other words that must have the field at all: a filter by a field that few have
would hide what was asked for."""


def borne_out(
    r: Reading, candidate: Candidate, meaning: Meaning, context: int, wide: int
) -> tuple[bool, float, int, float] | None:
    """How well the catalogue bears a meaning out: exactly, in what share, of how many; None where it does not."""
    words, kind = candidate.stems, meaning.field in KINDS
    # A category is what the word says in all names: "dress" is one or is not, whatever its colour.
    everything = r.lexicon.titled(words, r.lexicon.everything) or r.lexicon.everything
    evidence = r.lexicon.evidence(meaning, words, everything if kind else context, 0 if kind else wide)
    share = _share(r, evidence, meaning, words)
    names = meaning.field in r.lexicon.open
    if not kind and not names and meaning.field != "brand" and BORNE_OUT / 3 < share < BORNE_OUT:
        # "Gold" is a colour and a material: of the two together it is said often enough.
        share = _together(r, candidate, context, evidence)
    nothing_else = context == r.lexicon.everything
    if (meaning.short or names) and not candidate.hinted and (nothing_else or not evidence.kept):
        return None  # "Vanilla" is a colour's name, but not in "vanilla syrup".
    named = candidate.hinted and evidence.coverage >= COVERED and evidence.kept > 0
    least = COVERED if candidate.hinted else ALONE if nothing_else and meaning.field == "brand" else BORNE_OUT
    if not named and share < least:
        return None
    return meaning.exact, round(share, 2), evidence.kept, evidence.coverage


def _together(r: Reading, candidate: Candidate, context: int, evidence: Evidence) -> float:
    """The share of the products with the words that have them as a value of any attribute."""
    holding = 0
    for one in candidate.meanings:
        holding |= r.lexicon.holding(one.field, one.matches) if one.field not in (*KINDS, "brand") else 0
    kept = (r.lexicon.found(candidate.stems, context) & holding).bit_count()
    # One of them must hold most all the same: it will be the filter.
    return kept / evidence.found if 2 * evidence.kept >= evidence.found > 0 else 0.0


def _share(r: Reading, evidence: Evidence, meaning: Meaning, words: Sequence[str]) -> float:
    """The share of the products with all the words that have the value; of few products it leans towards what is so
    in the whole catalogue."""
    if evidence.coverage < COVERED:
        # A phrase that means nothing else is borne out by itself: "e-book" beside "cooking", which pans have too.
        return float(len(words) > 1 and evidence.found == evidence.kept >= LEAST_HEADS)
    if not evidence.found:
        return 1.0
    everywhere = r.lexicon.evidence(meaning, words, r.lexicon.everything)
    usual = everywhere.kept / everywhere.found
    return (evidence.kept + LEANING * usual) / (evidence.found + LEANING)


def titled_otherwise(r: Reading, candidate: Candidate, meaning: Meaning) -> bool:
    """Whether the neighbouring words make a name of it: products named so mostly do not have the value. So does what a
    thing is for: a "backpack for laptops" is called laptop backpack, and may be in no category of backpacks."""
    after = candidate.end + 1 if meaning.field in KINDS and r.word(candidate.end) == "for" else candidate.end
    for other in (candidate.start - 1, after):
        if not 0 <= other < len(r.tokens) or not says_something(r.tokens[other]) or other in r.taken:
            continue
        if r.tokens[other].number is not None or r.word(other) in UNITS:
            continue
        if meaning.field not in (*KINDS, "brand") and r.lexicon.of_category(r.tokens[other].stem):
            continue  # "Fleece jacket" says what a jacket is like.
        pair = [*candidate.stems, r.tokens[other].stem]
        titled = r.lexicon.titled(pair, r.lexicon.everything)
        having = titled & r.lexicon.held(meaning)
        titled = r.lexicon.not_of_longer_brands(titled, candidate.stems) | having
        if titled and having.bit_count() < BORNE_OUT * titled.bit_count():
            return True
    return False


def in_expression(r: Reading, candidate: Candidate, meaning: Meaning) -> bool:
    """Whether it is a part of a fixed expression that means something else: "brown sugar", "faux leather". The whole
    of one may be a value."""
    i, end = candidate.start, candidate.end
    if end - i > 1:
        return False
    if i and meaning.field not in KINDS and r.word(i - 1) in IMITATIONS - FREE - ABSENCE:
        return True
    following = r.tokens[end].stem if r.free(end) else ""
    if (r.word(i), following) not in COLOUR_OF_NOTHING:
        return False
    if not SHORTENED & set(meaning.field.split("_")) and meaning.field not in (*KINDS, "brand"):
        return False  # "Green" of "green tea" may be a sort of tea.
    # A shop that sells it says of it what it is: "orange" is a flavour of juice.
    sold = r.lexicon.titled([*candidate.stems, following], r.lexicon.everything)
    return not sold or (sold & r.lexicon.held(meaning)).bit_count() < BORNE_OUT * sold.bit_count()
