"""Whether one thing works with another, from records alone: what they say of it, or that they say nothing. Pure.

Nothing is concluded: that a shop's data names the other thing is quoted, that it does not is said.
"""

import re
from typing import Any, Final

from app.chat.composing.asked import cut, question_words
from app.chat.composing.composer import Brief, Sentence
from app.chat.grounding.words import word_set
from app.chat.records import Record, RecordKind
from app.chat.wording import named, said

_VERBS: Final = word_set(
    "work works working fit fits fitting compatible compatibility go goes connect connects pair pairs sync "
    "syncs charge plug attach suitable usable used use run runs match matches mount mounts well together "
    "fine too also would will could my onto into inside under alongside any other suit"
)
# Attributes that say what a thing goes with.
_TELLING: Final = re.compile(
    r"compat|fits|works?_with|suit|connect|port|plug|socket|mount|thread|voltage|system|platform|interface"
    r"|standard|size"
    r"|diameter|model|usb|bluetooth|wifi|wireless",
    re.IGNORECASE,
)
_MOST: Final = 0.5
_TOLD: Final = 4


def compatible(brief: Brief) -> list[Sentence]:
    """An answer to "does it work with ...", of the first product."""
    products = [record for record in brief.records if record.kind is RecordKind.PRODUCT]
    if not products:
        return [] if brief.notes else [Sentence("I find no such product in the shop.")]
    record = products[0]
    other = [word for word in question_words(brief.message, record) if word not in _VERBS]
    found = _facts(record, other)
    if found:
        return [
            Sentence(f"{named(name).capitalize()} of {record.title}: {said(value)}.", (record.id,))
            for name, value in found[:_TOLD]
        ]
    if quoted := _sentences(record.text, other):
        return [Sentence(f"The shop says of {record.title}: \u201c{cut(quoted)}\u201d", (record.id,))]
    for passage in (r for r in brief.records if r.kind in (RecordKind.KNOWLEDGE, RecordKind.POLICY)):
        if quoted := _sentences(passage.text, [*other, *_own(record)], least=len(other) and 2):
            where = f"{passage.title}, {passage.section}" if passage.section else passage.title
            return [Sentence(f"{cut(quoted)} ({where})", (passage.id,))]
    return [*_unknown(record, other), *_known(record)]


def _facts(record: Record, other: list[str]) -> list[tuple[str, Any]]:
    """Attributes whose values name the other thing."""
    return [
        (name, value)
        for name, value in record.fields["specifications"].items()
        if _names(f"{name.replace('_', ' ')} {said(value)}", other)
    ]


def _sentences(text: str, other: list[str], least: int = 1) -> str:
    parts = re.split(r"(?<=[.!?])\s+", text)
    fitting = [part for part in parts if _names(part, other) and _hits(part, other) >= least]
    return " ".join(fitting)


def _names(text: str, words: list[str]) -> bool:
    """Whether most of the words stand in a text, and every one with a figure: an Orbit 12 is no Orbit 11."""
    figures = [word for word in words if any(sign.isdigit() for sign in word)]
    most = bool(words) and _hits(text, words) >= _MOST * len(words)
    return most and _hits(text, figures) == len(figures)


def _hits(text: str, words: list[str]) -> int:
    has = set(re.findall(r"[a-z0-9]+", text.lower()))
    has |= {word.removesuffix("s") for word in has}
    return sum(word in has or word.removesuffix("s") in has for word in words)


def _own(record: Record) -> list[str]:
    return re.findall(r"[a-z0-9]{4,}", record.title.lower())[-1:]


def _unknown(record: Record, other: list[str]) -> list[Sentence]:
    if not other:
        return [Sentence(f"The data on {record.title} does not say that; tell me what it is to go with.", (record.id,))]
    return [Sentence(f"The shop's data on {record.title} does not say whether it goes with that.", (record.id,))]


def _known(record: Record) -> list[Sentence]:
    """What may help to tell."""
    told = [(name, value) for name, value in record.fields["specifications"].items() if _TELLING.search(name)][:_TOLD]
    if not told:
        return []
    each = "; ".join(f"{named(name)}: {said(value)}" for name, value in told)
    return [Sentence(f"{each[0].upper()}{each[1:]}.", (record.id,))]
