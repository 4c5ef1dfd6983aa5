"""Colours, materials, features and what a thing is not: words of a sentence against the words of a record. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from app.chat.aspects import ASPECTS
from app.chat.grounding.evidence import Evidence, Quote, denials
from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.names import CLAIMING, words_of
from app.chat.grounding.tokens import Token, content, stem
from app.chat.grounding.values import GENERIC_STEMS, known_to, values_at_hand
from app.chat.grounding.verdict import Fault
from app.chat.grounding.words import (
    GENERIC,
    PEOPLE,
    SAYS_NOTHING,
    STATUSES,
    word_set,
)

_STATUS: Final = frozenset(stem(w) for w in STATUSES)
_PERSONS: Final = frozenset(stem(w) for words in PEOPLE.values() for w in words) - {stem("her"), stem("him")}
_FOR: Final = re.compile(
    r"\b(?:made|designed|intended|cut|sized|built|meant|tailored)\s(?:\w+\s)?for\s(?:\w+\s)?$", re.IGNORECASE
)
# What follows says that a thing has something.
_HAS: Final = re.compile(
    r"\b(?:has|have|comes? with|coming with|includes?|including|features?|featuring|offers?|equipped with"
    "|fitted with|supports?|made (?:of|from)"
    "|built (?:of|from)|crafted from|contains?|boasts?|provides?|supplied with|bundled with"
    r"|sports)\s(?P<what>[^.;:!?\u2014]+)",
    re.IGNORECASE,
)
_UNANSWERED_WORDS: Final = "of or and the shop's data on it says nothing"
# That nothing is known of what somebody asks, in the shopper's own words and no others, claims nothing.
_UNANSWERED: Final = re.compile(r"of [^.;:!?]{1,120} the shop's data on it says nothing\.?")
# The same with the product's name, which others judge, and the shop's own names of what may be asked.
_NOT_TOLD: Final = re.compile(
    r"the shop's data on (?P<which>[^;:!?\u201c]{1,200}) does not tell (?P<what>[^.;:!?]{1,120})\.?", re.IGNORECASE
)
_NEAR_ENOUGH: Final = 0.72
_SHORTEST: Final = 4
_PREFIXES: Final = ("un", "non", "in", "dis", "im")


def _names_what_was_asked(which: str, what: str, known: Known) -> bool:
    """Whether `which` is products by their titles, and `what` is aspects by their names or words of the message."""
    titles = {word for record in known.products for word in words_of(record.title.lower())} | {"these", "products"}
    if not set(words_of(which)) <= titles:
        return False
    names = {word for aspect in ASPECTS for word in aspect.name.split()} | {"the", "or", "that"}
    asked = _asked(known)
    return all(word in names or stem(word) in asked for word in words_of(what))


def check_attributes(sentence: Sentence, known: Known) -> list[Finding]:
    """What is said of a product stands in its record, and is not denied there; what is denied is not said there."""
    low = sentence.raw.lower().replace("\u2019", "'")
    says_nothing = any(phrase in low for phrase in SAYS_NOTHING)
    found: list[Finding] = []
    proven = _Proven(sentence, known)
    words = content(sentence.tokens, GENERIC)
    if _UNANSWERED.fullmatch(low.strip()) and {token.stem for token in words} <= _asked(known):
        return []
    if (nothing := _NOT_TOLD.fullmatch(low.strip())) and _names_what_was_asked(
        nothing["which"], nothing["what"], known
    ):
        return []
    denied_runs = list(_runs(sentence.tokens))
    if not says_nothing:
        for run in denied_runs:
            found += proven.denied(run)
    for token in words:
        if not token.denied:
            found += proven.said(token)
    if not says_nothing:
        found += proven.had(sentence)
        found += proven.quoted(sentence)
    return found


def _asked(known: Known) -> set[str]:
    return {stem(word) for word in words_of(f"{known.message} {_UNANSWERED_WORDS}")}


def _runs(found: Iterable[Token]) -> Iterable[list[Token]]:
    """Stretches of denied words."""
    run: list[Token] = []
    for token in found:
        if token.denied and token.text[0].isalnum():
            run.append(token)
        elif run and not token.denied:
            yield run
            run = []
    if run:
        yield run


class _Proven:
    """The records of one sentence, asked."""

    def __init__(self, sentence: Sentence, known: Known) -> None:
        self.sentence = sentence
        self.known = known
        self.loose = not sentence.mentions and not sentence.focus

    def _of(self, token: Token) -> list[Evidence]:
        places = self.sentence.subject(token.start, token.end)
        own = [self.known.own[place] for place in sorted(places)] or list(self.known.own)
        return own or ([self.known.rest] if self.known.others else [])

    def _every(self, fits: list[bool]) -> bool:
        return bool(fits) and (all(fits) if self.sentence.every else any(fits))

    def _elsewhere(self, word: str) -> bool:
        return word in self.known.rest.said or word in self.known.told.said

    def said(self, token: Token) -> list[Finding]:
        """A word that claims something, not denied."""
        own = self._of(token)
        if token.stem in _STATUS and self.known.others and not self.known.products:
            return [] if self._elsewhere(token.stem) else [Finding(Fault.ATTRIBUTE, token.start, token.end)]
        if any(token.stem in e.denied and token.stem not in e.said for e in own) and token.stem not in GENERIC_STEMS:
            denying = [token.stem in e.denied and token.stem not in e.said for e in own]
            if (all(denying) or self.sentence.every) and (not self.known.products or not self._elsewhere(token.stem)):
                return [Finding(Fault.NEGATION, token.start, token.end)]
        if self._turned(token, own):
            return [Finding(Fault.NEGATION, token.start, token.end)]
        if not self._claims(token) or known_to(own, token.stem, self._every) or self._elsewhere(token.stem):
            return []
        if not self.known.products and self.known.others:
            return self._reversed(token)
        if self.loose and token.text in self.known.context.get("about", "").lower():
            return []
        return [Finding(Fault.ATTRIBUTE, token.start, token.end)] if own else []

    def _turned(self, token: Token, own: list[Evidence]) -> bool:
        """Whether every sentence that comes nearest denies the word."""
        said = {t.stem for t in content(self.sentence.tokens, GENERIC)}
        if token.stem in GENERIC_STEMS or len(said) < 2:
            return False
        quotes = [(len(said & q.stems), q) for e in own for q in e.quotes if token.stem in q.stems]
        best = max((share for share, _ in quotes), default=0)
        return best > 1 and all(token.stem in q.denied for share, q in quotes if share == best)

    def _reversed(self, token: Token) -> list[Finding]:
        """Of a document: "opened" where it says "unopened"."""
        evidence = self.known.rest
        turned = any(f"{prefix}{token.stem}" in evidence.said for prefix in _PREFIXES) or any(
            token.stem.startswith(prefix) and token.stem[len(prefix) :] in evidence.said for prefix in _PREFIXES
        )
        return [Finding(Fault.NEGATION, token.start, token.end)] if turned else []

    def _claims(self, token: Token) -> bool:
        if token.stem in CLAIMING:
            return True
        if token.stem in _PERSONS:
            return bool(_FOR.search(self.sentence.text[: token.start]))
        if not self.known.products:
            return bool(self.known.others) and not self._elsewhere(token.stem)
        return token.stem in values_at_hand(self.known)

    def denied(self, run: list[Token]) -> list[Finding]:
        """A stretch that is denied: right where a record denies it too, wrong where it says it."""
        words = [t for t in run if t.stem not in GENERIC_STEMS and t.text not in GENERIC and len(t.text) > 2]
        if not words:
            return self._verb_denied(run)
        own = self._of(words[0])
        context = self.known.context.get("without", "").lower()
        evidence = [*own, self.known.rest, self.known.told] if not self.sentence.mentions else [*own, self.known.told]
        if self._denied_by(words, evidence):
            return []
        if any(t.stem in e.said for t in words for e in own) or any(t.stem in self.known.rest.said for t in words):
            return [Finding(Fault.NEGATION, words[0].start, words[-1].end)]
        if any(t.text in context for t in words) or not own:
            return []
        if any(t.stem in CLAIMING or t.stem in values_at_hand(self.known) for t in words) or _HAS_NOT.search(
            self.sentence.text[: words[0].start]
        ):
            return [Finding(Fault.NEGATION, words[0].start, words[-1].end)]
        return []

    def _denied_by(self, words: list[Token], evidence: list[Evidence]) -> bool:
        """Whether an attribute is false, or the sentences that come nearest deny it too."""
        stems = {t.stem for t in words}
        if any(stems & e.flags for e in evidence):
            return True
        said = {t.stem for t in content(self.sentence.tokens, GENERIC)}
        quotes = [(len(said & quote.stems), quote) for e in evidence for quote in e.quotes]
        if any(stems <= quote.denied for _, quote in quotes):
            return True
        best = max((share for share, _ in quotes), default=0)
        return best > 0 and any(stems & quote.denied for share, quote in quotes if share == best)

    def _verb_denied(self, run: list[Token]) -> list[Finding]:
        """does not fit, is not included: general words, denied of something that is described."""
        own = self._of(run[0])
        words = [t for t in run if t.text in _DENIABLE]
        if not words or not own or any(e.denied & {t.stem for t in words} for e in (*own, self.known.told)):
            return []
        named = {t.stem for t in content(self.sentence.tokens, GENERIC)}
        return [Finding(Fault.NEGATION, run[0].start, run[-1].end)] if any(named & e.said for e in own) else []

    def had(self, sentence: Sentence) -> list[Finding]:
        """has X, comes with X: X stands in the record."""
        found = []
        for match in _HAS.finditer(sentence.text):
            start, end = match.span("what")
            for part in re.finditer(r"(?:(?!\band\b|\bor\b|,).)+", match.group("what")):
                found += self._has(sentence, start + part.start(), min(end, start + part.end()))
        return found

    def _has(self, sentence: Sentence, start: int, end: int) -> list[Finding]:
        """One of the things that it is said to have."""
        words = [t for t in content(sentence.tokens, GENERIC) if start <= t.start < end and not t.denied]
        own = self._of(words[0]) if words and self.known.products else []
        if not own:
            return []
        asked = self.known.message.lower()
        strange = [
            t
            for t in words
            if not (known_to(own, t.stem, self._every) or self._elsewhere(t.stem) or _airy(t) or t.text in asked)
        ]
        return [Finding(Fault.ATTRIBUTE, strange[0].start, strange[-1].end)] if len(strange) * 2 >= len(words) else []

    def quoted(self, sentence: Sentence) -> list[Finding]:
        """Nearly a sentence of the record: then what is changed in it is changed in its meaning."""
        stems = frozenset(t.stem for t in sentence.tokens if t.text[0].isalnum())
        if len(stems) < _SHORTEST:
            return []
        places = sentence.named()
        own = [self.known.own[p] for p in sorted(places)] if places else [*self.known.own, self.known.rest]
        if not sentence.mentions:
            own = [*own, self.known.rest, self.known.told]
        best: tuple[float, Quote, Evidence] | None = None
        for evidence in own:
            for quote in evidence.quotes:
                longest = max(len(stems), len(quote.stems))
                if len(quote.stems) < _SHORTEST or min(len(stems), len(quote.stems)) < _NEAR_ENOUGH * longest:
                    continue
                share = len(stems & quote.stems) / longest
                if share >= _NEAR_ENOUGH and (best is None or share > best[0]):
                    best = (share, quote, evidence)
        if best is None:
            return []
        _, near, evidence = best
        if denials(sentence.tokens) != near.denials:
            return [Finding(Fault.NEGATION)]
        strange = [
            t
            for t in content(sentence.tokens, frozenset())
            if t.stem not in near.stems and t.stem not in evidence.said and t.stem not in GENERIC_STEMS
        ]
        return [Finding(Fault.ATTRIBUTE, strange[0].start, strange[-1].end)] if strange else []


_HAS_NOT: Final = re.compile(
    r"\b(?:has|have|comes? with|with|includes?|is|are|does|do|offers?|contains?)?\s?(?:no|not|without|n't"
    r"|lacks?|never)\s(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_DENIABLE: Final = word_set(
    "fit fits include included includes work works suit suits come comes made make keep hold match include"
)
# Praise and the like: after "has" they claim nothing that a record could prove.
AIRY: Final = frozenset(
    stem(w)
    for w in word_set(
        "charm character personality appeal reputation potential advantage edge benefit everything plenty "
        "lots lovely gorgeous stunning superb solid "
        "decent generous convenient excellent impressive outstanding remarkable wonderful fantastic amazing "
        "great nice cosy cozy comfort warmth fun joy "
        "pleasure peace mind performance support style flair touch balance mix blend combination start "
        "beginner beginners occasion occasions task tasks "
        "need needs tag rating score average reviews review customers stock piece reason reasons feel look hours"
    )
)


def _airy(token: Token) -> bool:
    return token.stem in AIRY
