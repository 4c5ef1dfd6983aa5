"""Values of the catalogue: brands, categories and attributes by their own words, and what must not be. Pure.

A word becomes a constraint only where the catalogue bears it out: among the products that have all the words asked
for, enough must have the value. So "red" in "red dress" is a colour and in "red bull" a name, "orange" the brand of
a phone and the colour of a shirt, and "samsung" in "samsung case" the phone that a case is for.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.search.understanding.bearing import BORNE_OUT, COVERED, borne_out, in_expression, titled_otherwise
from app.search.understanding.candidates import Candidate, candidate_at, candidates_of
from app.search.understanding.found import KINDS, Constraint, Op
from app.search.understanding.language.expressions import LIKENESS, NAMED_WITH_OF, SENSED, WHO_LIKE
from app.search.understanding.language.lists import words
from app.search.understanding.language.measures import BUNDLES, SIZES, UNITS
from app.search.understanding.language.money import NOT_PRICE_BEFORE
from app.search.understanding.language.negation import ABSENCE, FREE, NEGATED_FILLERS, NEGATORS
from app.search.understanding.language.people import GIFTS
from app.search.understanding.language.text import ALTERNATIVES, FUNCTION_WORDS
from app.search.understanding.language.things import PURPOSES, QUALITIES
from app.search.understanding.lexicon import ENOUGH, LEAST_HEADS
from app.search.understanding.meanings import Meaning
from app.search.understanding.reading import Reading, says_something
from app.search.understanding.tokens import phrase_at, stems_of
from app.search.understanding.tree import but

_ARTICLES: Final = frozenset({"a", "an", "her", "his", "my", "our", "the", "their", "your"})
_HAVING: Final = frozenset({"from", "in", "into", "inside", "on", "onto", "with", "without"})
_PARTS: Final = words(
    "feature featuring features has have having include includes including offers plus provide provides with"
)
_WHO_HAVE: Final = frozenset({"i", "to", "we", "you", "they"})
_BEFORE_VERBS: Final = frozenset({"to", "can", "could", "will", "would", "must", "should", "cannot", "cant", "dont"})
"""What follows is done, and no thing: "that can seat five"."""
_ORDER: Final = frozenset({"first"})


def find_values(r: Reading) -> None:
    """Takes values that are asked for, best borne out meaning first. Categories are looked at once more when the rest
    is known: "dress" ends its phrase in "dress floral" because "floral" is understood."""
    candidates = [one for whole in candidates_of(r) for one in (whole, *_within(r, whole))]
    around = {i for c in candidates for i in (*range(c.first, c.start), *range(c.end, c.last))}
    telling = r.telling()
    for kinds_only in (False, True):
        for candidate in candidates:
            if not r.free(candidate.start, candidate.end) or _refused(r, candidate.first):
                continue
            own = {*around, *range(candidate.start, candidate.end)}
            own.update(i for other in _instead(r, candidates, candidate) for i in range(other.start, other.end))
            others = [r.tokens[i].stem for i in telling if i not in own]
            ends = _ends_phrase(r, candidate.last) or candidate.last in around
            if meaning := _best(r, candidate, others, ends=ends, kinds_only=kinds_only):
                _take(r, candidate, meaning)
    for candidate in (*candidates, *reversed(candidates)):
        if r.free(candidate.start, candidate.end) and (meaning := _as_its_neighbour(r, candidates, candidate)):
            _take(r, candidate, meaning)


def _instead(r: Reading, candidates: Sequence[Candidate], one: Candidate) -> list[Candidate]:
    """Values of the same field that are asked for instead of one: "tan" of "brown or tan sandals"."""
    fields = {meaning.field for meaning in one.meanings}
    found = []
    for other in candidates:
        first, last = sorted((one, other), key=lambda each: each.start)
        between = range(first.end, last.start)
        joined = between and all(r.word(i) in ALTERNATIVES for i in between)
        if joined and any(meaning.field in fields for meaning in other.meanings):
            found.append(other)
    return found


def _as_its_neighbour(r: Reading, candidates: Sequence[Candidate], one: Candidate) -> Meaning | None:
    """What a value means beside another of its field that was understood: "red" of "red or blue sandals"."""
    starts = {other.start for other in _instead(r, candidates, one)}
    fields = {told.field for i, told in r.constraints if i in starts and told.matches and not told.without}
    fitting = (m for m in one.meanings if m.exact and m.field in fields and m.field not in KINDS)
    return next(fitting, None)


def _within(r: Reading, whole: Candidate) -> list[Candidate]:
    """The phrases within a name that may be none: "black" in "matte black"."""
    if not all(meaning.field in r.lexicon.open for meaning in whole.meanings):
        return []
    inner = [one for i in range(whole.start + 1, whole.end) if (one := candidate_at(r, i))]
    return [one for one in inner if one.end <= whole.end]


def _take(r: Reading, candidate: Candidate, meaning: Meaning) -> None:
    first = candidate.first if r.free(candidate.first, candidate.start) else candidate.start
    last = candidate.last if r.free(candidate.end, candidate.last) else candidate.end
    while r.free(first - 1) and _says_the_same(r, first - 1):
        first -= 1
    value: str | bool | tuple[str, ...] = meaning.value
    op = Op.EQ
    if meaning.field == "shop_category" and len(meaning.matches) > 1:
        op, value = Op.IN, meaning.matches
    said = [token.stem for token in r.tokens[candidate.start : candidate.end] if not token.mark]
    words = r.source(candidate.start, candidate.end) if said == [*candidate.stems] else " ".join(candidate.stems)
    source = r.source(first, last)
    left_out = but(meaning.matches, r.lexicon.beside) if meaning.field == "shop_category" else ()
    r.take(first, last, [replace(_constraint(meaning, op, value, source, words), but=left_out)])


def _says_the_same(r: Reading, i: int) -> bool:
    """Whether the word and the next are two words for one ("fish tank" of aquariums)."""
    one, other = r.tokens[i], r.tokens[i + 1]
    return one.stem == other.stem and one.text.lower() != other.text.lower() and one.word == other.word


def _constraint(meaning: Meaning, op: Op, value: str | bool | tuple[str, ...], source: str, words: str) -> Constraint:
    return Constraint(meaning.field, op, value, source, matches=meaning.matches, words=words, also_in=meaning.also_in)


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


def _best(r: Reading, candidate: Candidate, others: Sequence[str], *, ends: bool, kinds_only: bool) -> Meaning | None:
    """The meaning that the catalogue bears out best beside the `others`, or None where it bears out none."""
    context, wide = r.lexicon.context(others), r.lexicon.context(others, ENOUGH)
    values = [meaning for meaning in candidate.meanings if meaning.field not in KINDS]
    shared = [] if candidate.hinted else r.lexicon.shared(values, context)
    scored = []
    for meaning in (*candidate.meanings, *shared):
        kind = meaning.field in KINDS
        if kind < kinds_only or _cannot_be(r, candidate, meaning, ends=ends):
            continue
        if meaning.field == "category" and not titled_otherwise(r, candidate, meaning):
            return meaning  # One of the ten, by its name.
        if told := borne_out(r, candidate, meaning, context, wide):
            scored.append((*told, meaning))
    scored.sort(key=lambda one: one[:4], reverse=True)
    return next((one[-1] for one in scored if not titled_otherwise(r, candidate, one[-1])), None)


def _cannot_be(r: Reading, candidate: Candidate, meaning: Meaning, *, ends: bool) -> bool:
    """Whether the words around rule a meaning out."""
    if in_expression(r, candidate, meaning):
        return True
    if r.hyphenated(candidate.end - 1) and not r.lexicon.knows(r.tokens[candidate.end].stem):
        return True  # "Blue-ray" is another word.
    if meaning.field in KINDS:
        return _no_kind(r, candidate, meaning, ends=ends)
    if r.word(candidate.last) in SENSED and not SENSED & set(meaning.field.split("_")):
        return True  # "Maple flavour" is of no wood.
    if meaning.field == "brand":
        return _made_for(r, candidate.first) or _compared_with(r, candidate.first)
    if tells_absence(meaning.field, meaning.value):
        return True  # "Alcohol" does not ask for what is free of it.
    if candidate.hinted or isinstance(meaning.value, bool):
        return False
    return _a_thing(r, candidate, meaning, ends=ends) or _of_a_part(r, candidate, meaning)


def _no_kind(r: Reading, candidate: Candidate, meaning: Meaning, *, ends: bool) -> bool:
    if r.hyphenated(candidate.end - 1) or r.word(candidate.end) == "sized" or _holds(r, candidate.end):
        return True  # "Belt-clip", "travel sized", "bags of rice".
    if not ends or set(candidate.stems) <= GIFTS or r.word(candidate.start - 1) in _BEFORE_VERBS:
        return True
    if r.word(candidate.start - 1) == "of" and r.word(candidate.start - 2) in NAMED_WITH_OF:
        return True  # "Mother of pearl".
    if meaning.field == "category" and not r.lexicon.holding("category", meaning.matches):
        return True
    return (
        _said_of_it(r, candidate.first)
        or _made_for(r, candidate.first)
        or (meaning.field == "shop_category" and _other_kind(r, candidate, meaning))
    )


def _holds(r: Reading, at: int) -> bool:
    """Whether it is what other things are in: "bags of rice"."""
    return r.word(at) == "of" and at + 1 < len(r.tokens) and r.tokens[at + 1].number is None


def _of_a_part(r: Reading, candidate: Candidate, meaning: Meaning) -> bool:
    """Whether it is said of a part: "shoes with a rubber sole". Where the catalogue says the same of things with such
    a part, it is said of the thing."""
    part = candidate.last
    if not r.free(part) or not says_something(r.tokens[part]) or (r.tokens[part].stem,) in r.lexicon.phrases:
        return False
    before = candidate.first - 1
    while before > 0 and (says_something(r.tokens[before]) or r.word(before) in (*_ARTICLES, "and")):
        before -= 1
    if r.word(before) not in _PARTS or not any(says_something(r.tokens[i]) for i in range(before)):
        return False
    found = r.lexicon.found([*candidate.stems, r.tokens[part].stem], r.lexicon.everything)
    kept = found & r.lexicon.holding(meaning.field, meaning.matches)
    return kept.bit_count() < max(1.0, BORNE_OUT * found.bit_count())


def _a_thing(r: Reading, candidate: Candidate, meaning: Meaning, *, ends: bool) -> bool:
    """Whether the word names what is wanted, though it is a value as well: "card" of "birthday card" and of "card
    game"; "glasses", which nothing is made of."""
    if len(candidate.stems) > 1:
        return False
    token, before, after = r.tokens[candidate.start], candidate.start - 1, candidate.end
    plural = token.word.endswith("s") and token.word != token.stem == candidate.stems[0] and not token.possessive
    if plural and ends and r.free(before) and says_something(r.tokens[before]) and not _stored(meaning, token.word):
        return True
    compound = r.free(after) and not r.tokens[after].mark and r.lexicon.names_kind(r.tokens[after].stem)
    return (ends or compound) and r.lexicon.is_thing(candidate.stems[0])


def _stored(meaning: Meaning, word: str) -> bool:
    """Whether the catalogue writes the value like this."""
    return any(word in match.lower().split() for match in meaning.matches)


def _other_kind(r: Reading, candidate: Candidate, meaning: Meaning) -> bool:
    """Whether the word before makes another thing of it, one that this category has not: "rain coat" among coats."""
    before = candidate.start - 1
    if before < 0 or not r.free(before) or not says_something(r.tokens[before]) or r.tokens[before].number is not None:
        return False
    if r.word(before) in QUALITIES:
        return False
    stemmed = r.tokens[before].stem
    having = r.lexicon.holding(meaning.field, meaning.matches)
    said = [one for one in r.lexicon.phrases.get((stemmed,), ()) if one.field not in KINDS]
    if any(r.lexicon.coverage(one.field, having) >= COVERED for one in said):
        return False  # "Purple" says what it is like.
    known = r.lexicon.found([stemmed], r.lexicon.everything).bit_count() >= LEAST_HEADS
    known = known or r.word(before) in PURPOSES  # A "cutting board" is no skateboard, in whichever shop.
    return known and not r.lexicon.found([stemmed], having)


def _made_for(r: Reading, at: int) -> bool:
    """Whether it is what the thing is for: "buds for samsung phone"."""
    before = at - 1
    while (
        before > 0 and not r.tokens[before].mark and (says_something(r.tokens[before]) or r.word(before) in _ARTICLES)
    ):
        before -= 1
    if r.word(before) != "for" or before in r.taken:
        return False
    kinds = any(one.field in KINDS and start < before for start, one in r.constraints)
    return kinds or any(says_something(r.tokens[i]) and i not in r.taken for i in range(before))


def _compared_with(r: Reading, at: int) -> bool:
    """Whether the thing is only to be like it, or to go with it: "similar to coach", "works with bosch"."""
    while r.word(at - 1) in _ARTICLES:
        at -= 1
    if r.word(at - 1) == "like":
        return at > 1 and r.word(at - 2) not in WHO_LIKE
    return (r.word(at - 2), r.word(at - 1)) in LIKENESS or r.word(at - 1) in ("fit", "fits", "fitting")


def _said_of_it(r: Reading, at: int) -> bool:
    """Whether it is what the thing has or comes in: "bed with box spring", "candy in a gift box"."""
    before = at - 1
    while (
        before > 0 and not r.tokens[before].mark and (says_something(r.tokens[before]) or r.word(before) in _ARTICLES)
    ):
        before -= 1
    has = r.word(before) in _PARTS and r.word(before - 1) not in _WHO_HAVE
    return (has or r.word(before) in _HAVING) and any(says_something(r.tokens[i]) for i in range(before))


def _ends_phrase(r: Reading, at: int) -> bool:
    """Whether the noun phrase is over: a category is what is wanted ("running shoes"), not what it is for ("shoe
    rack"). What is said of the thing may follow it: "dress floral", "charger 45 w", "chairs set of 4"."""
    if at in r.taken:
        return not any(start == at and one.field in KINDS for start, one in r.constraints)
    if r.ends(at) or r.word(at) in FUNCTION_WORDS or r.word(at) in NOT_PRICE_BEFORE or r.word(at) in _ORDER:
        return True
    if phrase_at(r.tokens, at, NEGATORS):
        return True
    if size := phrase_at(r.tokens, at, SIZES):
        return _ends_phrase(r, size[1])  # "Hoodie extra large", of a shop that has none so large.
    if r.tokens[at].number is not None:
        return _ends_phrase(r, at + 1 + (r.word(at + 1) in UNITS))
    return r.word(at) in BUNDLES and r.word(at + 1) == "of"
