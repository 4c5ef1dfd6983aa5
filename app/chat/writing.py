"""An answer written and checked, sentence by sentence: nothing is sent that the checker has not let through.

Writers take over from one another: where one fails before it has said anything, the next begins; where it stops in the
middle, what it has said stays, if it was whole sentences, and the answer ends there.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import structlog

from app.chat.composing.composer import Brief, Cited, Composer, Usage
from app.chat.errors import ComposeError
from app.chat.grounding.verdict import Verdict

log = structlog.get_logger(__name__)

NOTHING_TO_SAY: Final = "I have nothing to add to what you see here. Ask me about one of the products, or tell me more."
_END: Final = re.compile(r"[.!?\u2026]['\"\u201d\u2019)\]]*(?=\s)|\n+")
# Dots after these end no sentence.
_SHORT: Final = frozenset(
    {"e.g", "i.e", "etc", "approx", "no", "vs", "st", "dr", "mr", "mrs", "ms", "inc", "max", "min"}
)


@dataclass(frozen=True, slots=True)
class Written:
    """The answer that was sent, and how it came about."""

    text: str
    by: str
    citations: tuple[Cited, ...] = ()
    usage: Usage | None = None
    sentences: int = 0
    repaired: int = 0
    withheld: int = 0
    degraded: tuple[str, ...] = ()


class Checks(Protocol):
    """What checks one answer, sentence by sentence, in order."""

    def check(self, sentence: str) -> Verdict: ...

    def cited(self, text: str, record_ids: Sequence[str]) -> tuple[str, ...]: ...


@dataclass(slots=True)
class _Draft:
    """What one writer has written: `raw` as it came, `sent` as it was let through."""

    raw: str = ""
    waiting: str = ""
    sent: str = ""
    cited: list[Cited] = field(default_factory=list)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    usage: Usage | None = None
    sentences: int = 0
    repaired: int = 0
    withheld: int = 0


async def write(
    brief: Brief, composers: Sequence[Composer], checks: Callable[[Brief], Checks]
) -> AsyncIterator[dict[str, Any] | Written]:
    """Parts of the types `text` and `citation`, and at the end what was written."""
    degraded: list[str] = []
    for composer in composers:
        # A fresh one for each writer: what "it" means is what this writer spoke of last.
        check = checks(brief)
        draft = _Draft()
        try:
            async for piece in composer.compose(brief):
                draft.usage = piece.usage or draft.usage
                if piece.cited is not None:
                    draft.cited.append(piece.cited)
                draft.raw += piece.text
                draft.waiting += piece.text
                for sentence in _whole(draft):
                    if text := _let_through(draft, sentence, check):
                        yield {"type": "text", "delta": text}
            rest, draft.waiting = draft.waiting, ""
            if rest.strip() and (text := _let_through(draft, rest, check)):
                yield {"type": "text", "delta": text}
        except ComposeError as error:
            log.warning("writer failed", writer=composer.name, error=str(error))
            degraded.append(f"writer: {composer.name} did not answer ({error})")
        if draft.sent.strip():
            citations = tuple(_borne_out(_moved(draft), draft.sent, check))
            for cited in citations:
                yield {
                    "type": "citation",
                    "start": cited.start,
                    "end": cited.end,
                    "record_ids": list(cited.record_ids),
                }
            yield Written(
                draft.sent.strip(), composer.name, citations, draft.usage, draft.sentences, draft.repaired,
                draft.withheld, tuple(degraded),
            )  # fmt: skip
            return
    yield {"type": "text", "delta": NOTHING_TO_SAY}
    yield Written(NOTHING_TO_SAY, composers[-1].name, degraded=tuple(degraded))


def _whole(draft: _Draft) -> list[str]:
    """Whole sentences that wait, taken out."""
    found = []
    start = 0
    for end in _END.finditer(draft.waiting):
        before = draft.waiting[start : end.start()].rsplit(maxsplit=1)
        if before and before[-1].lower().strip("(") in _SHORT:
            continue
        found.append(draft.waiting[start : end.end()])
        start = end.end()
    draft.waiting = draft.waiting[start:]
    return found


def _let_through(draft: _Draft, sentence: str, check: Checks) -> str:
    """What may be sent of a sentence, with the space before it; its places before and after are noted."""
    start = len(draft.raw) - len(draft.waiting) - len(sentence) if draft.waiting else draft.raw.rfind(sentence)
    plain = sentence.strip()
    verdict = check.check(plain)
    draft.sentences += 1
    draft.repaired += verdict.repaired
    draft.withheld += verdict.withheld
    if not verdict.text:
        return ""
    lead = sentence[: len(sentence) - len(sentence.lstrip())] if draft.sent else ""
    if draft.sent and not lead:
        lead = " "
    text = lead + verdict.text
    draft.places.append(
        (start + len(sentence) - len(sentence.lstrip()), start + len(sentence), len(draft.sent) + len(lead))
    )
    draft.sent += text
    return text


def _borne_out(cited: Sequence[Cited], sent: str, check: Checks) -> Iterator[Cited]:
    """Citations of records that speak of what is cited; the others are left out."""
    for one in cited:
        if ids := check.cited(sent[one.start : one.end], one.record_ids):
            yield Cited(one.start, one.end, ids)


def _moved(draft: _Draft) -> list[Cited]:
    """Citations of the text as it was written, moved to where it was sent; those of withheld sentences are gone."""
    moved = []
    for cited in draft.cited:
        for start, end, sent in draft.places:
            if start <= cited.start < end:
                shift = sent - start
                moved.append(Cited(cited.start + shift, min(cited.end, end) + shift, cited.record_ids))
                break
    return moved
