"""Phrases of a text that may be values of the catalogue, before any is taken for one. Pure."""

from dataclasses import dataclass

from app.search.understanding.language.text import CATEGORY_WORDS, COLORED
from app.search.understanding.meanings import Meaning
from app.search.understanding.reading import Reading
from app.search.understanding.tokens import is_break, stem

LEAST_PART = 3
"""Letters of a word that may be half of one that the catalogue writes as one ("back pack")."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Tokens [start, end) that may have one of the meanings. `stems`: the words as the catalogue has them; `first` and
    `last`: where its source begins and ends, names included."""

    start: int
    end: int
    first: int
    last: int
    meanings: tuple[Meaning, ...]
    stems: tuple[str, ...]

    @property
    def hinted(self) -> bool:
        """Whether the name of the field stands beside the value."""
        return self.first < self.start or self.last > self.end


def candidates_of(r: Reading) -> list[Candidate]:
    """Phrases that may be values, longest first from each token on, none within another."""
    found: list[Candidate] = []
    i = 0
    while i < len(r.tokens):
        hit = candidate_at(r, i)
        if hit is not None:
            found.append(hit)
        i = hit.end if hit else i + 1
    return found


def candidate_at(r: Reading, i: int) -> Candidate | None:
    """The longest phrase at `i` that may be a value, signs within it passed over."""
    stems: list[str] = []
    words: list[str] = []
    ends: list[int] = []
    at = i
    while at < len(r.tokens) and len(stems) < max(r.lexicon.longest, 3) and r.free(at):
        token = r.tokens[at]
        if is_break(token) or (token.mark and not stems):
            break
        if not token.mark:
            stems.append(token.stem)
            words.append(token.word)
            ends.append(at + 1)
        at += 1
    for length in range(len(stems), 0, -1):
        hyphen = length == 2 and r.text[r.tokens[i].end : r.tokens[ends[1] - 1].start] == "-"
        known = _known(r, stems[:length], words[:length], hyphen=hyphen)
        meanings = r.lexicon.phrases.get(known, ())
        category = CATEGORY_WORDS.get(tuple(t.word for t in r.tokens[i : ends[length - 1]]))
        if category:
            meanings = (*meanings, Meaning("category", category, (category,)))
        if meanings:
            return _hinted(r, Candidate(i, ends[length - 1], i, ends[length - 1], meanings, known))
    return None


def _known(r: Reading, stems: list[str], words: list[str], *, hyphen: bool) -> tuple[str, ...]:
    """The words as the catalogue has them: "black and decker" for Black & Decker, "hand bag" for handbag."""
    said = tuple(stems)
    if said in r.lexicon.phrases:
        return said
    if len(words) == 2 and (hyphen or min(map(len, words)) >= LEAST_PART):
        joined = (stem(words[0] + words[1]),)
        if joined in r.lexicon.phrases:
            return joined
    if len(words) == 1 and len(stems[0]) > LEAST_PART:
        for ending in ("d", "ed"):  # "with stripes" is striped.
            if (stems[0] + ending,) in r.lexicon.phrases:
                return (stems[0] + ending,)
    return r.lexicon.variants.get(said, said)


def _hinted(r: Reading, candidate: Candidate) -> Candidate:
    """Reads the attribute's own name beside the value ("color red", "cotton material", "by Nike")."""
    i, end, meanings = candidate.start, candidate.end, candidate.meanings
    names: dict[tuple[str, ...], list[Meaning]] = {}
    for meaning in meanings:
        parts = [stem(part) for part in meaning.field.split("_")]
        named = {tuple(parts), (parts[-1],)}
        if len(parts) > 1 and not r.lexicon.called(parts[0], meaning.field):
            named.add((parts[0],))  # "Leather strap"; but "yellow cable" is what is wanted.
        for part in named:
            names.setdefault(part, []).append(meaning)
    before = i - 1
    while before >= 0 and r.word(before) in ("is", "of", ":", "in", "="):
        before -= 1
    first, last, said = i, end, tuple(meanings)
    if before >= 0 and r.free(before, i) and (told := names.get((r.tokens[before].stem,))):
        first, said = before, tuple(told)
    elif r.free(end) and (told := names.get((COLORED.get(r.word(end), r.tokens[end].stem),))):
        last, said = end + 1, tuple(told)
    elif r.word(i - 1) == "by" and r.free(i - 1) and any(m.field == "brand" for m in meanings):
        first, said = i - 1, tuple(m for m in meanings if m.field == "brand")
    return Candidate(i, end, first, last, said, candidate.stems)
