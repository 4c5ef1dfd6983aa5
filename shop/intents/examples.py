"""Examples to learn intents from, and the files that hold them: conversations, tables and lists of utterances."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from shop.intents.errors import ExamplesWrong
from shop.intents.phrasings import PhrasingWrong, phrasings

NONE: Final = "none"
"""The label of what belongs to no intent."""
_NONE_NAMES: Final = frozenset({"none", "no_nodes_detected", "out_of_scope", "oos", ""})
_TEXT_COLUMNS: Final = ("sentence", "utterance", "text", "message")
_LABEL_COLUMNS: Final = ("label", "intent")
MAX_TEXT: Final = 2_000
BACKGROUND: Final = Path(__file__).parent / "background.txt"


@dataclass(frozen=True, slots=True)
class Example:
    """Something that a user said, and what it was about; `NONE` where it is about nothing that has a name."""

    text: str
    label: str
    family: str = ""
    """A way of putting things that it shares with others; empty where it stands alone."""


def read_examples(path: Path) -> list[Example]:
    """The examples of one file, by its ending: .json (conversations), .csv, .yaml (lists by intent), .txt (lines of no
    intent). Raises ExamplesWrong with the place of what is wrong."""
    readers = {".json": _conversations, ".csv": _table, ".yaml": _lists, ".yml": _lists, ".txt": _lines}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ExamplesWrong(f"{path}: a file of examples ends in .json, .csv, .yaml or .txt.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ExamplesWrong(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise ExamplesWrong(f"{path} cannot be read as text in UTF-8: {error}") from error
    found = [example for example in reader(text, path) if example.text]
    if not found:
        raise ExamplesWrong(f"{path} has no examples.")
    return found


def read_all(paths: Iterable[Path]) -> list[Example]:
    """The examples of several files, each once: the same words with the same label are one example."""
    return list(dict.fromkeys(example for path in paths for example in read_examples(path)))


def background() -> list[Example]:
    """Small talk and questions that no shop's intents cover, which come with the product."""
    return read_examples(BACKGROUND)


def example(text: str, label: str, family: str = "") -> Example:
    """An example with its text on one line and its label as it is written, but for the names of no intent."""
    name = label.strip()
    return Example(" ".join(text.split())[:MAX_TEXT], NONE if name.lower() in _NONE_NAMES else name, family)


def _table(text: str, path: Path) -> Iterator[Example]:
    rows = csv.DictReader(text.splitlines(keepends=True))
    columns = rows.fieldnames or []
    said = next((name for name in _TEXT_COLUMNS if name in columns), None)
    meant = next((name for name in _LABEL_COLUMNS if name in columns), None)
    if said is None or meant is None:
        raise ExamplesWrong(f"{path}: the first line has to name the columns sentence and label.")
    for row in rows:
        if row[said] is None or row[meant] is None:
            raise ExamplesWrong(f"{path}, line {rows.line_num}: a sentence and a label are needed.")
        yield example(row[said], row[meant])


def _lists(text: str, path: Path) -> Iterator[Example]:
    try:
        lists = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ExamplesWrong(f"{path} is not YAML: {error}") from error
    if isinstance(lists, Mapping) and lists and all(isinstance(families, Mapping) for families in lists.values()):
        yield from _drawn(lists, path)
        return
    if not isinstance(lists, Mapping) or not all(isinstance(said, list) for said in lists.values()):
        raise ExamplesWrong(f"{path}: expected intents, each with a list of utterances.")
    for label, utterances in lists.items():
        for said in utterances:
            yield example(str(said), str(label))


def _drawn(stored: Mapping[str, Any], path: Path) -> Iterator[Example]:
    try:
        for said, label, family in phrasings(stored):
            yield example(said, label, family)
    except (PhrasingWrong, AttributeError, TypeError) as error:
        raise ExamplesWrong(f"{path}: expected intents with families of patterns. {error}") from error


def _lines(text: str, _path: Path) -> Iterator[Example]:
    for line in text.splitlines():
        if not line.startswith("#"):
            yield example(line, NONE)


def _conversations(text: str, path: Path) -> Iterator[Example]:
    try:
        stored = json.loads(text)
    except ValueError as error:
        raise ExamplesWrong(f"{path} is not JSON: {error}") from error
    conversations = stored.get("conversations") if isinstance(stored, dict) else None
    if not isinstance(conversations, list):
        raise ExamplesWrong(f'{path}: expected {{"conversations": [...]}}.')
    for number, conversation in enumerate(conversations):
        try:
            yield from examples_of(conversation)
        except (KeyError, TypeError, AttributeError) as error:
            raise ExamplesWrong(f"{path}, conversation {number}: {type(error).__name__} {error}") from error


def examples_of(conversation: Mapping[str, Any]) -> list[Example]:
    """The examples of one conversation: each user's turn that has an `intent` of its own; where none has one, the first
    user's turn with the conversation's `metadata.intent`, for later turns answer questions."""
    turns: Sequence[Mapping[str, Any]] = conversation["turns"]
    users = [turn for turn in turns if re.fullmatch(r"user|customer|shopper", turn["speaker"], re.IGNORECASE)]
    own = [example(turn["text"], turn["intent"]) for turn in users if turn.get("intent")]
    if own:
        return own
    intent = conversation.get("metadata", {}).get("intent")
    return [example(users[0]["text"], intent)] if users and intent else []
