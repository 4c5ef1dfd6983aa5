"""How many mistakes are mended and how many mended wrongly, on a catalogue that is loaded for it.

Mistyped are judged queries and pairs of words that stand beside one another in names, each with one mistake by rule
(evaluate/spelling/typos.py). What ought to be left alone: the judged queries as they are, every word of the catalogue,
and words of shoppers that this catalogue does not have.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.settings import ServiceSettings
from embed.settings import EmbedSettings
from embed.vocabulary import common_words
from es.settings import EngineSettings
from evaluate.relevance.catalogue import ensure_loaded
from evaluate.relevance.judgments import read_judgments
from evaluate.relevance.measure import INDEX_SUFFIX, JudgedData
from evaluate.relevance.runs import Searcher, open_searcher
from evaluate.spelling.typos import mistyped
from shop.lexicon.corrections import correction
from shop.lexicon.gather import Lexicon
from shop.lexicon.tokens import singular, words

SEED: Final = 5
MISTAKES_A_QUERY: Final = 20
PAIRS: Final = 1_500
LEAST_PRODUCTS: Final = 5
SEARCHES: Final = 200
"""Mistyped queries that are also searched for, to see what shoppers get."""


@dataclass(frozen=True, slots=True)
class Mended:
    """Of mistyped texts: how many there were, how many were changed, and how many of them to what was meant."""

    texts: int
    changed: int
    right: int

    def values(self) -> dict[str, Any]:
        return {
            "texts": self.texts,
            "precision": round(self.right / max(1, self.changed), 3),
            "recall": round(self.right / max(1, self.texts), 3),
        }


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Of texts that are right: how many there were, and those that were changed, with what was made of them."""

    texts: int
    changed: dict[str, str]


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures. `answers`: how searches for mistyped queries ended, by name."""

    mended: Mapping[str, Mended]
    alone: Mapping[str, LeftAlone]
    answers: Mapping[str, int]


async def measure(data: JudgedData, shoppers: Path | None, engine: EngineSettings, url: str) -> Measured:
    """Everything over the judged catalogue. `shoppers`: requests of people, one a line.

    Raises EvaluateError, and whatever loading raises.
    """
    queries = sorted(query.lower() for query in read_judgments(data.judgments))
    embedding = EmbedSettings()
    apart = engine.model_copy(update={"index_prefix": engine.index_prefix + INDEX_SUFFIX})
    ensure_loaded(data.feed, apart, url, embedding)
    async with open_searcher(ServiceSettings(), apart, embedding, url) as searcher:
        lexicon = searcher.services.suggest.lexicon.current
        assert lexicon is not None
        look = _Look(lexicon, frozenset(common_words(embedding)))
        typed = list(mistakes(queries, MISTAKES_A_QUERY))
        alone = {"judged queries": look.alone(queries), "words of the catalogue": look.alone(lexicon.words)}
        if shoppers is not None and shoppers.is_file():
            alone["shoppers' words that are not in it"] = look.alone(_strange(shoppers, lexicon))
        return Measured(
            {"judged queries": look.mended(typed), "pairs in names": look.mended(mistakes(_pairs(lexicon), 1))},
            alone,
            await _answers(searcher, random.Random(SEED).sample(typed, min(SEARCHES, len(typed)))),
        )


@dataclass(frozen=True, slots=True)
class _Look:
    lexicon: Lexicon
    common: frozenset[str]

    def mended(self, typed: Iterable[tuple[str, str]]) -> Mended:
        texts = changed = right = 0
        for text, meant in typed:
            texts += 1
            if found := correction(text, self.lexicon, self.common):
                changed += 1
                right += _stems(found.text) == _stems(meant)
        return Mended(texts, changed, right)

    def alone(self, texts: Iterable[str]) -> LeftAlone:
        listed = list(texts)
        found = {text: correction(text, self.lexicon, self.common) for text in listed}
        # Where only a space was changed, the search decides: it is offered where the words find nothing.
        return LeftAlone(len(listed), {text: made.text for text, made in found.items() if made and made.unknown})


def mistakes(texts: Iterable[str], each: int) -> Iterator[tuple[str, str]]:
    """`each` mistyped forms of every text, with the text."""
    draw = random.Random(SEED)
    for text in texts:
        for _ in range(each):
            if typed := mistyped(text, draw):
                yield typed, text


def _pairs(lexicon: Lexicon) -> list[str]:
    frequent = sorted(
        pair for pair, n in lexicon.pairs.items() if n >= LEAST_PRODUCTS and pair.replace(" ", "").isalpha()
    )
    return random.Random(SEED).sample(frequent, min(PAIRS, len(frequent)))


def _strange(shoppers: Path, lexicon: Lexicon) -> list[str]:
    """Words of the requests, each of three or more of them, that the catalogue does not have."""
    counts: dict[str, int] = {}
    for line in shoppers.read_text(encoding="utf-8").splitlines():
        for word in set(words(line)):
            counts[word] = counts.get(word, 0) + 1
    return sorted(
        word
        for word, n in counts.items()
        if n > 2 and len(word) > 3 and word.isalpha() and not lexicon.words.known(word)
    )


def _stems(text: str) -> list[str]:
    return [singular(word) for word in words(text)]


async def _answers(searcher: Searcher, typed: Iterable[tuple[str, str]]) -> dict[str, int]:
    """What the search made of mistyped queries."""
    told = {"searches": 0, "corrected to what was meant": 0, "corrected to something else": 0}
    told |= {"offered what was meant": 0, "offered something else": 0, "left as they were": 0}
    for text, meant in typed:
        answer = await searcher.answer({"q": text, "size": "1"})
        told["searches"] += 1
        if answer["corrected"]:
            right = _stems(answer["corrected"]["to"]) == _stems(meant)
            told["corrected to what was meant" if right else "corrected to something else"] += 1
        elif answer["did_you_mean"]:
            right = _stems(answer["did_you_mean"]) == _stems(meant)
            told["offered what was meant" if right else "offered something else"] += 1
        else:
            told["left as they were"] += 1
    return told


def values(measured: Measured) -> dict[str, Any]:
    """The figures as plain values."""
    return {
        "mended": {name: found.values() for name, found in measured.mended.items()},
        "changed_though_right": {
            name: {"texts": found.texts, "changed": len(found.changed)} for name, found in measured.alone.items()
        },
        "answers": dict(measured.answers),
    }


def lines(measured: Measured) -> Iterator[str]:
    """The table."""
    yield "Mistyped texts"
    for name, found in measured.mended.items():
        told = found.values()
        yield f"  {name:<40}{found.texts:6} precision {told['precision']:.3f}  recall {told['recall']:.3f}"
    yield "Texts that are right"
    for name, left in measured.alone.items():
        some = ", ".join(f"{text} -> {made}" for text, made in list(left.changed.items())[:5])
        yield f"  {name:<40}{left.texts:6} changed {len(left.changed)}  {some}"
    yield "Searches for mistyped judged queries"
    for name, count in measured.answers.items():
        yield f"  {name:<40}{count:6}"
