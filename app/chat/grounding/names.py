"""Which products a sentence names, and names that no record has. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from app.chat.grounding.steering import steers
from app.chat.grounding.tokens import stem
from app.chat.grounding.units import UNITS
from app.chat.grounding.words import CAPITALS, COLOURS, GENERIC, MATERIALS, PLACES, PROPERTIES
from app.chat.records import Record, RecordKind

CLAIMING: Final = frozenset(stem(w) for w in COLOURS | MATERIALS | PROPERTIES | PLACES)
"""Stems of words that claim something of a product wherever they stand."""
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W\d_]+)?")
_CAPITAL: Final = r"(?:[A-Z\u00c0-\u00de][\w'\u2019]*|\d+[A-Za-z]*\d*)"
# Words that begin with a capital letter, with small words and figures between them.
_SPAN: Final = re.compile(
    rf"\b[A-Z\u00c0-\u00de][\w'\u2019]*(?:(?:\s(?:of|the|de|la|und|y)\s|\s?&\s?|[\s-])(?:{_CAPITAL}|[a-z]+\d+\w*))*"
    r"|\b[a-z]+-?\d+[A-Z]\w*|\b[A-Z]{2,}-?\w*\d\w*"
)
_IS: Final = re.compile(r"\s+(?:is|has|costs|comes|offers|weighs|features|includes|was|sells|looks|makes)\b")
_NOT_FOUND: Final = re.compile(
    r"\b(?:no|not|nothing|n't|cannot|unable|don't|couldn't|isn't|without)\b|\u201c[^\u201d]*\u201d", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a sentence names a product, and the products (their places among the records) that it may be. `small`: by a
    word of its name that is written like any other word."""

    start: int
    end: int
    products: frozenset[int]
    small: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """The products that a sentence names, in order; the sentence with their names blanked out; and names of products
    that nobody has found."""

    mentions: tuple[Mention, ...]
    blanked: str
    strange: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Names:
    """The names of an answer's records."""

    products: Sequence[Record]
    allowed: frozenset[str]
    asked: frozenset[str] = frozenset()
    _exact: re.Pattern[str] | None = None
    _which: dict[str, frozenset[int]] = field(default_factory=dict)
    _words: list[frozenset[str]] = field(default_factory=list)
    _titles: frozenset[str] = frozenset()
    _whole: frozenset[str] = frozenset()
    _telling: dict[str, frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        which: dict[str, set[int]] = {}
        for place, record in enumerate(self.products):
            title, brand = _honest(record.title), _honest(str(record.fields.get("brand") or ""))
            for name in _ways(title, brand) if title else ():
                which.setdefault(_plain(name), set()).add(place)
            self._words.append(frozenset(words_of(f"{title} {brand}")))
        self._whole = frozenset(
            _plain(way)
            for record in self.products
            for way in _without_brand(record.title, str(record.fields.get("brand") or ""))
        )
        self._which = {name: frozenset(places) for name, places in which.items()}
        if which:
            ordered = sorted(which, key=len, reverse=True)
            ways = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in ordered)
            self._exact = re.compile(rf"(?<![\w-])(?:{ways})(?![\w-])", re.IGNORECASE)
        self._titles = frozenset().union(*self._words) - GENERIC if self._words else frozenset()
        self._telling = self._telling_words()

    def _telling_words(self) -> dict[str, frozenset[int]]:
        """Proper names within titles, which tell products apart though they are written small."""
        told: dict[str, frozenset[int]] = {}
        for word in self._titles:
            places = frozenset(place for place, words in enumerate(self._words) if word in words)
            common = (
                word in GENERIC
                or stem(word) in CLAIMING
                or stem(word) in self.allowed
                or len(word) < 4
                or word.isdigit()
            )
            if not common and (len(places) == 1 or len(self.products) == len(places)):
                told[word] = places
        return told

    def find(self, text: str) -> Named:
        """The products that a sentence names."""
        mentions = self._exactly(text)
        blanked = blank(text, [(m.start, m.end) for m in mentions])
        strange: list[tuple[int, int]] = []
        for match in _SPAN.finditer(blanked):
            self._span(text, match, mentions, strange)
        blanked = blank(blanked, [(m.start, m.end) for m in mentions])
        for match in _WORD.finditer(blanked):
            places = self._telling.get(match.group().lower())
            if places is not None:
                mentions.append(Mention(match.start(), match.end(), places, small=True))
        mentions.sort(key=lambda mention: mention.start)
        for one, other in pairwise(mentions):
            # The brand of one before the name of another.
            if text[one.end : other.start] == " " and not (one.products & other.products or other.small):
                strange.append((one.start, other.end))
        return Named(tuple(_joined(mentions, text)), blanked, tuple(strange))

    def _exactly(self, text: str) -> list[Mention]:
        if self._exact is None:
            return []
        return [Mention(m.start(), m.end(), self._which[_plain(m.group())]) for m in self._exact.finditer(text)]

    def _span(self, text: str, match: re.Match[str], mentions: list[Mention], strange: list[tuple[int, int]]) -> None:
        start, end = match.span()
        words = words_of(match.group())
        begins = bool(re.fullmatch(r"[\W\d]*", text[:start]) or re.search(r"[:;.!?|]\s+\W*$", text[:start]))
        glued = next((m for m in mentions if m.end <= start and self._glues(text, m, start)), None)
        if begins and glued is None:
            while words and words[0] in GENERIC | CAPITALS:
                words = words[1:]
            if len(words) == 1 and len(words_of(match.group())) == 1:
                self._alone(text, match, words[0], strange)
                if words[0] not in self._telling:
                    return
        words = [word for word in words if word not in CAPITALS and not (word in GENERIC and glued is None)]
        if not words:
            return
        if glued is not None:
            fits = frozenset(place for place in glued.products if set(words) <= self._words[place])
            if fits and fits != glued.products:
                mentions[mentions.index(glued)] = Mention(glued.start, end, fits)
            elif not fits:
                strange.append((start, end))
            return
        self._free(text, match, words, mentions, strange)

    def _glues(self, text: str, mention: Mention, start: int) -> bool:
        """Whether what begins here goes on with a name: after a comma only where the name is not whole yet."""
        between = text[mention.end : start]
        whole = _plain(text[mention.start : mention.end]) in self._whole
        return between in (" ", "-") or (between == ", " and not whole)

    def _free(
        self, text: str, match: re.Match[str], words: list[str], mentions: list[Mention], strange: list[tuple[int, int]]
    ) -> None:
        if all(word in UNITS or word.isdigit() for word in words):
            return
        named = [word for word in words if word in self._titles]
        if named:
            places = frozenset(place for place, own in enumerate(self._words) if set(words) <= own)
            # Of colours and materials alone, no product is named.
            if places and any(stem(word) not in self.allowed or len(words) > 1 for word in named):
                mentions.append(Mention(match.start(), match.end(), places))
            elif not places and not self._elsewhere(words):
                strange.append(match.span())
            return
        if self._elsewhere(words):
            return
        if all(word in self.asked for word in words) and _NOT_FOUND.search(text):
            return
        strange.append(match.span())

    def _alone(self, text: str, match: re.Match[str], word: str, strange: list[tuple[int, int]]) -> None:
        """One word with a capital at the beginning: a name only where it is said to be or to have something."""
        if _IS.match(text[match.end() :]) and word not in self._titles and not self._elsewhere([word]):
            strange.append(match.span())

    def _elsewhere(self, words: Sequence[str]) -> bool:
        return all(stem(word) in self.allowed or word in GENERIC or word.isdigit() for word in words)


def _joined(mentions: list[Mention], text: str) -> list[Mention]:
    """Mentions that stand together are one."""
    kept: list[Mention] = []
    for mention in mentions:
        if kept and mention.start - kept[-1].end <= 2 and not re.search(r"[,;.]", text[kept[-1].end : mention.start]):
            both = kept[-1].products & mention.products
            if both:
                kept[-1] = Mention(kept[-1].start, mention.end, both, small=kept[-1].small and mention.small)
                continue
        kept.append(mention)
    return kept


def _ways(title: str, brand: str) -> list[str]:
    """How a product is called: its title, without its brand, and without what tells its variants apart."""
    ways = [title]
    if "," in title:
        ways.append(title.split(",")[0])
    ways += [short for way in list(ways) for short in _without_brand(way, brand)]
    return [way for way in dict.fromkeys(ways) if way == title or len(words_of(way)) > 1]


def _honest(name: str) -> str:
    """A name, unless it gives orders: then it names nothing."""
    return "" if steers(name) else name


def _without_brand(title: str, brand: str) -> list[str]:
    begins = bool(brand) and title.lower().startswith(f"{brand.lower()} ")
    return [title, title[len(brand) + 1 :]] if begins else [title]


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def words_of(text: str) -> list[str]:
    return [word.lower().replace("\u2019", "'").removesuffix("'s") for word in _WORD.findall(text)]


def blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these spans as spaces, so that places stay."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def products_of(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.kind is RecordKind.PRODUCT]
