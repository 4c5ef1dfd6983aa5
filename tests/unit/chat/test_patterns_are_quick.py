"""No message, however it is made, keeps the assistant busy: each pattern reads the longest one in no time."""

import importlib
import pkgutil
import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest

import app.chat
from app.chat.models import MAX_MESSAGE
from app.chat.reading.runs import without_runs

# What is said again and again to the end of the longest message.
UNITS = (*" -'.@\na1", ", ", "! ", "ha", "a.", "-a", "1 ", "0.", "$1 ", "a ", "and ", "no ", "of ", "very ")
# Words that lead in, or that a pattern lets stand any number of times.
WORDS = (
    *("a bit ", "much ", "still ", "it is ", "i want ", "the ", "for my ", "is there ", "or ", "more ", "not ", "to "),
    *("can you ", "please ", "really ", "ok ", "so ", "one ", "do you have ", "what is ", "with ", "that ", "i'm "),
    *("new ", "red ", "too ", "please, ", "show me ", "my mug ", "than ", "in ", "no, ", "under 5 ", "it's "),
)
AT_MOST_S = 1.0
"""Of processor; on a busy machine a measured one is up to twice as long. Unsound patterns take many seconds."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern of the rooms of the chat, by where it stands; those of one table stand together."""
    for module in pkgutil.walk_packages(app.chat.__path__, "app.chat."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for one in patterns_in(value):
                yield f"{module.name}.{name}", one


def patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, list | tuple | dict):
        for one in value.items() if isinstance(value, dict) else value:
            yield from patterns_in(one)


@pytest.mark.parametrize("unit", [*UNITS, *WORDS])
def test_each_pattern_reads_the_longest_message_in_no_time(unit: str) -> None:
    message = without_runs((unit * MAX_MESSAGE)[: MAX_MESSAGE - 1] + "!")
    took: Counter[str] = Counter()
    for name, pattern in patterns():
        started = time.process_time()
        pattern.search(message)
        took[name] += time.process_time() - started  # type: ignore[assignment]
    assert {name: seconds for name, seconds in took.items() if seconds > AT_MOST_S} == {}


def test_there_are_patterns_to_look_at() -> None:
    assert len(dict(patterns())) > 100


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ("a tent!!!", "a tent!!!"),
        ("a tent" + "!" * 100, "a tent" + "!" * 8),
        ("a" + " " * 50 + "tent", "a" + " " * 8 + "tent"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
        ("палатка, 2 шт.", "палатка, 2 шт."),
    ],
)
def test_signs_do_not_go_on_and_on(message: str, read: str) -> None:
    assert without_runs(message) == read
