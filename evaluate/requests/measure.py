"""`python -m evaluate requests`: are the order numbers of real support requests read, and what the requests are about?

Data: utterances with labelled entities and intents (columns utterance, intent, entity_type, entity_value), written by
others for other shops. Intents are read by the rules alone, and as the conversation reads them: by the surer of the
rules and the trained model, a search where neither is sure.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.chat.context import Context
from app.chat.reading.intents import Intent, IntentModel, order_number, rule
from app.chat.reading.message import read
from app.chat.reading.wishes import searchable
from app.search.understanding.service import Understanding
from evaluate.errors import DataMissing, DataWrong
from evaluate.grounding.measure import Share

FILE: Final = Path("chat") / "bitext-support" / "train.csv"
_ABOUT_ACCOUNTS: Final = (
    "recover_password", "delete_account", "edit_account", "create_account", "switch_account", "registration_problems"
)  # fmt: skip
_OF_DOCUMENTS: Final = ("check_payment_methods", "check_refund_policy", "check_cancellation_fee", "delivery_options")
# Labels of the data and the intents of ours that answer them; what we have no intent for is not counted.
MEANT: Final[Mapping[str, frozenset[Intent]]] = {
    "cancel_order": frozenset({Intent.CANCEL}),
    "track_order": frozenset({Intent.ORDER_STATUS}),
    "delivery_period": frozenset({Intent.ORDER_STATUS, Intent.KNOWLEDGE}),
    "track_refund": frozenset({Intent.REFUND}),
    "get_refund": frozenset({Intent.RETURN, Intent.REFUND}),
    "contact_human_agent": frozenset({Intent.HUMAN}),
    "contact_customer_service": frozenset({Intent.HUMAN, Intent.KNOWLEDGE}),
    "complaint": frozenset({Intent.TICKET, Intent.HUMAN}),
    "change_shipping_address": frozenset({Intent.ADDRESS}),
    "set_up_shipping_address": frozenset({Intent.ADDRESS}),
    "newsletter_subscription": frozenset({Intent.ACCOUNT, Intent.KNOWLEDGE}),
    **dict.fromkeys(_ABOUT_ACCOUNTS, frozenset({Intent.ACCOUNT})),
    **dict.fromkeys(_OF_DOCUMENTS, frozenset({Intent.KNOWLEDGE})),
}
# What neither rules nor model are sure of is searched for, which harms least.
_OPEN: Final = frozenset({Intent.SEARCH.value, Intent.UNCLEAR.value})
_LISTED: Final = 12
_COLUMNS: Final = ("utterance", "intent", "entity_type", "entity_value")


@dataclass(frozen=True, slots=True)
class Read:
    """`numbers`: order numbers read exactly, of those that there are; `invented`: numbers read where there is no order
    number. `right`: the intents that rules alone read, of all; `wrong`: another intent than the label's. `understood`:
    read rightly by the whole conversation, `misread`: as another intent of ours than a search, `labels`: by label.
    `confused`: (label, what it was taken for, how often). `missed`: some requests whose number was not read."""

    numbers: Share
    invented: Share
    right: Share
    wrong: Share
    understood: Share
    misread: Share
    labels: Mapping[str, Share]
    confused: tuple[tuple[str, str, int], ...]
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


def measure(rows: Sequence[Mapping[str, str]], model: IntentModel | None = None) -> Read:
    """Every request read by the rules, and by them and `model` together."""
    labelled = [row for row in rows if row["entity_type"] == "order_id"]
    others = [row for row in rows if row["entity_type"] != "order_id"]
    missed = [row["utterance"] for row in labelled if order_number(row["utterance"]) != row["entity_value"].upper()]
    invented = sum(order_number(row["utterance"]) is not None for row in others)
    ours = [(row["utterance"], row["intent"]) for row in rows if row["intent"] in MEANT]
    ruled = [(rule(said, Context()), MEANT[label]) for said, label in ours]
    right = sum(guess is not None and guess.intent in meant for guess, meant in ruled)
    wrong = sum(guess is not None and guess.intent not in meant for guess, meant in ruled)
    taken = [(label, intent_of(said, model)) for said, label in ours]
    pairs = Counter((label, intent.value) for label, intent in taken if intent not in MEANT[label])
    sizes, fine = Counter(label for label, _ in taken), Counter(label for label, i in taken if i in MEANT[label])
    return Read(
        Share(len(labelled) - len(missed), len(labelled)),
        Share(invented, len(others)),
        Share(right, len(ours)),
        Share(wrong, len(ours)),
        Share(fine.total(), len(ours)),
        Share(sum(n for (_, other), n in pairs.items() if other not in _OPEN), len(ours)),
        {label: Share(fine[label], size) for label, size in sorted(sizes.items())},
        tuple((label, other, n) for (label, other), n in pairs.most_common(_LISTED)),
        tuple(missed),
    )


def intent_of(said: str, model: IntentModel | None) -> Intent:
    """What a conversation takes its first message for. The words of the catalogue are not known here."""
    return read(said, Context(), Understanding(searchable(said)), model).intent


def values(found: Read) -> dict[str, Any]:
    """The figures, for programs."""
    names = ("numbers", "invented", "right", "wrong", "understood", "misread")
    return {name: _value(getattr(found, name)) for name in names} | {
        "labels": {label: _value(share) for label, share in found.labels.items()}
    }


def _value(share: Share) -> dict[str, Any]:
    interval = [round(bound, 4) for bound in share.interval]
    return {"share": round(share.rate, 4), "of": share.of, "interval": interval}


def lines(found: Read, listed: int = 10) -> Iterator[str]:
    """The figures, for people."""
    told = {
        "order numbers read": found.numbers,
        "numbers read where there is none": found.invented,
        "intents read by rules alone": found.right,
        "other intents read by rules": found.wrong,
        "understood by the conversation": found.understood,
        "misread by it": found.misread,
        **found.labels,
    }
    for name, share in told.items():
        low, high = share.interval
        yield f"{name:34} {share.rate:7.2%} of {share.of:5}   ({low:.2%} to {high:.2%})"
    for label, other, count in found.confused:
        yield f"{count:5}  {label} -> {other}"
    for request in found.missed[:listed]:
        yield f"not read: {request}"
