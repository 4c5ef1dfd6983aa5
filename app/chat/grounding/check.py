"""Every sentence of an answer against the records that it was made from, before anybody reads it. Pure.

A sentence is read with the products that it names, or that the sentence before it spoke of. Each kind of claim has its
detector; what they find is put right where the record has the right value, and else the sentence is withheld.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.chat.composing.composer import Brief
from app.chat.grounding.attributes import check_attributes
from app.chat.grounding.citing import check_citations, cited
from app.chat.grounding.claims import RATINGS, STOCKS, check_delivery, check_rating, check_stock
from app.chat.grounding.evidence import Evidence, evidence_of, evidence_of_texts, normal
from app.chat.grounding.finding import Detector, Finding, Known, Sentence
from app.chat.grounding.labels import check_labels
from app.chat.grounding.limits import check_limits
from app.chat.grounding.money import AMOUNT, check_money
from app.chat.grounding.names import Named, Names, blank, products_of, words_of
from app.chat.grounding.numbers import check_numbers
from app.chat.grounding.ranking import check_ranking
from app.chat.grounding.safety import check_language, check_safety, language
from app.chat.grounding.tokens import stem, tokens
from app.chat.grounding.unfounded import check_founded
from app.chat.grounding.verdict import Fault, Verdict
from app.chat.records import RecordKind

# Of each of the products that were named last.
_EVERY: Final = re.compile(
    r"^\W*(?:both|all|each|every|they|these|those|neither|none)\b|\bthey\b|\b(?:both|all|each|none|neither) "
    "(?:of (?:them|these|those|the)|are|have"
    r"|cost|come|fit|products|options|two|three|four|five)\b",
    re.IGNORECASE,
)
_PLACES: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4}
_PLACE: Final = re.compile(
    rf"\bthe ({'|'.join(_PLACES)})(?: (?:one|option|product|item|pick|choice))?(?=\s(?:is|has|costs|comes|one"
    "|option|product|item|pick|choice))",
    re.I,
)
_POINTS_BACK: Final = re.compile(
    r"\W*(?:it|its|it's|this|that|he|she|they|their|these|those|both|one)\b", re.IGNORECASE
)
_CODE: Final = re.compile(r"(?=\w*\d)(?=\w*[A-Za-z])\w{2,8}")
_PARTS: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z(\u201c\"*-])|\n+")
_PLAIN: Final = re.compile(r"[*_#>`~|]+")
_DETECTORS: Final[tuple[Detector, ...]] = (
    check_money,
    check_rating,
    check_stock,
    check_delivery,
    check_numbers,
    check_ranking,
    check_attributes,
    check_limits,
)
_ANYWHERE: Final[tuple[Detector, ...]] = (check_money, check_rating, check_numbers, check_limits)
# What these have judged, right or wrong, nobody needs to judge again.
_PATTERNS: Final[dict[Detector, tuple[re.Pattern[str], ...]]] = {
    check_money: (AMOUNT,),
    check_rating: RATINGS,
    check_stock: STOCKS,
}
LONGEST: Final = 2000
"""A sentence that is longer is none: it is withheld."""


@dataclass(slots=True)
class Checker:
    """Checks the sentences of one answer, in order. Make one for each answer."""

    brief: Brief
    _known: Known = field(init=False)
    _names: Names = field(init=False)
    _ids: frozenset[str] = field(init=False)
    _trusted: frozenset[str] = field(init=False)
    _by_id: dict[str, Evidence] = field(init=False)
    _focus: frozenset[int] = frozenset()
    _group: frozenset[int] = frozenset()
    _english: bool = True
    _lost: bool = False
    _before: str = ""

    def __post_init__(self) -> None:
        brief = self.brief
        products = products_of(brief.records)
        others = [record for record in brief.records if record.kind is not RecordKind.PRODUCT]
        self._by_id = {record.id: evidence_of(record) for record in brief.records}
        rest = _together(self._by_id[record.id] for record in others)
        told = evidence_of_texts([*brief.notes, *brief.closing, *brief.questions, *_values(brief.facts)])
        self._known = Known(
            brief.intent, brief.message, brief.context, brief.facts, products,
            [self._by_id[record.id] for record in products], others, rest, told,
        )  # fmt: skip
        self._names = Names(products, self._vocabulary(), frozenset(words_of(brief.message)))
        self._english = language(brief.message) == "en"
        self._ids = frozenset(record.id for record in brief.records)
        self._trusted = frozenset(
            normal(part)
            for text in (*brief.notes, *brief.closing, *brief.questions)
            for part in (text, *re.split(r"(?<=[.!?])\s+", text))
        )
        self._focus = frozenset((0,)) if len(products) == 1 else frozenset()

    def _vocabulary(self) -> frozenset[str]:
        """Words of records besides the products' own names, of notes and of the context: a capital letter on one of
        them makes no new name."""
        said: set[str] = set()
        for record in self.brief.records:
            own = self._by_id[record.id]
            titled = {stem(word) for word in words_of(f"{record.title} {record.fields.get('brand') or ''}")}
            if record.kind is RecordKind.PRODUCT:
                body = set().union(*(quote.stems for quote in own.quotes))
                said |= (own.said - titled) | body
            else:
                said |= own.said | own.denied
        said |= self._known.told.said
        said |= {stem(word) for value in self.brief.context.values() for word in words_of(value)}
        return frozenset(said)

    def check(self, sentence: str) -> Verdict:
        """What may be sent of the next sentence. Never raises."""
        parts = _PARTS.split(sentence)
        if len(parts) > 1 and len(sentence) <= LONGEST:
            verdicts = [self.check(part) for part in parts]
            sent = " ".join(verdict.text.strip() for verdict in verdicts if verdict.text)
            faults = tuple(dict.fromkeys(fault for verdict in verdicts for fault in verdict.faults))
            return Verdict(sent if faults else sentence, faults)
        text = sentence.strip()
        if not any(letter.isalnum() for letter in text):
            return Verdict(sentence)
        if len(text) > LONGEST:
            return Verdict("", (Fault.INSTRUCTION,))
        if normal(text) in self._trusted:
            self._turn(self._names.find(text), text)
            return Verdict(sentence)
        unsafe = check_safety(text, self._known)
        if unsafe:
            return self._withheld(self._names.find(text), unsafe)
        read, findings = self._findings(text)
        if self._lost and not read.mentions and _POINTS_BACK.match(text):
            findings = [*findings, Finding(Fault.UNKNOWN_PRODUCT)]
        if not findings:
            self._turn(read, text)
            return Verdict(sentence)
        repaired = _repair(text, findings)
        if repaired is not None:
            again, left = self._findings(repaired)
            if not left:
                self._turn(again, repaired)
                return Verdict(repaired, _faults(findings))
        return self._withheld(read, findings)

    def _withheld(self, read: Named, findings: Sequence[Finding]) -> Verdict:
        """What "it" was to mean is not read by anybody: until a name comes, nothing more can be said of it."""
        self._lost = self._lost or any(m.products != self._focus for m in read.mentions)
        return Verdict("", _faults(findings))

    def cited(self, text: str, record_ids: Sequence[str]) -> tuple[str, ...]:
        """Of the records that a writer cites for a text, those that bear it out."""
        return cited(text, record_ids, self.brief.records, self._by_id)

    def _turn(self, read: Named, text: str) -> None:
        """What "it" means in the next sentence."""
        self._before = text
        if read.mentions:
            self._lost = False
            self._focus = read.mentions[0].products
            self._group = frozenset().union(*(m.products for m in read.mentions))

    def _findings(self, raw: str) -> tuple[Named, list[Finding]]:
        plain = _PLAIN.sub(lambda m: " " * len(m.group()), raw)
        named = self._names.find(plain)
        sentence = whole = self._sentence(plain, named)
        # Of other languages only figures, known names, addresses and orders are read.
        english = self._english or language(plain) == "en"
        strange = [span for span in named.strange if english and not self._code(plain[span[0] : span[1]])]
        findings = [Finding(Fault.UNKNOWN_PRODUCT, *span) for span in strange]
        findings += check_citations(raw, self._before, sentence, self._known, self._ids)
        findings += check_language(sentence, self._known)
        quoted = self._quoted(plain, sentence)
        if quoted is True:
            return named, [*findings, *check_money(sentence, self._known), *check_limits(sentence, self._known)]
        labelled, proven = check_labels(sentence, self._known)
        findings += labelled
        done = [(f.start, f.end) for f in findings if f.end] + proven
        sentence = self._sentence(blank(plain, done), named)
        for detect in _DETECTORS if english else _ANYWHERE:
            new = detect(sentence, self._known)
            findings += new
            if detect in _PATTERNS:
                spans = [(f.start, f.end) for f in new if f.end] + _judged(detect, sentence.text)
                sentence = self._sentence(blank(sentence.text, spans), named)
        if english and not findings and not proven:
            findings += check_founded(whole, self._known)
        return named, findings

    def _code(self, text: str) -> bool:
        """Whether it is a code that a record tells, such as that of a socket: E27, USB3."""
        whole = re.compile(rf"(?<!\w){re.escape(text.lower())}(?!\w)")
        plain = (evidence.plain for evidence in (*self._known.own, self._known.rest))
        return bool(_CODE.fullmatch(text)) and any(whole.search(each) for each in plain)

    def _sentence(self, text: str, named: Named) -> Sentence:
        blanked = blank(text, [(m.start, m.end) for m in named.mentions if not m.small])
        focus, every = self._focus, False
        if (place := _PLACE.search(blanked)) and _PLACES[place.group(1).lower()] < len(self._known.products):
            focus = frozenset((_PLACES[place.group(1).lower()],))
        elif _EVERY.search(blanked):
            everyone = self._group if len(self._group) > 1 else frozenset(range(len(self._known.products)))
            focus = everyone if not named.mentions else focus
            every = not named.mentions
        return Sentence(text, blanked, named.mentions, focus, every, tokens(blanked))

    def _quoted(self, text: str, sentence: Sentence) -> bool | None:
        """Whether the sentence stands in a record word by word."""
        match = re.search(r"[\u201c\"](?P<quote>[^\u201d\"]{12,})[\u201d\"]", text)
        quote = normal(match.group("quote") if match else text)
        places = sentence.named() or frozenset(range(len(self._known.products)))
        # A document's sentence that names a product says of it what it says, word by word.
        own = [*(self._known.own[place].plain for place in places), self._known.rest.plain]
        own.append(self._known.told.plain)
        if len(quote.split()) > 2 and any(quote in plain for plain in own):
            outside = normal(text[: match.start()]) if match else ""
            return not re.search(r"\d", outside) or None
        return None


def _together(found: Any) -> Evidence:  # noqa: ANN401 - an iterable of Evidence
    whole = Evidence()
    for one in found:
        whole.said |= one.said
        whole.denied |= one.denied
        whole.numbers |= one.numbers
        whole.amounts |= one.amounts
        whole.quantities += one.quantities
        whole.quotes += one.quotes
        whole.currencies |= one.currencies
        whole.flags |= one.flags
        whole.plain += one.plain
    return whole


def _values(facts: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Texts among the facts that code has worked out. Cards and tables are records over again: those are read there."""
    return [
        value for name, value in facts.items() if isinstance(value, str) and name not in ("cheapest", "cheapest_id")
    ]


def _judged(detect: Detector, text: str) -> list[tuple[int, int]]:
    """Where this detector's claims stand, right ones too."""
    return [m.span() for pattern in _PATTERNS.get(detect, ()) for m in pattern.finditer(text)]


def _repair(text: str, findings: Sequence[Finding]) -> str | None:
    if any(finding.right is None for finding in findings):
        return None
    last = len(text) + 1
    for finding in sorted(findings, key=lambda f: f.start, reverse=True):
        if finding.end > last:
            return None
        text = text[: finding.start] + str(finding.right) + text[finding.end :]
        last = finding.start
    return text


def _faults(findings: Sequence[Finding]) -> tuple[Fault, ...]:
    return tuple(dict.fromkeys(finding.fault for finding in findings))


def check(sentence: str, brief: Brief) -> Verdict:
    """One sentence by itself, for who has no answer around it."""
    return Checker(brief).check(sentence)
