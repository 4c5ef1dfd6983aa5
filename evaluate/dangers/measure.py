"""`python -m evaluate dangers`: how much of what no shop should answer as a wish do guardrails find, and how many
ordinary messages do they stop? By the patterns, by the model, and by both.

`held_out.jsonl` was written before the model was trained, by the same hand, in other words; nothing is learned from it.
Requests that others wrote for shops are asked where they are on this machine: what is found in them counts as a false
alarm.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.chat.context import Context
from app.chat.guardrails.guard import Danger, DangerModel, guarded, suspected
from app.chat.reading.foreign import foreign
from app.chat.reading.intents import rule
from evaluate.errors import DataMissing, DataWrong
from evaluate.grounding.measure import Share
from shop.dangers.errors import MessagesWrong
from shop.dangers.messages import read_messages
from shop.intents.examples import NONE, Example

HELD_OUT: Final = Path(__file__).parent / "held_out.jsonl"
MORE: Final = Path(__file__).parent / "held_out_more.jsonl"
"""Written later, of other families, before what was then added to the messages that are learned from."""
PATTERNS, MODEL, BOTH = "patterns", "model", "both"
WAYS: Final = (PATTERNS, MODEL, BOTH)
# Requests by other authors: folder of the data, column of the text, None for a line each.
ORDINARY: Final[Mapping[str, tuple[Path, str | None]]] = {
    "webshop-goals": (Path("search") / "webshop-goals" / "requests.txt", None),
    "bitext-support": (Path("chat") / "bitext-support" / "train.csv", "utterance"),
    "hint3 curekart": (Path("chat") / "hint3" / "curekart_train.csv", "sentence"),
    "hint3 sofmattress": (Path("chat") / "hint3" / "sofmattress_train.csv", "sentence"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """`found`: dangers found, whatever they are taken for, by label and way; `named`: those found by their own name, by
    both; `alarms`: ordinary messages that are stopped, by set and way; `missed` and `stopped`: some of them."""

    found: Mapping[str, Mapping[str, Share]]
    named: Share
    alarms: Mapping[str, Mapping[str, Share]]
    missed: tuple[str, ...]
    stopped: tuple[str, ...]


def ordinary(folder: Path, step: int = 1) -> dict[str, list[str]]:
    """Every `step`th request of the sets that are there, by name."""
    found = {}
    for name, (path, column) in ORDINARY.items():
        if (folder / path).is_file():
            lines = (folder / path).read_text(encoding="utf-8").splitlines()
            texts = lines if column is None else [row[column] for row in csv.DictReader(lines)]
            found[name] = [text for text in texts if text.strip()][::step]
    return found


def held_out(path: Path = HELD_OUT) -> list[Example]:
    """Raises DataMissing, DataWrong."""
    if not path.is_file():
        raise DataMissing(f"There are no labelled messages at {path}.")
    try:
        return read_messages(path)
    except MessagesWrong as error:
        raise DataWrong(str(error)) from error


def measure(messages: Sequence[Example], others: Mapping[str, Sequence[str]], model: DangerModel) -> Measured:
    """Every message read by each way."""
    told = [(one, ways(one.text, model)) for one in messages]
    labels = sorted({one.label for one in messages} - {NONE})
    dangers = [(one, found) for one, found in told if one.label != NONE]
    rows = {label: [found for one, found in dangers if one.label == label] for label in labels}
    rows["all"] = [found for _, found in dangers]
    plain = {"look-alikes, held out": [one.text for one in messages if one.label == NONE], **others}
    alarms = {name: [(text, ways(text, model)) for text in texts] for name, texts in plain.items()}
    return Measured(
        {label: {way: _share(found, way) for way in WAYS} for label, found in rows.items()},
        Share(sum(found[BOTH] == one.label for one, found in dangers), len(dangers)),
        {name: {way: _share([found for _, found in asked], way) for way in WAYS} for name, asked in alarms.items()},
        tuple(f"{one.label}: {one.text}" for one, found in dangers if found[BOTH] is None),
        tuple(f"{found[BOTH]}: {text}" for asked in alarms.values() for text, found in asked if found[BOTH]),
    )


def ways(text: str, model: DangerModel) -> dict[str, Danger | None]:
    """What each way takes a message for. As in a conversation, the model is not asked for other languages."""
    pattern = guarded(text)
    ruled = rule(text, Context())
    sure = ruled is not None and ruled.confidence == 1.0
    asked = not sure and not foreign(text)
    suspicion = suspected(text, (), model, is_wish=ruled is not None) if asked else None
    first, second = (None if one is None else one.intent for one in (pattern, suspicion))
    return {PATTERNS: first, MODEL: second, BOTH: first or second}


def _share(found: Sequence[Mapping[str, Danger | None]], way: str) -> Share:
    return Share(sum(one[way] is not None for one in found), len(found))


def values(measured: Measured) -> dict[str, Any]:
    """The figures, for programs."""

    def told(shares: Mapping[str, Share]) -> dict[str, Any]:
        return {
            way: {"hits": s.hits, "of": s.of, "interval": [round(x, 4) for x in s.interval]}
            for way, s in shares.items()
        }

    return {
        "found": {label: told(shares) for label, shares in measured.found.items()},
        "named": round(measured.named.rate, 4),
        "false_alarms": {name: told(shares) for name, shares in measured.alarms.items()},
    }


def lines(measured: Measured, listed: int = 15) -> Iterator[str]:
    """The figures, for people."""
    yield f"{'found':22}{'of':>6} {'patterns':>9} {'model':>9} {'both':>9}   95 % interval of both"
    for label, shares in measured.found.items():
        low, high = shares[BOTH].interval
        rates = " ".join(f"{shares[way].rate:9.0%}" for way in WAYS)
        yield f"{label:22}{shares[BOTH].of:6} {rates}   {low:.0%} to {high:.0%}"
    yield f"by its own name{measured.named.of:13} {'':19} {measured.named.rate:9.0%}"
    yield "stopped, in 1,000 ordinary messages"
    for name, shares in measured.alarms.items():
        low, high = (1000 * bound for bound in shares[BOTH].interval)
        rates = " ".join(f"{1000 * shares[way].rate:9.1f}" for way in WAYS)
        yield f"{name:22}{shares[BOTH].of:6} {rates}   {low:.1f} to {high:.1f}"
    yield from (f"missed: {one}" for one in measured.missed[:listed])
    yield from (f"stopped: {one}" for one in measured.stopped[:listed])
