"""From products to a lexicon: words are counted, phrases found, the values of filters added. Pure.

Phrases are runs of one to four words of product names that several products share ("hiking backpack"). A run that
nearly always stands in one longer run is left out for it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from es.mappings import products as fields
from shop.lexicon.phrases import Phrase, Phrases
from shop.lexicon.tokens import singular, words
from shop.lexicon.words import Words
from shop.products.values import Category

LONGEST_RUN: Final = 4
# Counters are thinned out beyond this: what was seen once by then is rarely a phrase.
MOST_COUNTED: Final = 500_000
MOST_WORDS: Final = 200_000
MOST_PHRASES: Final = 60_000
# A run of words goes where one longer run makes up this share of its products.
EXPLAINED: Final = 0.8
# What a word in a description says of how often it is asked for, beside one in a name, a brand or an attribute.
PROSE: Final = 0.1
LONGEST_VALUE: Final = 40

_SEGMENTS: Final = re.compile(r"[,;:()\[\]|/\"“”•!?]+|\s[-–—+&]\s|\.\s")  # noqa: RUF001 - dashes are meant
WEAK: Final = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "if", "in", "into", "is", "it", "no", "not"}
    | {"of", "on", "or", "our", "per", "plus", "such", "that", "the", "their", "then", "there", "these", "they", "this"}
    | {"to", "was", "will", "with", "you", "your"}
)
"""Words that begin or end no phrase, and that nobody mistypes for the name of a thing. Those of other languages are
simply counted."""


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """Values of filters in the whole catalogue, each with its number of products."""

    brands: Mapping[str, int] = field(default_factory=dict)
    paths: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    """Attribute values and tags."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Lexicon:
    """What is known of a catalogue's language. `whole`: every product was read, not a sample of them."""

    index: str
    products: int
    whole: bool
    words: Words
    pairs: Mapping[str, int]
    """Two words that stand beside one another in names ("hiking backpack", folded), with how often."""
    queries: Phrases
    categories: Phrases
    brands: Phrases


class Gathering:
    """Counts products one by one; `lexicon` makes the result."""

    def __init__(self) -> None:
        self.products = 0
        self._words: Counter[str] = Counter()
        self._prose: Counter[str] = Counter()
        self._runs: Counter[str] = Counter()
        self._families: set[int] = set()

    def add(self, sources: Iterable[Mapping[str, Any]]) -> None:
        """Counts stored products (their `_source`: name, brand, description, details)."""
        for source in sources:
            self.products += 1
            name = str(source.get(fields.NAME, ""))
            what = (name, str(source.get(fields.BRAND, "")), str(source.get(fields.DETAILS, "")))
            self._words.update({word for text in what for word in words(text)})
            self._prose.update(set(words(str(source.get(fields.DESCRIPTION, "")))))
            # Variants of one product say the same phrase once.
            family = hash(source.get(fields.GROUP_ID, self.products))
            if family not in self._families:
                self._families.add(family)
                self._runs.update(_runs_of(name))
        for counter in (self._words, self._prose, self._runs):
            if len(counter) > MOST_COUNTED:
                for key in [key for key, count in counter.items() if count == 1]:
                    del counter[key]

    def _pairs(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for run, count in self._runs.items():
            if count > 1 and len(parts := words(run)) == 2:
                found[" ".join(parts)] += count
        return dict(found)

    def lexicon(self, index: str, total: int, values: ValueCounts, asked: Mapping[str, int] | None = None) -> Lexicon:
        """The lexicon of what was counted. `total`: products of the index; `asked`: popular queries."""
        counts = dict(self._words.most_common(MOST_WORDS))
        for word, count in self._prose.most_common(MOST_WORDS):
            counts[word] = counts.get(word, 0) + int(count * PROSE)
        for text, count in [*values.brands.items(), *values.paths.items(), *values.others.items()]:
            for word in words(text):
                counts[word] = max(counts.get(word, 0), count)
        pairs = self._pairs()
        _add_asked(counts, pairs, asked or {})
        share = max(1.0, total / max(1, self.products))
        return Lexicon(
            index=index,
            products=total,
            whole=self.products >= total,
            words=Words(counts),
            pairs=pairs,
            queries=Phrases(_queries(self._runs, share, self.products, values, asked or {})),
            categories=Phrases(_categories(values)),
            brands=Phrases(Phrase(brand, count, value=brand) for brand, count in values.brands.items()),
        )


def _runs_of(name: str) -> set[str]:
    """Runs of one to four words of a name, none over a comma or another break."""
    found: set[str] = set()
    for segment in _SEGMENTS.split(name):
        parts = [word.strip(".'’-") for word in segment.lower().split()]  # noqa: RUF001 - apostrophes are meant
        for start in range(len(parts)):
            for end in range(start + 1, min(start + LONGEST_RUN, len(parts)) + 1):
                if not parts[end - 1]:
                    break
                found.add(" ".join(parts[start:end]))
    return found


def _add_asked(counts: dict[str, int], pairs: dict[str, int], asked: Mapping[str, int]) -> None:
    """What people search for makes words of the catalogue likelier. It adds none: many make the same mistake."""
    for text, times in asked.items():
        for word in words(text):
            if word in counts:
                counts[word] += times
        for first, second in pairwise(words(text)):
            if first in counts and second in counts:
                pairs[f"{first} {second}"] = pairs.get(f"{first} {second}", 0) + times


def _queries(
    runs: Counter[str], share: float, products: int, values: ValueCounts, asked: Mapping[str, int]
) -> list[Phrase]:
    least = max(2, products // 20_000)
    explained: set[str] = set()
    for run, count in runs.items():
        if count >= least and " " in run and _is_phrase(run):
            for part in (run.partition(" ")[2], run.rpartition(" ")[0]):
                if " " in part and count >= EXPLAINED * runs[part]:
                    explained.add(part)
    found = {run: int(n * share) for run, n in runs.items() if n >= least and run not in explained and _is_phrase(run)}
    # A plain yes says nothing without the name of what it is an answer to.
    others = {value: count for value, count in values.others.items() if value not in ("true", "false")}
    leaves = {path.rsplit("/", 1)[-1]: count for path, count in values.paths.items()}
    for value, count in [*leaves.items(), *others.items()]:
        key = " ".join(value.lower().split())
        if 0 < len(key) <= LONGEST_VALUE and _is_phrase(key):
            found[key] = max(found.get(key, 0), count)
    best = sorted(_one_a_stem(found).items(), key=lambda item: (-item[1], item[0]))[:MOST_PHRASES]
    known = {text: Phrase(text, count) for text, count in best}
    for text, times in asked.items():
        key = " ".join(text.split()).lower()
        known[key] = Phrase(key, known[key].count if key in known else 0, asked=times)
    return list(known.values())


def _is_phrase(run: str) -> bool:
    parts = run.split(" ")
    if parts[0] in WEAK or parts[-1] in WEAK or len(parts[0]) < 2 or any(c.isdigit() for c in parts[0]):
        return False
    # "backpack 45" ends in the middle of a size; "iphone 15" is what people say.
    return len(run) > 2 and not (len(parts) > 2 and parts[-1].isdigit()) and any(len(part) > 2 for part in parts)


def _one_a_stem(found: Mapping[str, int]) -> dict[str, int]:
    """Of "backpack" and "backpacks", the one that more products say; counted together."""
    best: dict[str, tuple[str, int, int]] = {}
    for text, count in found.items():
        stem = " ".join(singular(part) for part in text.split(" "))
        other = best.get(stem)
        if other is None:
            best[stem] = text, count, count
        else:
            shown, highest, total = other
            best[stem] = (text if count > highest else shown), max(highest, count), total + count
    return {text: total for text, _, total in best.values()}


def _categories(values: ValueCounts) -> Sequence[Phrase]:
    """Leaves of the shop's own category paths, then the ten categories."""
    own = [Phrase(path.rsplit("/", 1)[-1], count, value=path) for path, count in values.paths.items()]
    return own + [
        Phrase(Category(name).words, count, value=name)
        for name, count in values.categories.items()
        if name in set(Category)
    ]
