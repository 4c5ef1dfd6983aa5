"""What of a record answers a question, by the question's words. Pure."""

import re
from typing import Any, Final

from app.chat.records import Record

_QUOTED: Final = 320
_WORD: Final = re.compile(r"[a-z0-9]+")
# Words that ask, and name nothing that could be asked for.
_ASKING: Final = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "at",
        "be",
        "big",
        "by",
        "can",
        "cost",
        "do",
        "does",
        "for",
        "from",
        "give",
        "has",
        "have",
    }
    | {"how", "i", "in", "is", "it", "its", "long", "me", "more", "much", "my", "of", "on", "one", "or", "product", "s"}
    | {"say", "tell", "than", "that", "the", "their", "them", "there", "these", "they", "this", "those", "to", "was"}
    | {"what", "when", "where", "which", "who", "will", "with", "you", "your", "details", "info", "information"}
    | {"first", "second", "third", "last", "compare", "should", "good", "about"}
)


def question_words(message: str, record: Record) -> list[str]:
    named_words = set(_WORD.findall(record.title.lower()))
    return [w for w in dict.fromkeys(_WORD.findall(message.lower())) if w not in _ASKING and w not in named_words]


def asked_facts(message: str, record: Record) -> list[tuple[str, Any]]:
    """Specifications whose names have a word of the question."""
    asked = set(question_words(message, record))
    found = []
    for name, value in record.fields["specifications"].items():
        words = {w for w in _WORD.findall(name.lower()) if len(w) > 2}
        if words & {*asked, *(w.removesuffix("s") for w in asked)}:
            found.append((name, value))
    return found[:3]


def asked_sentences(message: str, record: Record) -> str:
    """Sentences of the description that have a word of the question."""
    asked = {w for w in question_words(message, record) if len(w) > 3}
    sentences = re.split(r"(?<=[.!?])\s+", record.text)
    fitting = [s for s in sentences if asked & set(_WORD.findall(s.lower()))]
    return cut(" ".join(fitting))


def cut(text: str) -> str:
    """Whole sentences, as many as are not too long together."""
    kept = ""
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        if kept and len(kept) + len(sentence) > _QUOTED:
            break
        kept = f"{kept} {sentence}".strip()
    return kept
