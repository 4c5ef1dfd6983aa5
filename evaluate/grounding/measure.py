"""What share of falsehoods the checker stops, and what share of true answers it disturbs."""

import math
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.chat.grounding.check import Checker
from evaluate.grounding.answers import Told, answers
from evaluate.grounding.mutations import Mutated, mutated

SEED: Final = 7
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the 95 % interval of Wilson (1927)."""

    hits: int
    of: int

    @property
    def rate(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return (0.0, 1.0)
        rate, n = self.rate, self.of
        middle = (rate + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * math.sqrt(rate * (1 - rate) / n + _Z**2 / (4 * n * n)) / (1 + _Z**2 / n)
        return (max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Measured:
    """`caught`: falsehoods that were not sent; `by_kind`: of each kind. `alarms`: true answers of which a sentence was
    changed or withheld, of each writer. `sentence_ms`: CPU time of one check."""

    caught: Share
    by_kind: Mapping[str, Share]
    alarms: Share
    alarms_by_writer: Mapping[str, Share]
    missed: tuple[Mutated, ...]
    disturbed: tuple[tuple[Told, str], ...]
    sentence_ms: float


def measure(count: int, seed: int = SEED) -> Measured:
    """`count`: true answers of each writer; the falsehoods are put into them."""
    draw = random.Random(seed)
    told = list(answers(seed, count))
    started, checked = time.process_time(), 0
    disturbed: list[tuple[Told, str]] = []
    for answer in told:
        checker = Checker(answer.brief)
        found = [text for text in answer.sentences if checker.check(text).faults]
        checked += len(answer.sentences)
        if found:
            disturbed.append((answer, found[0]))
    spent = time.process_time() - started
    false = [one for answer in told for one in mutated(draw, answer)]
    missed = tuple(one for one in false if not caught(one))
    return Measured(
        Share(len(false) - len(missed), len(false)),
        dict(_kinds(false, missed)),
        Share(len(disturbed), len(told)),
        {
            by: Share(sum(answer.by == by for answer, _ in disturbed), sum(answer.by == by for answer in told))
            for by in sorted({answer.by for answer in told})
        },
        missed,
        tuple(disturbed),
        1000 * spent / max(1, checked),
    )


def caught(one: Mutated) -> bool:
    """Whether the false sentence was withheld, or put right so that the falsehood is gone."""
    checker = Checker(one.told.brief)
    for place, text in enumerate(one.sentences):
        verdict = checker.check(text)
        if place == one.place:
            return bool(verdict.faults) and (verdict.withheld or not one.false or one.false not in verdict.text)
    return False


def _kinds(false: list[Mutated], missed: tuple[Mutated, ...]) -> Iterator[tuple[str, Share]]:
    for kind in dict.fromkeys(one.kind for one in false):
        total = sum(one.kind == kind for one in false)
        yield kind, Share(total - sum(one.kind == kind for one in missed), total)


def lines(measured: Measured, listed: int = 10) -> Iterator[str]:
    """The figures, for people."""
    yield f"{'falsehood':<20} {'caught':>8} {'of':>6}   95 % interval"
    for kind, share in measured.by_kind.items():
        yield _row(kind, share)
    yield _row("all", measured.caught)
    yield ""
    yield f"{'true answers of':<20} {'disturbed':>8} {'of':>5}   95 % interval"
    for by, share in measured.alarms_by_writer.items():
        yield _row(by, share)
    yield _row("all", measured.alarms)
    yield f"{measured.sentence_ms:.2f} ms of CPU time a sentence"
    for one in measured.missed[:listed]:
        yield f"missed ({one.kind}): {one.sentences[one.place]}"
    for told, text in measured.disturbed[:listed]:
        yield f"disturbed ({told.by}, {told.brief.intent}): {text}"


def _row(name: str, share: Share) -> str:
    low, high = share.interval
    return f"{name:<20} {share.rate:>8.2%} {share.of:>6}   {low:.2%} to {high:.2%}"


def values(measured: Measured) -> dict[str, Any]:
    """The figures, for programs."""
    return {
        "caught": round(measured.caught.rate, 4),
        "caught_interval": [round(bound, 4) for bound in measured.caught.interval],
        "falsehoods": measured.caught.of,
        "false_alarms": round(measured.alarms.rate, 4),
        "false_alarms_interval": [round(bound, 4) for bound in measured.alarms.interval],
        "true_answers": measured.alarms.of,
        "by_kind": {kind: round(share.rate, 4) for kind, share in measured.by_kind.items()},
        "sentence_ms": round(measured.sentence_ms, 3),
    }
