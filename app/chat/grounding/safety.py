"""What no answer holds, whatever the records say: addresses, orders to an assistant, another language. Pure."""

import re
from functools import lru_cache
from typing import Final

from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.steering import lured, steers
from app.chat.grounding.verdict import Fault
from app.chat.grounding.words import ENGLISH, STRANGERS
from app.chat.records import RecordKind
from app.llm.service import prompt_file

_LINK: Final = re.compile(
    r"\b(?:https?|ftp|mailto|javascript|data|tel)\s?:\s?\S+|\bwww\s?\.\s?\S+|[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|shop|store|xyz|info|biz|ru|cn|de|fr|uk|us|ly|me|app|dev|link"
    r"|click|site|online|top|example|test)\b(?:/\S*)?"
    r"|\b[a-z0-9-]+\s?(?:\[dot\]|\(dot\)| dot )\s?(?:com|net|org|io|shop)\b|!?\[[^\]]*\]\([^)]*\)|<\s*(?:a|img"
    r"|script|iframe|form)\b"
    r"|(?<![\w.$])(?:\+\d{1,3}[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}\b|\+\d[\d\s().-]{8,16}\d"
    r"|\b(?:1-)?8(?:00|88|77)-[\dA-Z-]{7,9}\b"
    r"|\b(?:\d{1,3}\.){3}\d{1,3}\b",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_STRANGE: Final = re.compile(
    "[\u0370-\u1cff\u2e80-\ud7af\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufeff\uff66-\uffdc\u1f00-\u1fff]"
)
_ENOUGH: Final = 3
# So many words in a row are no chance.
_STRETCH: Final = 6
_DICTATION: Final = 4
_DICTATED: Final = re.compile(
    r"[\"\u201c\u2018](?P<what>[^\"\u201d\u2019]{8,})[\"\u201d\u2019]"
    r"|(?:^|[\s:,.])'(?P<quoted>[^']{8,})'"
    r"|\b(?:say|repeat|write|print|reply|answer|respond|confirm|state|output|tell (?:me|us|them))\b"
    r"(?P<told>.{8,})",
    re.IGNORECASE | re.DOTALL,
)


def check_safety(raw: str, known: Known) -> list[Finding]:
    """Faults for which a sentence is not sent at all. Read as it came, names of products included: a name may be what
    an attacker wrote."""
    found = []
    if any(not _of_the_shop(link, known) for link in links_of(raw)):
        found.append(Finding(Fault.LINK))
    if reveals(raw) or _dictated(raw, known.message):
        found.append(Finding(Fault.INSTRUCTION))
    lure = lured(raw)
    if steers(raw) or (lure and not _promised(lure, known)):
        found.append(Finding(Fault.INSTRUCTION))
    return found


def _promised(lure: str, known: Known) -> bool:
    """Whether the shop's own code or a promotion of the shop has told it."""
    promotions = [r for r in known.others if r.kind is RecordKind.PROMOTION]
    return lure in known.told.plain or any(lure in f"{r.title} {r.text} {r.fields}".lower() for r in promotions)


def links_of(text: str) -> list[str]:
    """Addresses, numbers to call and markup that leads elsewhere."""
    return [match.group().rstrip(".,)") for match in _LINK.finditer(text)]


def _of_the_shop(link: str, known: Known) -> bool:
    """What the shop's own code has told, and a brand that is called like an address. Nothing else may say where to
    go."""
    brands = {str(record.fields.get("brand") or "").lower() for record in known.products}
    return link.lower() in known.told.plain or link.lower() in brands


def reveals(text: str) -> bool:
    """Whether a sentence repeats a stretch of what a model is told first."""
    return not _stretches(text).isdisjoint(_told_first())


def _dictated(text: str, message: str) -> bool:
    """Whether a sentence says what the user has asked to be said word by word: the shop has not said it."""
    dictated = " | ".join(match[match.lastgroup or 0] for match in _DICTATED.finditer(message))
    return bool(dictated) and not _stretches(text, _DICTATION).isdisjoint(_stretches(dictated, _DICTATION))


def _stretches(text: str, length: int = _STRETCH) -> set[tuple[str, ...]]:
    words = [word.lower() for word in _LETTERS.findall(text)]
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


@lru_cache(maxsize=1)
def _told_first() -> frozenset[tuple[str, ...]]:
    return frozenset(_stretches(prompt_file("answer").text))


def check_language(sentence: Sentence, known: Known) -> list[Finding]:
    """Withheld where the user writes English and the sentence does not."""
    text = sentence.text
    if language(known.message) != "en":
        return []
    strange = len(_STRANGE.findall(text))
    if strange > 2 and strange > 0.2 * len(text.replace(" ", "")):
        return [Finding(Fault.LANGUAGE)]
    return [Finding(Fault.LANGUAGE)] if language(text) != "en" else []


def language(text: str) -> str:
    """A guess from small words: en, or another where that is plain. English where nothing tells."""
    if len(_STRANGE.findall(text)) > 2:
        return "other"
    words = [word.lower() for word in _LETTERS.findall(text)]
    english = sum(word in ENGLISH for word in words)
    best, hits = "en", english
    for code, small in STRANGERS.items():
        count = sum(word in small for word in words)
        if count > hits and count >= _ENOUGH - (len(words) < 6):
            best, hits = code, count
    return best
