"""What a shopper calls things that are liked or not ("boring", "fancier"), and how records speak of that. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

_LEAST: Final = 4
"""Letters of the shortest word that nobody has listed and is taken for a taste."""


@dataclass(frozen=True, slots=True)
class Taste:
    """`said`: what was wished, as an answer repeats it; `toward` and `away`: how records speak of what is wanted and of
    what is not, words or with * beginnings of words."""

    said: str = ""
    toward: tuple[str, ...] = ()
    away: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.toward or self.away)


NO_TASTE: Final = Taste()


def taste_read(stored: Mapping[str, Any]) -> Taste:
    """The taste that `asdict` wrote; none where nothing is stored."""
    return Taste(str(stored.get("said", "")), tuple(stored.get("toward") or ()), tuple(stored.get("away") or ()))


@cache
def _ends() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """A word that people say -> how records tell it, and how they tell its opposite; of two matters the first."""
    read = yaml.safe_load((files("app.chat.reading") / "tastes.yaml").read_text("utf-8"))
    found: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for one, other in read:
        for end, opposite in ((one, other), (other, one)):
            for word in end["said"]:
                found.setdefault(word, (tuple(end["told"]), tuple(opposite["told"])))
    return found


def base_of(word: str) -> str:
    """The word without an ending that compares, where the plain word is one of tastes: fancier, simpler, bigger."""
    ends = _ends()
    return next((one for one in _plain(word.lower()) if one in ends), "")


def _plain(word: str) -> Iterator[str]:
    yield word
    for ending in ("er", "est"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        yield from (stem, f"{stem}e")
        if stem.endswith("i"):
            yield f"{stem[:-1]}y"
        if stem[-1] == stem[-2]:
            yield stem[:-1]


def taste_of(word: str, *, less: bool, said: str) -> Taste:
    """What is wished by more, or `less`, of what a word says. One that is not listed stands for itself."""
    listed = _ends().get(base_of(word))
    if listed is None:
        own = (f"{word.lower()}*",) if len(word) >= _LEAST else ()
        return Taste(said, (), own) if less else Taste(said, own, ())
    told, opposite = listed
    return Taste(said, opposite, told) if less else Taste(said, told, opposite)


def pattern(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words, of those with * the words that begin so; never matches where there are none."""
    if not words:
        return _NEVER
    each = "|".join(re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in words)
    return re.compile(rf"\b(?:{each})\b", re.IGNORECASE)


_NEVER: Final = re.compile(r"(?!)")
