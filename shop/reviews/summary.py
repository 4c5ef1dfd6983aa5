"""What reviews of a product say, counted: by the words that each aspect is spoken of with. Pure.

No sentence is made up: counts are of reviews, and quotes are sentences of them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from shop.reviews.document import Review
from shop.rules.words import STOP_WORDS, forms, places

MAX_MENTIONS: Final = 8
_LEAST_REVIEWS: Final = 2
_GOOD, _BAD = 4, 2
_QUOTE: Final = range(20, 161)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Mention:
    """What is spoken of: in how many reviews, of which so many have stars (`rated`), so many 4 or 5 (`positive`) and
    so many 1 or 2 (`negative`). `quote`: a sentence of one of them."""

    word: str
    reviews: int
    rated: int
    positive: int
    negative: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """`by_stars`: how many gave 1, 2, 3, 4 and 5 stars, halves counted down. `asked`: what was asked about, None
    where no review mentions it."""

    reviews: int
    mean: float | None
    by_stars: tuple[int, int, int, int, int]
    mentions: tuple[Mention, ...]
    asked: Mention | None = None

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "reviews": self.reviews,
            "rating": self.mean,
            "by_stars": list(self.by_stars),
            "mentions": [asdict(mention) for mention in self.mentions],
        }
        return told if self.asked is None else {**told, "asked": asdict(self.asked)}


def summarised(reviews: Sequence[Review], about: str = "", quotable: Callable[[str], bool] = bool) -> ReviewSummary:
    """Counts over these reviews. `about`: an aspect, or any other words. `quotable`: whether a text may be quoted."""
    rated = [review.rating for review in reviews if review.rating is not None]
    stars = [0, 0, 0, 0, 0]
    for rating in rated:
        stars[int(rating) - 1] += 1
    said = [(review, forms(review.words)) for review in reviews]
    found = [_mention(name, ways, said, quotable) for name, ways in aspects().items()]
    mentions = [mention for mention in found if mention.reviews >= _LEAST_REVIEWS]
    mentions.sort(key=lambda mention: (-mention.reviews, mention.word))
    asked = _mention(*_asked(about), said, quotable) if about.strip() else None
    return ReviewSummary(
        len(reviews),
        round(sum(rated) / len(rated), 2) if rated else None,
        (stars[0], stars[1], stars[2], stars[3], stars[4]),
        tuple(mentions[:MAX_MENTIONS]),
        asked if asked is not None and asked.reviews else None,
    )


@lru_cache(maxsize=1)
def aspects() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Each aspect with its words, as phrases of compared forms."""
    listed = yaml.safe_load((Path(__file__).parent / "aspects.yaml").read_text(encoding="utf-8"))
    return {name: tuple(forms(str(words)) for words in ways) for name, ways in listed.items()}


def _asked(about: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """The aspect whose words were used, or the words themselves."""
    words = tuple(word for word in forms(about) if word not in STOP_WORDS) or forms(about)
    for name, ways in aspects().items():
        if words == forms(name) or words in ways:
            return about.strip(), (*ways, words)
    return about.strip(), (words,)


def _mention(
    name: str,
    ways: Sequence[tuple[str, ...]],
    said: Sequence[tuple[Review, tuple[str, ...]]],
    quotable: Callable[[str], bool],
) -> Mention:
    found = [review for review, words in said if any(_has(words, way) for way in ways)]
    ratings = [review.rating for review in found if review.rating is not None]
    return Mention(
        name,
        len(found),
        len(ratings),
        sum(rating >= _GOOD for rating in ratings),
        sum(rating <= _BAD for rating in ratings),
        _quote(found, ways, quotable),
    )


def _has(words: Sequence[str], way: Sequence[str]) -> bool:
    return next(places(way, words), None) is not None


def _quote(reviews: Sequence[Review], ways: Sequence[tuple[str, ...]], quotable: Callable[[str], bool]) -> str:
    """A sentence of a review whose stars are what most gave; nothing where none is of a fit length. A review of which
    something may not be quoted is not quoted at all."""
    ratings = sorted(review.rating for review in reviews if review.rating is not None)
    middle = ratings[len(ratings) // 2] if ratings else None
    ordered = sorted(reviews, key=lambda review: abs((review.rating or 0) - (middle or 0)))
    for review in ordered:
        for sentence in _SENTENCE.split(review.words):
            fits = len(sentence) in _QUOTE and any(_has(forms(sentence), way) for way in ways)
            if fits and quotable(review.words):
                return sentence.strip()
    return ""
