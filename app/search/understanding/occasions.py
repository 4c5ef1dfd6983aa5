"""For what occasion: "for a wedding", "birthday gift", "grandma's 80th birthday". Pure."""

from typing import Final

from app.search.understanding.found import Applied, Constraint, Op
from app.search.understanding.language.people import BEFORE_PEOPLE, GIFTS, OCCASION_SPELLINGS, OCCASIONS
from app.search.understanding.reading import Reading, says_something
from app.search.understanding.tokens import phrase_at, stem

COVERED: Final = 0.5
"""Share of the products asked for that must tell their occasions."""


def find_occasions(r: Reading) -> None:
    """ "for a wedding", "birthday gift", "christmas present": an occasion that the catalogue knows. A wish only: few
    shops say of every product what it is for."""
    for i in range(len(r.tokens)):
        found = occasion_at(r, i)
        if found is None:
            continue
        value, end = found
        start = with_for(r, i)
        before = i - 1
        if r.word(before)[:1].isdigit() and past_ordinal(r, before) == i and r.free(before):
            start, before = before, before - 1
        whose = before in r.taken and r.tokens[before].possessive
        if start == i and not whose and r.word(end) not in GIFTS and not _borne_out(r, i, end, value):
            continue
        if start < i and end < len(r.tokens) and not closes(r, end) and r.word(end) not in ("day", "party"):
            continue
        if r.word(end) == "day" and r.free(end):
            end += 1
        matches = (value,)
        r.take(
            start,
            end,
            [Constraint("occasion", Op.EQ, value, r.source(start, end), matches=matches, applied=Applied.WISH)],
        )


def of_occasions(r: Reading) -> set[int]:
    """The tokens of occasions that the language knows, before "gift" or after "for": a "baby shower gift" is neither
    for babies nor for the bath."""
    found: set[int] = set()
    for i in range(len(r.tokens)):
        told = phrase_at(r.tokens, i, OCCASIONS)
        if told and (r.word(told[1]) in GIFTS or with_for(r, i) < i):
            found.update(range(i, told[1]))
    return found


def _borne_out(r: Reading, i: int, end: int, value: str) -> bool:
    """Whether "party" in "party dress" is an occasion: most of such things tell theirs, and none has it in its name."""
    context = r.lexicon.context(r.context(range(i, end)))
    told = context & r.lexicon.holding("occasion", (value,))
    named = r.lexicon.titled([t.stem for t in r.tokens[i:end]], context)
    return bool(told and not named and i + 1 < len(r.tokens)) and r.lexicon.coverage("occasion", context) >= COVERED


def occasion_at(r: Reading, i: int) -> tuple[str, int] | None:
    stems = tuple(stem(OCCASION_SPELLINGS.get(t.word, t.stem)) for t in r.tokens[i : i + 3])
    joined = stem("".join(r.word(at) for at in (i, i + 1)))  # "birth day", "b-day"
    value = r.lexicon.occasions.get((OCCASION_SPELLINGS.get(joined, joined),))
    if value and i + 1 < len(r.tokens) and r.free(i, i + 2):
        return value, i + 2
    for length in range(len(stems), 0, -1):
        for known, value in r.lexicon.occasions.items():
            if r.free(i, i + length) and (
                stems[:length] == known or stems[:length] == tuple(_spelled(s) for s in known)
            ):
                return value, i + length
    return None


def _spelled(stemmed: str) -> str:
    return stem(OCCASION_SPELLINGS.get(stemmed, stemmed))


def past_ordinal(r: Reading, at: int) -> int:
    """After "80th" in "grandma's 80th birthday"."""
    return at + (r.word(at)[:1].isdigit() and r.word(at).endswith(("st", "nd", "rd", "th")))


def with_for(r: Reading, i: int) -> int:
    """Where "for my dear ..." before `i` begins; `i` itself where there is no "for"."""
    at = i - 1
    while r.word(at) in BEFORE_PEOPLE and r.free(at):
        at -= 1
    return at if r.word(at) == "for" and r.free(at) else i


def closes(r: Reading, at: int) -> bool:
    return r.ends(at) or not says_something(r.tokens[at]) or r.tokens[at].number is not None
