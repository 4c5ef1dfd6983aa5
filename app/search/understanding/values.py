"""Values of the catalogue: brands, categories and attributes by their own words, and what must not be. Pure.

A word becomes a constraint only where the catalogue bears it out: among the products that have all the words asked
for, enough must have the value. So "red" in "red dress" is a colour and in "red bull" a name, "orange" the brand of
a phone and the colour of a shirt, and "samsung" in "samsung case" the phone that a case is for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.search.understanding.found import Constraint, Op, distinct
from app.search.understanding.language.money import NOT_PRICE_BEFORE
from app.search.understanding.language.negation import FREE, NEGATED_FILLERS, NEGATORS, NOT_LEFT_OUT, PLAIN_NEGATORS
from app.search.understanding.language.people import GIFTS
from app.search.understanding.language.text import ALTERNATIVES, CATEGORY_WORDS, FUNCTION_WORDS
from app.search.understanding.lexicon import Evidence
from app.search.understanding.meanings import Meaning
from app.search.understanding.reading import Reading, says_something
from app.search.understanding.tokens import is_break, phrase_at

BORNE_OUT: Final = 0.65
"""Share of the products with all the words that must have the value: what a filter may lose of them is the rest."""
ALONE: Final = 0.99
"""The same where nothing else is asked for: then the words alone find what the value has, and what goes with it."""
LEANING: Final = 2
"""As many products as what is usual counts for."""
COVERED: Final = 0.5
"""Share of the products with the other words that must have the field at all: a filter by a field that few have
would hide what was asked for."""
NEGATED_REACH: Final = 3
"""How many tokens after a negator are thought to be what it leaves out, before that is known."""
WORDS: Final = "words"
"""The field of words that must not be there and that no attribute knows."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens [start, end) that may have one of the meanings; `first`: where its source begins, names included."""

    start: int
    end: int
    first: int
    last: int
    meanings: tuple[Meaning, ...]


def find_values(r: Reading) -> None:
    """Takes values that are asked for, best borne out meaning first."""
    candidates = _candidates(r)
    around = [i for c in candidates for i in (*range(c.first, c.start), *range(c.end, c.last))]
    stems = {i: r.tokens[i].stem for i in range(len(r.tokens)) if i not in r.taken and says_something(r.tokens[i])}
    for candidate in candidates:
        if not r.free(candidate.start, candidate.end) or _refused(r, candidate.first):
            continue
        own = {*around, *range(candidate.start, candidate.end)}
        context = r.lexicon.context([stemmed for i, stemmed in stems.items() if i not in own])
        meaning = _best(r, candidate, context, ends=_ends_phrase(r, candidate.last) or candidate.last in around)
        if meaning is None:
            continue
        first = candidate.first if r.free(candidate.first, candidate.start) else candidate.start
        last = candidate.last if r.free(candidate.end, candidate.last) else candidate.end
        value: str | bool | tuple[str, ...] = meaning.value
        op = Op.EQ
        if meaning.field == "shop_category" and len(meaning.matches) > 1:
            op, value = Op.IN, meaning.matches
        source, words = r.source(first, last), r.source(candidate.start, candidate.end)
        r.take(first, last, [Constraint(meaning.field, op, value, source, matches=meaning.matches, words=words)])


def _refused(r: Reading, i: int) -> bool:
    """Whether a negator stands before `i` of which nothing was made: what follows is at least not asked for."""
    before = i - 1
    while before > 0 and r.word(before) in NEGATED_FILLERS:
        before -= 1
    return before >= 0 and before not in r.taken and (r.word(before),) in NEGATORS


def _candidates(r: Reading) -> list[Candidate]:
    """Phrases that may be values, longest first from each token on, none within another."""
    found: list[Candidate] = []
    i = 0
    while i < len(r.tokens):
        hit = _phrase(r, i)
        if hit is None:
            i += 1
            continue
        meanings, end = hit
        first, last, meanings = _hinted(r, i, end, meanings)
        found.append(Candidate(i, end, first, last, meanings))
        i = end
    return found


def _phrase(r: Reading, i: int) -> tuple[tuple[Meaning, ...], int] | None:
    """The longest phrase at `i` that may be a value, signs within it passed over, and its end."""
    stems: list[str] = []
    ends: list[int] = []
    at = i
    while at < len(r.tokens) and len(stems) < max(r.lexicon.longest, 3) and r.free(at):
        token = r.tokens[at]
        if is_break(token) or (token.mark and not stems):
            break
        if not token.mark:
            stems.append(token.stem)
            ends.append(at + 1)
        at += 1
    for length in range(len(stems), 0, -1):
        meanings = r.lexicon.phrases.get(tuple(stems[:length]), ())
        category = CATEGORY_WORDS.get(tuple(t.word for t in r.tokens[i : ends[length - 1]]))
        if category:
            meanings = (*meanings, Meaning("category", category, (category,)))
        if meanings:
            return meanings, ends[length - 1]
    return None


def _hinted(r: Reading, i: int, end: int, meanings: tuple[Meaning, ...]) -> tuple[int, int, tuple[Meaning, ...]]:
    """Reads the attribute's own name beside the value ("color red", "cotton material", "by Nike")."""
    names: dict[tuple[str, ...], list[Meaning]] = {}
    for meaning in meanings:
        for part in {tuple(meaning.field.split("_")), (meaning.field.split("_")[-1],), (meaning.field.split("_")[0],)}:
            names.setdefault(part, []).append(meaning)
    before = i - 1
    while before >= 0 and r.word(before) in ("is", "of", ":", "in", "="):
        before -= 1
    if before >= 0 and r.free(before, i) and (said := names.get((r.tokens[before].stem,))):
        return before, end, tuple(said)
    if r.free(end) and (said := names.get((r.tokens[end].stem,))):
        return i, end + 1, tuple(said)
    if r.word(i - 1) == "by" and r.free(i - 1) and any(m.field == "brand" for m in meanings):
        return i - 1, end, tuple(m for m in meanings if m.field == "brand")
    return i, end, meanings


def _best(r: Reading, candidate: Candidate, context: int, *, ends: bool) -> Meaning | None:
    """The meaning that the catalogue bears out best, or None where it bears out none."""
    words = [token.stem for token in r.tokens[candidate.start : candidate.end] if not token.mark]
    scored = []
    for meaning in candidate.meanings:
        kind = meaning.field in ("category", "shop_category")
        if kind and (not ends or set(words) <= GIFTS):
            continue
        if meaning.field == "category":
            if r.lexicon.holding("category", meaning.matches):
                return meaning  # One of the ten, by its name.
            continue
        # A category is what the word says in all names: "dress" is one or is not, whatever its colour.
        everything = r.lexicon.titled(words, r.lexicon.everything) or r.lexicon.everything
        evidence = r.lexicon.evidence(meaning, words, everything if kind else context)
        hinted = candidate.first < candidate.start or candidate.last > candidate.end
        share = _share(r, evidence, meaning, words)
        alone = context == r.lexicon.everything and meaning.field == "brand"
        if share >= (COVERED if hinted else ALONE if alone else BORNE_OUT):
            scored.append((meaning.exact, round(share, 2), evidence.kept, evidence.coverage, meaning))
    if not scored or _title(r, candidate, words, scored[0][-1]):
        return None
    best = max(scored, key=lambda one: one[:4])
    return best[-1]


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


def _title(r: Reading, candidate: Candidate, words: Sequence[str], meaning: Meaning) -> bool:
    """Whether the neighbouring words make a name of it: products named so mostly do not have the value."""
    for other in (candidate.start - 1, candidate.end):
        if not 0 <= other < len(r.tokens) or not says_something(r.tokens[other]) or other in r.taken:
            continue
        pair = [*words, r.tokens[other].stem]
        titled = r.lexicon.titled(pair, r.lexicon.everything)
        having = titled & r.lexicon.holding(meaning.field, meaning.matches)
        if titled and having.bit_count() < BORNE_OUT * titled.bit_count():
            return True
    return False


def _ends_phrase(r: Reading, at: int) -> bool:
    """Whether the noun phrase is over: a category is what is wanted ("running shoes"), not what it is for."""
    return r.ends(at) or r.word(at) in FUNCTION_WORDS or r.word(at) in NOT_PRICE_BEFORE


def find_negations(r: Reading) -> None:
    """Takes "not leather", "without lid", "except Nike and Adidas", "sugar free": what must not be."""
    i = 0
    while i < len(r.tokens):
        found = phrase_at(r.tokens, i, NEGATORS) if r.free(i) else None
        end = None
        if found and r.free(i, found[1]):
            plain = tuple(t.word for t in r.tokens[i : found[1]]) in PLAIN_NEGATORS
            end = _left_out(r, i, found[1], plain=plain)
        i = end or i + 1
    for i in range(len(r.tokens)):
        if r.word(i) == "free" and r.free(i) and i and r.free(i - 1):
            _free_of(r, i)


def _left_out(r: Reading, i: int, at: int, *, plain: bool) -> int | None:
    """Takes the negator at `i` with the values that follow it; None where nothing that follows can be left out."""
    found: list[Constraint] = []
    start, end = i, at
    while True:
        at = _past_fillers(r, at)
        made = _negated(r, at, start, plain=plain)
        if made is None:
            break
        constraint, end = made
        found.append(constraint)
        following = end
        while r.word(following) in ALTERNATIVES and r.free(following):
            following += 1
        repeated = phrase_at(r.tokens, following, NEGATORS)
        if following == end or not r.free(following) or repeated:
            break
        # What goes on after "and" or a comma must be a value of the same field: "no nuts, chocolate cake" is a cake.
        next_value = _value_at(r, following)
        if next_value is None or not any(m.field == constraint.field for m in next_value[0]):
            break
        start, at = following, following
    if not found:
        return None
    r.take(i, end, found)
    return end


def _past_fillers(r: Reading, at: int) -> int:
    while r.free(at) and r.word(at) in NEGATED_FILLERS and not _value_at(r, at):
        at += 1
    return at


def _value_at(r: Reading, at: int) -> tuple[tuple[Meaning, ...], int] | None:
    hit = _phrase(r, at) if r.free(at) else None
    if hit is None:
        size = _size_at(r, at)
        return size
    return hit


def _size_at(r: Reading, at: int) -> tuple[tuple[Meaning, ...], int] | None:
    if not r.free(at):
        return None
    meanings = [
        Meaning(name, spelled[0], spelled)
        for name, known in r.lexicon.sizes.items()
        if (spelled := known.get(r.word(at)))
    ]
    return (tuple(meanings), at + 1) if meanings else None


def _negated(r: Reading, at: int, start: int, *, plain: bool) -> tuple[Constraint, int] | None:
    hit = _value_at(r, at)
    if hit is not None:
        meanings, end = hit
        first, last, meanings = _hinted(r, at, end, meanings)
        last = max(end, last) if first == at or first >= start else end
        words = [token.stem for token in r.tokens[at:end] if not token.mark]
        meaning = _left_out_meaning(r, meanings, words, hinted=last > end or first < at)
        if meaning is not None:
            source = r.source(start, last)
            return Constraint(meaning.field, Op.NOT, meaning.value, source, matches=meaning.matches, without=True), last
    if not plain or not r.free(at):
        return None
    token = r.tokens[at]
    if not says_something(token) or token.number is not None or token.word in NOT_LEFT_OUT:
        return None
    end = at + 1
    if r.free(end) and says_something(r.tokens[end]) and not _compound(r, at, end):
        return None  # "no man's sky", "without remorse trilogy": the words go on, and nobody knows them
    while r.free(end) and says_something(r.tokens[end]) and end - at < 3:
        end += 1
    if r.free(end) and says_something(r.tokens[end]):
        return None
    word = " ".join(t.text.lower() for t in r.tokens[at:end])
    return Constraint(WORDS, Op.NOT, word, r.source(start, end), matches=(word,), without=True), end


def _compound(r: Reading, at: int, end: int) -> bool:
    """Whether two words that no attribute knows may be one thing to leave out ("without palm oil")."""
    known = r.lexicon.named([r.tokens[at].stem, r.tokens[end].stem]) == 0
    return known and r.lexicon.knows(r.tokens[end].stem) and (end + 1 >= len(r.tokens) or r.ends(end + 1))


def _left_out_meaning(r: Reading, meanings: Sequence[Meaning], words: Sequence[str], *, hinted: bool) -> Meaning | None:
    """Of several meanings the one that most of the things asked for have; None where most products with the word do
    not have it as a value."""
    everything = r.lexicon.everything
    context = r.lexicon.context(r.context(_after_negators(r)))
    scored = []
    for meaning in meanings:
        evidence = r.lexicon.evidence(meaning, words, everything)
        share = evidence.kept / evidence.found if evidence.found else 1.0
        size = meaning.field in r.lexicon.sizes
        here = (context & r.lexicon.holding(meaning.field, meaning.matches)).bit_count()
        told = here > 0 or context == everything or r.lexicon.coverage(meaning.field, context) >= COVERED
        if hinted or size or (share >= COVERED and told):
            scored.append((here > 0, meaning.exact, here, share, meaning))
    return max(scored, key=lambda one: one[:4])[-1] if scored else None


def _after_negators(r: Reading) -> set[int]:
    """The tokens that may be left out, and with them do not say what is wanted."""
    found: set[int] = set()
    for i in range(len(r.tokens)):
        negator = phrase_at(r.tokens, i, NEGATORS)
        if negator:
            found.update(range(i, negator[1] + NEGATED_REACH))
    return found


def _free_of(r: Reading, i: int) -> None:
    """ "sugar free", "lead-free": without it, where the catalogue has no such value of its own."""
    if r.word(i) not in FREE or not says_something(r.tokens[i - 1]):
        return
    titled = [r.tokens[i - 1].stem, r.tokens[i].stem]
    if r.lexicon.named(titled) or tuple(titled) in r.lexicon.phrases:
        return
    hit = _value_at(r, i - 1)
    if hit is None or hit[1] != i:
        return
    meaning = _left_out_meaning(r, hit[0], titled[:1], hinted=False)
    if meaning is None:
        return
    source = r.source(i - 1, i + 1)
    r.take(
        i - 1, i + 1, [Constraint(meaning.field, Op.NOT, meaning.value, source, matches=meaning.matches, without=True)]
    )


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
