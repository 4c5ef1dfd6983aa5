"""What was typed, the words it may stand for, and which texts of the lexicon complete it. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final, NamedTuple

from shop.lexicon.gather import Lexicon
from shop.lexicon.phrases import Phrase, Phrases
from shop.lexicon.tokens import edits_allowed, singular, words

LEAST_CHARACTERS: Final = 2
WORDS_USED: Final = 10
# Words that one mistyped word is taken for, and readings of the whole text.
READINGS_A_WORD: Final = 3
READINGS: Final = 8
# What one mistake costs a completion, in natural logarithms of its count.
A_MISTAKE: Final = 4.0


class Reading(NamedTuple):
    """A word of the catalogue that a typed word may be, and how many mistakes lie between."""

    word: str
    mistakes: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the search field: folded words, and whether the last one may go on."""

    text: str
    words: tuple[str, ...]
    open: bool

    @property
    def enough(self) -> bool:
        """Whether there is enough of it to suggest anything."""
        return sum(map(len, self.words)) >= LEAST_CHARACTERS


@dataclass(frozen=True, slots=True)
class Completions:
    """Texts that may be meant, best first; `readings` holds what each typed word is taken for."""

    readings: tuple[tuple[Reading, ...], ...]
    queries: tuple[Phrase, ...] = ()
    categories: tuple[Phrase, ...] = ()
    brands: tuple[Phrase, ...] = ()


def typed(text: str) -> Typed:
    """What is known of the text alone; words behind the tenth are left out."""
    found = words(text)[:WORDS_USED]
    return Typed(" ".join(text.split()), tuple(found), bool(found) and not text[-1:].isspace())


def complete(given: Typed, lexicon: Lexicon, limit: int) -> Completions:
    """At most `limit` completions of each kind."""
    readings = tuple(_readings(given, place, lexicon) for place in range(len(given.words)))
    whole = list(_whole(readings))
    queries = _best(lexicon.queries, whole, limit)
    if not queries and len(readings) > 1:
        queries = _one_of_each(_continued(readings, lexicon, limit), limit)
    last = [((reading.word,), reading.mistakes) for reading in readings[-1]]
    return Completions(
        readings,
        tuple(queries),
        tuple(_best(lexicon.categories, whole, limit) or _of_last_word(lexicon.categories, given, last, limit)),
        tuple(_best(lexicon.brands, whole, limit) or _of_last_word(lexicon.brands, given, last, limit)),
    )


def as_typed(given: Typed) -> Completions:
    """Nothing but the words themselves, where no lexicon is there yet."""
    return Completions(tuple((Reading(word, 0),) for word in given.words))


def _readings(given: Typed, place: int, lexicon: Lexicon) -> tuple[Reading, ...]:
    word = given.words[place]
    unfinished = given.open and place == len(given.words) - 1
    itself = Reading(word, 0)
    if not edits_allowed(word) or lexicon.words.known(word) or (unfinished and lexicon.words.begun(word, 1)):
        return (itself,)
    near = lexicon.words.near(word, prefix=unfinished, limit=READINGS_A_WORD)
    return tuple(Reading(found.word, found.distance) for found in near) or (itself,)


def _whole(readings: Sequence[Sequence[Reading]]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Readings of the whole text with their mistakes, the likeliest first."""
    chosen = list(islice(product(*readings), 64))
    for combined in sorted(chosen, key=lambda some: sum(reading.mistakes for reading in some))[:READINGS]:
        yield tuple(reading.word for reading in combined), sum(reading.mistakes for reading in combined)


def _best(phrases: Phrases, whole: Iterable[tuple[tuple[str, ...], int]], limit: int) -> list[Phrase]:
    """The best phrases over all readings."""
    found: dict[tuple[str, str], tuple[float, Phrase]] = {}
    for parts, mistakes in whole:
        for phrase, weight in phrases.begun(" ".join(parts), limit):
            score = weight - A_MISTAKE * mistakes
            known = found.get((phrase.text, phrase.value))
            if known is None or known[0] < score:
                found[phrase.text, phrase.value] = score, phrase
    ordered = sorted(found.values(), key=lambda item: (-item[0], len(item[1].text), item[1].text))
    return [phrase for _, phrase in ordered[:limit]]


def _continued(readings: Sequence[Sequence[Reading]], lexicon: Lexicon, limit: int) -> list[Phrase]:
    """Where no phrase begins with all the words: those with all of them in any order, then the last words completed
    behind the first ones as they are."""
    whole = list(_whole(readings))
    found: list[Phrase] = []
    for parts, _ in whole:
        found += [phrase for phrase, _ in lexicon.queries.begun(parts[-1], limit, _has(parts[:-1]))]
    for parts, _ in whole:
        for kept in range(1, len(parts)):
            head = " ".join(parts[:kept])
            rest = lexicon.queries.begun(" ".join(parts[kept:]), limit, _is_short)
            found += [
                Phrase(f"{head} {phrase.text}", 0)
                for phrase, _ in rest
                if not _stems(parts[:kept]) & _stems(words(phrase.text))
            ]
            if rest:
                break
    return found


def _stems(parts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(singular, parts))


def _has(parts: Sequence[str]) -> Callable[[Phrase], bool]:
    return lambda phrase: _stems(parts) <= _stems(words(phrase.text))


def _is_short(phrase: Phrase) -> bool:
    return phrase.text.count(" ") < 2


def _one_of_each(phrases: Iterable[Phrase], limit: int) -> list[Phrase]:
    """The first of those that have the same words."""
    found: dict[frozenset[str], Phrase] = {}
    for phrase in phrases:
        found.setdefault(_stems(words(phrase.text)), phrase)
    return list(found.values())[:limit]


def _of_last_word(
    phrases: Phrases, given: Typed, last: Sequence[tuple[tuple[str, ...], int]], limit: int
) -> list[Phrase]:
    """Those that the last word alone begins, where it is long enough to mean something of its own."""
    return _best(phrases, last, limit) if len(given.words) > 1 and len(given.words[-1]) > 2 else []
