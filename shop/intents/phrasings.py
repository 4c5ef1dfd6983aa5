"""Utterances made from ways of putting things: patterns with alternatives, in families, of which some are drawn."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

WORDS: Final = "words"
DRAWN: Final = 24
"""Utterances drawn from a pattern; of one with fewer possibilities each comes at most once."""
_SLOT: Final = re.compile(r"\[([^\[\]]*)\]|\{(\w+)\}")
_DEPTH: Final = 8
# One in so many is typed in haste.
_WORN: Final = 5
_LONG: Final = 4
_SHORTER: Final = {"you": "u", "your": "ur", "please": "pls", "want to": "wanna", "don't": "dont", "i'm": "im"}
_SHORT: Final = re.compile(r"\b(?:" + "|".join(_SHORTER) + r")\b")
_OWNED: Final = re.compile(r"\b(?:my|the|your|an?)\b")
_OATHS: Final = ("damn", "bloody", "fucking", "goddamn", "stupid")


class PhrasingWrong(ValueError):
    """A pattern names a list that is not there, or lists name each other in a circle."""


def phrasings(stored: Mapping[str, Any], drawn: int = DRAWN) -> Iterator[tuple[str, str, str]]:
    """(text, intent, family) of every utterance drawn from `stored`: intents with families of patterns, and under
    `words` the lists that patterns name. `[a|b]` is one of these, `{name}` one of the list. What is drawn depends on
    the pattern alone, so that a pattern added leaves the others' utterances as they are. Raises PhrasingWrong."""
    words: Mapping[str, Sequence[str]] = stored.get(WORDS, {})
    for intent, families in stored.items():
        if intent == WORDS:
            continue
        for family, patterns in families.items():
            for pattern in patterns:
                for text in _of(str(pattern), words, drawn):
                    yield text, intent, f"{intent}/{family}"


def _of(pattern: str, words: Mapping[str, Sequence[str]], drawn: int) -> list[str]:
    chance = random.Random(pattern)
    made = [_filled(pattern, words, chance) for _ in range(2 * drawn)]
    kept = list(dict.fromkeys(text for text in made if text))[:drawn]
    return list(dict.fromkeys(text if (row + 1) % _WORN else _worn(text, chance) for row, text in enumerate(kept)))


def _worn(text: str, chance: random.Random) -> str:
    """The text as it is typed in haste: two letters swapped, one left out or doubled, a short form, or an oath."""
    way = chance.randrange(4)
    if way == 0:
        return _SHORT.sub(lambda word: _SHORTER[word[0]], text)
    if way == 1:
        return _OWNED.sub(lambda word: f"{word[0]} {chance.choice(_OATHS)}", text, count=1)
    words = text.split()
    row = max(range(len(words)), key=lambda at: (len(words[at]), at))
    word = words[row]
    if len(word) > _LONG:
        at = chance.randrange(1, len(word) - 2)
        pair = word[at : at + 2]
        words[row] = word[:at] + chance.choice((pair[::-1], pair[0], pair[0] + pair)) + word[at + 2 :]
    return " ".join(words)


def _filled(pattern: str, words: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    for _ in range(_DEPTH):
        if not _SLOT.search(pattern):
            return " ".join(pattern.split())
        pattern = _SLOT.sub(lambda slot: _chosen(slot, words, chance), pattern)
    raise PhrasingWrong(f"Lists of words name each other in a circle: {pattern[:80]}")


def _chosen(slot: re.Match[str], words: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    if slot[1] is not None:
        return chance.choice(str(slot[1]).split("|"))
    if not words.get(slot[2]):
        raise PhrasingWrong(f"There is no list of words called {slot[2]!r}.")
    return str(chance.choice(words[slot[2]]))
