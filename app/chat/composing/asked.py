"""What of a record answers a question, by the question's words. Pure."""

import re
from typing import Any, Final

from app.chat.aspects import Aspect, aspects_of, told_as
from app.chat.grounding.words import word_set
from app.chat.records import Record
from app.chat.wording import listed

_QUOTED: Final = 320
_FACTS: Final = 3
# Words of questions that name nothing in a record.
_NO_FACT: Final = word_set(
    "ok okay great nice cool well so then also too just really please thanks but if not no any some other"
    " another does did "
    "would could should can may might am im ive dont doesnt isnt its thats whats hows like want need get got"
    " make makes "
    "come comes go goes use used using kind sort type thing things stuff better best worse enough very actually"
    " hmm mean "
    "nevermind never mind fine take was were rated rating popular cheapest dearest expensive cheaper most least"
    " guys know looks look seems sure wait oh"
    " and her him she he they we us our person people someone anyone pls plz thx ty ur tbh btw dunno think guess"
    " maybe haha hi hello hey hmmm lol ah aha"
)
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


def content_words(text: str) -> list[str]:
    """The words of a wish that may stand in a record."""
    return [w for w in dict.fromkeys(_WORD.findall(text.lower())) if w not in _ASKING and w not in _NO_FACT]


def asked_facts(message: str, record: Record) -> list[tuple[str, Any]]:
    """Specifications that the question is about: by a word of their names, else by the aspect that is asked for."""
    specifications: dict[str, Any] = record.fields["specifications"]
    asked = {word for word in question_words(message, record) if word not in _NO_FACT}
    stems = {*asked, *(word.removesuffix("s") for word in asked)}
    found = {name: value for name, value in specifications.items() if _words_of(name) & stems}
    for aspect in aspects_of(message):
        if aspect.exact:
            continue
        own = {
            name: value for name, value in specifications.items() if aspect.attributes & set(name.lower().split("_"))
        }
        found |= {name: value for name, value in own.items() if not (found and aspect.name == "size")}
    return list(found.items())[:_FACTS]


def _words_of(name: str) -> set[str]:
    return {word for word in _WORD.findall(name.lower()) if len(word) > 2}


def asked_sentences(message: str, record: Record) -> str:
    """What the record's text and features say of it: sentences with a word of the question, or that tell the aspect."""
    words = [word for word in question_words(message, record) if len(word) > 3 and word not in _NO_FACT]
    asked = {_stem(word) for word in words} - {"colour", "color"}
    told = [_way(aspect, message) for aspect in aspects_of(message)]
    sentences = [one for one in re.split(r"(?<=[.!?])\s+", record.text) if one]
    by_word = [one for one in sentences if asked & {_stem(word) for word in _WORD.findall(one.lower())}]
    by_aspect = [one for one in sentences if any(way.search(one) for way in told)]
    features = [
        one
        for one in record.fields.get("features", ())
        if any(way.search(one) for way in told) or asked & {_stem(word) for word in _WORD.findall(one.lower())}
    ]
    kept = list(dict.fromkeys([*by_word, *by_aspect]))
    kept = [one for one in sentences if one in kept]
    if features and not kept:
        return f"{listed(features[:3])}".capitalize()
    return cut(" ".join(kept))


def named_exactly(message: str, record: Record) -> str:
    """The very word that was asked for, where the record's name has it: "hardcover"; empty else."""
    for aspect in aspects_of(message):
        found = aspect.asked.search(message) if aspect.exact else None
        word = found.group().lower().replace("-", "") if found is not None else ""
        if word and re.search(rf"\b{re.escape(word)}\b", record.title.lower().replace("-", "")):
            return word
    return ""


def named_sentences(message: str, record: Record) -> str:
    """What the record's text says of words of its name, where the message asks with no others: "does it have a camera"
    of a camera drone."""
    if [word for word in question_words(message, record) if word not in _NO_FACT]:
        return ""
    asked = {_stem(word) for word in _WORD.findall(message.lower()) if word not in _ASKING and word not in _NO_FACT}
    sentences = [one for one in re.split(r"(?<=[.!?])\s+", record.text) if one]
    return cut(" ".join(one for one in sentences if asked & {_stem(word) for word in _WORD.findall(one.lower())}))


def _stem(word: str) -> str:
    word = re.sub(r"iz(?=(?:e|ed|es|ing|ation)$)", "is", word)  # one spelling of both: polarized, polarised
    for ending in ("proof", "able", "ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word.removesuffix(ending)
    return word


def unanswered(message: str, record: Record) -> str:
    """What was asked for and the record does not say: an aspect, else the words of the question; empty where nothing in
    particular was asked."""
    if aspects := aspects_of(message):
        first = _its(aspects[0], message)
        return listed([first, *(told_as(_its(aspect, message)) for aspect in aspects[1:2])], "or")
    words = [word for word in question_words(message, record) if word not in _NO_FACT and len(word) > 2]
    return f"“{' '.join(words)}”" if words else ""


def _its(aspect: Aspect, message: str) -> str:
    found = aspect.asked.search(message)
    return f"“{found.group().lower()}”" if aspect.exact and found else aspect.name


def _way(aspect: Aspect, message: str) -> re.Pattern[str]:
    """How a text tells it: the word that was asked, in either spelling, where no other will do."""
    found = aspect.asked.search(message) if aspect.exact else None
    if found is None:
        return aspect.told
    word = (
        re.escape(found.group().removesuffix("s"))
        .replace("sulfate", "sul(?:f|ph)ate")
        .replace("sulphate", "sul(?:f|ph)ate")
    )
    return re.compile(rf"\b{word}", re.IGNORECASE)


def cut(text: str) -> str:
    """Whole sentences, as many as are not too long together."""
    kept = ""
    for sentence in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        if kept and len(kept) + len(sentence) > _QUOTED:
            break
        kept = f"{kept} {sentence}".strip()
    return kept
