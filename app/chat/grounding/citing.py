"""Marks of citation in a sentence, and the records that a writer says it rests on. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from app.chat.grounding.evidence import Evidence, normal
from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.tokens import content, tokens
from app.chat.grounding.verdict import Fault
from app.chat.grounding.words import GENERIC
from app.chat.records import Record

_MARK: Final = re.compile(
    r"\s?\[(?:doc(?:ument)?s?|source|ref|record|citation)?[:_ #]*(?P<id>[\w:.-]+(?:,\s?[\w:.-]+)*)\]"
    r"|\s?\u3010[^\u3011]*\u3011"
)
_KINDS: Final = r"(?:product|order|policy|knowledge|reviews|promotion|ticket|customer|comparison)"
_ID: Final = re.compile(rf"\b{_KINDS}:[\w.-]*\w")
_SOURCE: Final = re.compile(r"\((?P<where>[^()]{3,120})\)\W*$")


def check_citations(raw: str, before: str, sentence: Sentence, known: Known, ids: frozenset[str]) -> list[Finding]:
    """Marks name records that there are, and that are spoken of; other marks are taken out."""
    found = []
    titles = {normal(record.title) for record in known.others}
    marks = [m for m in _MARK.finditer(raw) if normal(m.group().strip(" []")) not in titles]
    right = {known.products[place].id for place in sentence.named()} | {record.id for record in known.others}
    for match in marks:
        named = {part.strip() for part in (match.group("id") or "").split(",")}
        if not named <= ids or (sentence.mentions and not named <= right):
            found.append(Finding(Fault.CITATION, *match.span(), ""))
    for match in _ID.finditer(raw):
        inside = any(mark.start() <= match.start() < mark.end() for mark in marks)
        if not inside and (match.group() not in ids or (sentence.mentions and match.group() not in right)):
            found.append(Finding(Fault.CITATION, *match.span()))
    return found + _places(raw, before, known)


def _places(raw: str, before: str, known: Known) -> list[Finding]:
    """(Returns, Opened goods): a document, and the section in it that says so, here or in the sentence before."""
    match = _SOURCE.search(raw)
    if match is None or not known.others:
        return []
    where = normal(match.group("where"))
    documents = [record for record in known.others if normal(record.title) and where.startswith(normal(record.title))]
    if not documents:
        return []
    claim = raw[: match.start()] if raw[: match.start()].strip() else before
    best = max(known.others, key=lambda record: support(record.text, claim))
    if where == normal(place_of(best)) or (where == normal(best.title) and not best.section):
        return []
    fits = [record for record in documents if where in (normal(place_of(record)), normal(record.title))]
    if any(support(record.text, claim) >= support(best.text, claim) for record in fits):
        return []
    return [Finding(Fault.CITATION, *match.span("where"), place_of(best))]


def place_of(record: Record) -> str:
    return f"{record.title}, {record.section}" if record.section else record.title


def support(text: str, claim: str) -> float:
    """The share of a claim's words that a text has."""
    has = {token.stem for token in tokens(text)}
    words = [token.stem for token in content(tokens(claim), GENERIC)]
    return sum(word in has for word in words) / len(words) if words else 0.0


def cited(
    text: str, record_ids: Sequence[str], records: Sequence[Record], evidence: dict[str, Evidence]
) -> tuple[str, ...]:
    """Of the records that a writer cites for a text, those that there are and that speak of what it says."""
    by_id = {record.id: record for record in records}
    kept = []
    words = [token.stem for token in content(tokens(text), GENERIC)]
    numbers = {float(n.replace(",", "")) for n in re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", text)}
    for record_id in record_ids:
        record, own = by_id.get(record_id), evidence.get(record_id)
        if record is None or own is None:
            continue
        shared = sum(own.knows(word) for word in words)
        if (
            normal(record.title) in normal(text)
            or (words and shared * 2 >= len(words))
            or (numbers and numbers <= own.numbers)
        ):
            kept.append(record_id)
    return tuple(dict.fromkeys(kept))
