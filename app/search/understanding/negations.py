"""What must not be: "not leather", "without lid", "except Nike and Adidas", "sugar free". Pure."""

from typing import Final

from app.search.understanding.absences import absence_of
from app.search.understanding.bearing import COVERED
from app.search.understanding.candidates import Candidate, candidate_at
from app.search.understanding.found import KINDS, Constraint, Op
from app.search.understanding.language.negation import (
    FREE,
    HAVING,
    NEGATED_FILLERS,
    NEGATORS,
    NOT_LEFT_OUT,
    PLAIN_NEGATORS,
)
from app.search.understanding.language.text import ALTERNATIVES
from app.search.understanding.language.things import NO_THINGS
from app.search.understanding.meanings import Meaning
from app.search.understanding.reading import Reading, says_something
from app.search.understanding.tokens import phrase_at
from app.search.understanding.values import tells_absence

NEGATED_REACH: Final = 3
"""How many tokens after a negator are thought to be what it leaves out, before that is known."""
_GOES_ON: Final = frozenset({"at", "by", "on", "to"})
_CLOSING: Final = frozenset({"&", "and", "nor", "or"})
WORDS: Final = "words"
"""The field of words that must not be there and that no attribute knows."""


def find_negations(r: Reading) -> None:
    """Takes "not leather", "without lid", "except Nike and Adidas", "sugar free": what must not be."""
    i = 0
    while i < len(r.tokens):
        found = _negator_at(r, i) if r.free(i) else None
        whole = candidate_at(r, i) if found else None
        if found and whole and (whole.end > found[1] or any(m.field == "brand" for m in whole.meanings)):
            i = whole.end  # "Non-stick" is a value, and "Nothing" a brand.
            continue
        end = None
        if found and r.free(i, found[1]):
            end = _left_out(r, i, found[1])
        i = end or i + 1
    for i in range(len(r.tokens)):
        if r.word(i) == "free" and r.free(i) and i and r.free(i - 1):
            _free_of(r, i)


def _negator_at(r: Reading, i: int) -> tuple[bool, int] | None:
    """The negator at `i`, and the token after it: "not", but not "not in", before "in-ear"."""
    found = phrase_at(r.tokens, i, NEGATORS)
    if found and found[1] - i > 1 and r.hyphenated(found[1] - 1):
        return phrase_at(r.tokens[: found[1] - 1], i, NEGATORS)
    return found


def _left_out(r: Reading, i: int, at: int) -> int | None:
    """Takes the negator at `i` with the values that follow it; None where nothing that follows can be left out."""
    said = tuple(token.word for token in r.tokens[i:at])
    plain, having = said in PLAIN_NEGATORS, bool(HAVING & set(said))
    found: list[Constraint] = []
    start, end = i, at
    while True:
        at = _past_fillers(r, at)
        made = _negated(r, at, start, plain=plain, having=having)
        if made is None:
            break
        constraint, end = made
        found.append(constraint)
        following = end
        while r.word(following) in ALTERNATIVES and r.free(following):
            following += 1
        repeated = phrase_at(r.tokens, following, NEGATORS)
        if following == end or not r.free(following) or repeated or not _goes_on(r, following, constraint):
            break
        start, at = following, following
    if not found:
        return None
    r.take(i, end, found)
    return end


def _goes_on(r: Reading, at: int, constraint: Constraint) -> bool:
    """Whether what stands at `at` is left out too: after "or" and "nor" anything is, after "and" or a comma only a
    value of the same field ("no nuts, chocolate cake" is a cake)."""
    following = _value_at(r, at)
    if constraint.field == WORDS and following is None and r.word(at) in NO_THINGS:
        return False  # "No fragrance and good for the skin."
    if r.word(at - 1) in ("or", "nor") and (following or not _word_follows(r, at + 1)):
        return True
    if following is None and constraint.field == WORDS:
        return _lists(r, at) or (r.word(at - 1) in ("or", "nor", "and") and _made_by(r, at) is not None)
    return following is not None and any(m.field == constraint.field for m in following.meanings)


def _lists(r: Reading, at: int) -> bool:
    """Whether words that no attribute knows go on as a list that is closed: "sulfates, parabens and silicones"."""
    joined = r.word(at - 1)
    while _word_follows(r, at) and not _value_at(r, at) and not _word_follows(r, at + 1):
        at += 1
        if r.word(at) not in ALTERNATIVES:
            return joined in _CLOSING
        while r.word(at) in ALTERNATIVES:
            joined, at = r.word(at), at + 1
    return False


def _made_by(r: Reading, at: int) -> int | None:
    """The end of a maker's name that stands before what is wanted ("not nike running shoes"), where no attribute knows
    makers: a word that names of products mostly begin with, and those that go on with it there."""
    if not r.free(at) or not r.lexicon.leads_names(r.tokens[at].stem):
        return None
    stems, end = [r.tokens[at].stem], at + 1
    while r.free(end) and says_something(r.tokens[end]) and not candidate_at(r, end):
        longer = [*stems, r.tokens[end].stem]
        if 2 * r.lexicon.named(longer) < r.lexicon.named(stems):
            break
        stems, end = longer, end + 1
    last = end
    while _word_follows(r, last):
        last += 1
    following = [r.tokens[i].stem for i in range(end, last)]
    made = any(r.lexicon.names_kind(stemmed) and r.lexicon.named([*stems, stemmed]) for stemmed in following)
    return end if made or not following else None


def _past_fillers(r: Reading, at: int) -> int:
    while r.free(at) and r.word(at) in NEGATED_FILLERS and not _value_at(r, at) and not r.hyphenated(at):
        at += 1
    return at


def _value_at(r: Reading, at: int) -> Candidate | None:
    return (candidate_at(r, at) or _size_at(r, at)) if r.free(at) else None


def _size_at(r: Reading, at: int) -> Candidate | None:
    meanings = tuple(
        Meaning(name, spelled[0], spelled)
        for name, known in r.lexicon.sizes.items()
        if (spelled := known.get(r.word(at)))
    )
    return Candidate(at, at + 1, at, at + 1, meanings, (r.tokens[at].stem,)) if meanings else None


def _negated(r: Reading, at: int, start: int, *, plain: bool, having: bool) -> tuple[Constraint, int] | None:
    """`having`: whether it is said of what a thing has, and not of what it is: "cream without fragrance"."""
    lacking = (having or r.word(at - 1) == "no") and r.word(at + 1) not in FREE
    if plain and lacking and r.free(at) and (absent := absence_of(r, at, start, at + 1)):
        return absent, at + 1
    hit = _value_at(r, at)
    if hit is not None:
        # A name before the value counts only behind the negator.
        last = hit.last if hit.first >= start else hit.end
        meaning = _left_out_meaning(r, hit)
        if meaning is not None and not (having and meaning.field in KINDS):
            return _without(r, meaning, start, max(last, hit.end)), max(last, hit.end)
    if not plain or not r.free(at):
        return None
    return _unknown(r, at, start)


def _without(r: Reading, meaning: Meaning, start: int, end: int) -> Constraint:
    """What must not be; of an attribute that lists what a thing is free of, what must be."""
    source = r.source(start, end)
    if tells_absence(meaning.field, meaning.value):
        return Constraint(meaning.field, Op.EQ, meaning.value, source, matches=meaning.matches)
    return Constraint(
        meaning.field, Op.NOT, meaning.value, source, matches=meaning.matches, without=True, also_in=meaning.also_in
    )


def _unknown(r: Reading, at: int, start: int) -> tuple[Constraint, int] | None:
    """Words that no attribute knows: "without palm oil"."""
    token = r.tokens[at]
    hyphenated = r.hyphenated(at)
    if not (says_something(token) or hyphenated) or token.number is not None or token.word in NOT_LEFT_OUT:
        return None
    end = at + 1 + hyphenated
    if hyphenated and r.ends(end):
        word = r.source(at, end).lower()
        return Constraint(WORDS, Op.NOT, word, r.source(start, end), matches=(word,), without=True), end
    if r.word(end) in _GOES_ON:
        return None  # "not tested on animals"
    if r.word(start) != "no" and (maker := _made_by(r, at)):
        return _not_said(r, at, maker, start)
    if _told_apart(r, end):
        return _not_said(r, at, end, start)
    if _word_follows(r, end) and r.lexicon.named([r.tokens[at - 1].stem, token.stem]):
        return None  # "No show socks" are called so.
    if r.word(start) != "no" and _word_follows(r, end) and _of_the_thing(r, at, end):
        return _not_said(r, at, end, start)
    if _word_follows(r, end) and not _compound(r, at, end):
        return None  # "no man's sky", "without remorse trilogy": the words go on, and nobody knows them
    while _word_follows(r, end) and end - at < 3:
        end += 1
    return None if _word_follows(r, end) else _not_said(r, at, end, start)


def _told_apart(r: Reading, end: int) -> bool:
    """Whether what follows is a value of an attribute, that says something of its own: "blue" in "no pockets blue"."""
    value = candidate_at(r, end) if r.free(end) else None
    if value is None or r.lexicon.is_thing(value.stems[-1]):
        return False
    return any(meaning.exact and meaning.field not in (*KINDS, *r.lexicon.open) for meaning in value.meanings)


def _word_follows(r: Reading, end: int) -> bool:
    if not r.free(end) or not says_something(r.tokens[end]) or r.tokens[end].number is not None:
        return False
    return phrase_at(r.tokens, end, NEGATORS) is None


def _not_said(r: Reading, at: int, end: int, start: int) -> tuple[Constraint, int]:
    word = " ".join(t.text.lower() for t in r.tokens[at:end])
    return Constraint(WORDS, Op.NOT, word, r.source(start, end), matches=(word,), without=True), end


def _of_the_thing(r: Reading, at: int, end: int) -> bool:
    """Whether what follows is the thing that is wanted, and names say of such that they are so: "not leather sofa"."""
    ends = end + 1 >= len(r.tokens) or r.ends(end + 1) or not says_something(r.tokens[end + 1])
    kind = r.tokens[end].stem
    return ends and r.lexicon.names_kind(kind) and r.lexicon.named([r.tokens[at].stem, kind]) > 0


def _compound(r: Reading, at: int, end: int) -> bool:
    """Whether two words that no attribute knows may be one thing to leave out ("without palm oil")."""
    known = r.lexicon.named([r.tokens[at].stem, r.tokens[end].stem]) == 0
    return known and r.lexicon.knows(r.tokens[end].stem) and (end + 1 >= len(r.tokens) or r.ends(end + 1))


def _left_out_meaning(r: Reading, hit: Candidate) -> Meaning | None:
    """Of several meanings the one that most of the things asked for have; None where most products with the word do
    not have it as a value."""
    everything = r.lexicon.everything
    context = r.lexicon.context(r.context(_after_negators(r)))
    scored = []
    for meaning in hit.meanings:
        evidence = r.lexicon.evidence(meaning, hit.stems, everything)
        share = evidence.kept / evidence.found if evidence.found else 1.0
        if meaning.field in r.lexicon.open and not hit.hinted:
            continue
        size = meaning.field in r.lexicon.sizes
        here = (context & r.lexicon.holding(meaning.field, meaning.matches)).bit_count()
        told = here > 0 or context == everything or r.lexicon.coverage(meaning.field, context) >= COVERED
        if hit.hinted or size or (share >= COVERED and told):
            scored.append((here > 0, meaning.exact, here, share, meaning))
    if not scored:
        return None
    best = max(scored, key=lambda one: one[:4])[-1]
    # None of the attributes that say the same of such things may have it.
    values = [meaning for meaning in hit.meanings if meaning.field not in KINDS]
    shared = [] if hit.hinted else r.lexicon.shared(values, context)
    return next((one for one in shared if best.field in one.fields), best)


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
    if absent := absence_of(r, i - 1, i - 1, i + 1):
        r.take(i - 1, i + 1, [absent])
        return
    hit = _value_at(r, i - 1)
    if hit is None or hit.end != i:
        return
    meaning = _left_out_meaning(r, hit)
    if meaning is not None and meaning.field not in KINDS:
        r.take(i - 1, i + 1, [_without(r, meaning, i - 1, i + 1)])
