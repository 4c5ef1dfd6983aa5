"""What no answer holds, whatever the records say: addresses, orders to an assistant, another language. Pure."""

import re
from typing import Final

from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.steering import lured, steers
from app.chat.grounding.verdict import Fault
from app.chat.grounding.words import ENGLISH, STRANGERS
from app.chat.records import RecordKind

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


def check_safety(raw: str, known: Known) -> list[Finding]:
    """Faults for which a sentence is not sent at all. Read as it came, names of products included: a name may be what
    an attacker wrote."""
    found = []
    links = [match.group() for match in _LINK.finditer(raw)]
    if any(not _of_the_shop(link, known) for link in links):
        found.append(Finding(Fault.LINK))
    lure = lured(raw)
    if steers(raw) or (lure and not _promised(lure, known)):
        found.append(Finding(Fault.INSTRUCTION))
    return found


def _promised(lure: str, known: Known) -> bool:
    """Whether the shop's own code or a promotion of the shop has told it."""
    promotions = [r for r in known.others if r.kind is RecordKind.PROMOTION]
    return lure in known.told.plain or any(lure in f"{r.title} {r.text} {r.fields}".lower() for r in promotions)


def _of_the_shop(link: str, known: Known) -> bool:
    """What the shop's own code has told. Nothing else may say where to go."""
    return link.lower().rstrip(".,)") in known.told.plain


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
