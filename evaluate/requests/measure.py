"""`python -m evaluate requests`: are the order numbers of real support requests read, and what the requests are about?

Data: utterances with labelled entities and intents (columns utterance, intent, entity_type, entity_value), written by
others for other shops. Only the rules are measured, without the trained model.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.chat.context import Context
from app.chat.reading.intents import Intent, order_number, rule
from evaluate.errors import DataMissing, DataWrong
from evaluate.grounding.measure import Share

FILE: Final = Path("chat") / "bitext-support" / "train.csv"
# Labels of the data and the intents of ours that answer them; what we have no intent for is not counted.
MEANT: Final[Mapping[str, frozenset[Intent]]] = {
    "cancel_order": frozenset({Intent.CANCEL}),
    "track_order": frozenset({Intent.ORDER_STATUS}),
    "track_refund": frozenset({Intent.REFUND}),
    "contact_human_agent": frozenset({Intent.HUMAN}),
    "complaint": frozenset({Intent.TICKET}),
    "check_payment_methods": frozenset({Intent.KNOWLEDGE}),
    "change_shipping_address": frozenset({Intent.ADDRESS}),
    "recover_password": frozenset({Intent.ACCOUNT}),
}
_COLUMNS: Final = ("utterance", "intent", "entity_type", "entity_value")


@dataclass(frozen=True, slots=True)
class Read:
    """`numbers`: order numbers read exactly, of those that there are; `invented`: numbers read where there is no order
    number. `right`: the intents that rules alone read, of all; `wrong`: another intent than the label's. `missed`: some
    requests whose number was not read."""

    numbers: Share
    invented: Share
    right: Share
    wrong: Share
    missed: tuple[str, ...]


def requests(path: Path) -> list[dict[str, str]]:
    """The labelled requests. Raises DataMissing, DataWrong."""
    if not path.is_file():
        raise DataMissing(f"There are no labelled requests at {path}.")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or any(column not in rows[0] for column in _COLUMNS):
        raise DataWrong(f"{path.name} needs the columns {', '.join(_COLUMNS)}.")
    return rows


def measure(rows: Sequence[Mapping[str, str]]) -> Read:
    """Every request read by the rules."""
    labelled = [row for row in rows if row["entity_type"] == "order_id"]
    others = [row for row in rows if row["entity_type"] != "order_id"]
    missed = [row["utterance"] for row in labelled if order_number(row["utterance"]) != row["entity_value"].upper()]
    invented = sum(order_number(row["utterance"]) is not None for row in others)
    ours = [row for row in rows if row["intent"] in MEANT]
    guesses = [(rule(row["utterance"], Context()), MEANT[row["intent"]]) for row in ours]
    right = sum(guess is not None and guess.intent in meant for guess, meant in guesses)
    wrong = sum(guess is not None and guess.intent not in meant for guess, meant in guesses)
    return Read(
        Share(len(labelled) - len(missed), len(labelled)),
        Share(invented, len(others)),
        Share(right, len(ours)),
        Share(wrong, len(ours)),
        tuple(missed),
    )


def values(found: Read) -> dict[str, Any]:
    """The figures, for programs."""
    shares = {"numbers": found.numbers, "invented": found.invented, "right": found.right, "wrong": found.wrong}
    return {
        name: {"share": round(share.rate, 4), "of": share.of, "interval": [round(bound, 4) for bound in share.interval]}
        for name, share in shares.items()
    }


def lines(found: Read, listed: int = 10) -> Iterator[str]:
    """The figures, for people."""
    told = {
        "order numbers read": found.numbers,
        "numbers read where there is none": found.invented,
        "intents read by rules alone": found.right,
        "other intents read": found.wrong,
    }
    for name, share in told.items():
        low, high = share.interval
        yield f"{name:34} {share.rate:7.2%} of {share.of:5}   ({low:.2%} to {high:.2%})"
    for request in found.missed[:listed]:
        yield f"not read: {request}"
