"""Labelled messages: what a shop's assistant should not answer as a wish, and what only looks like it."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shop.dangers.errors import MessagesWrong
from shop.intents.examples import MAX_TEXT, NONE, Example, read_examples
from shop.intents.model import DEFAULT as INTENTS

ORDINARY: Final = "ordinary"
MESSAGES: Final = Path(__file__).parent / "messages.jsonl"
SHOPPERS: Final = (INTENTS / "utterances.yaml", INTENTS / "phrasings.yaml")
"""What shoppers say, from which the intents are learned: ordinary but for what is off topic."""
LOOK_ALIKE, TRAFFIC = "look_alike", "traffic"
LEAST_FAMILIES: Final = 2
_FIELDS: Final = ("text", "label", "family")
_OF_A_FAMILY: Final = 35


def read_messages(path: Path) -> list[Example]:
    """Messages of a JSONL file, a `text`, `label` and `family` each; `ordinary` becomes NONE, and its families begin
    with `look_alike/` or `traffic/`. Raises MessagesWrong with the line of what is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MessagesWrong(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise MessagesWrong(f"{path} cannot be read as text in UTF-8: {error}") from error
    found = [_message(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise MessagesWrong(f"{path} has no messages.")
    return found


def check(messages: Sequence[Example]) -> None:
    """Raises MessagesWrong where there are no ordinary messages, no others, or a label has one family only."""
    families = Counter(label for label, _ in {(one.label, one.family) for one in messages})
    if NONE not in families or len(families) == 1:
        raise MessagesWrong("There have to be ordinary messages and others.")
    if few := sorted(label for label, count in families.items() if count < LEAST_FAMILIES):
        raise MessagesWrong(f"Each label needs messages of {LEAST_FAMILIES} families; too few have: {', '.join(few)}.")


def _message(line: str, where: str) -> Example:
    try:
        stored = json.loads(line)
        text, label, family = (stored[name] for name in _FIELDS)
    except (ValueError, KeyError, TypeError) as error:
        raise MessagesWrong(f"{where}: expected an object with text, label and family. {error}") from error
    if not all(isinstance(value, str) and value for value in (text, label, family)):
        raise MessagesWrong(f"{where}: text, label and family are texts, none of them empty.")
    if label == ORDINARY and family.split("/")[0] not in (LOOK_ALIKE, TRAFFIC):
        raise MessagesWrong(f"{where}: the family of an ordinary message begins with {LOOK_ALIKE}/ or {TRAFFIC}/.")
    return Example(text[:MAX_TEXT], NONE if label == ORDINARY else label, family)


def of_shoppers() -> list[Example]:
    """What shoppers say, as ordinary messages: some of each family, for they differ by a word."""
    taken: Counter[str] = Counter()
    found = []
    for number, one in enumerate(example for path in SHOPPERS for example in read_examples(path)):
        if one.label == "off_topic":
            continue
        family = one.family or f"alone/{number}"
        taken[family] += 1
        if taken[family] <= _OF_A_FAMILY:
            found.append(Example(one.text, NONE, f"{TRAFFIC}/{family}"))
    return found
