"""Messages that are answered without a search: fixed, short and humane. Pure, and fast enough for every turn.

A rule fires on how something is asked, not on a word: "kill bill dvd" and "first aid kit" are things to buy.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from app.chat.guardrails import patterns


class Danger(StrEnum):
    """What a message is, where it is no wish."""

    SELF_HARM = "self_harm"
    INJECTION = "prompt_injection"
    SYSTEM_PROMPT = "system_prompt"
    OTHERS_DATA = "others_data"
    ILLEGAL = "illegal"
    ABUSE = "abuse"
    MEDICAL = "medical_advice"
    LEGAL = "legal_advice"
    ABOUT_ME = "about_the_assistant"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True)
class Guarded:
    """`intent`: a name for logs and analytics. `answer`: what is said instead of an answer."""

    intent: Danger
    answer: str


class DangerModel(Protocol):
    """A trained reader of dangers. Fast enough for every turn; None: nothing that it would tell."""

    def danger(self, message: str) -> Danger | None: ...


ANSWERS: Final[dict[Danger, str]] = {
    Danger.SELF_HARM: (
        "I am sorry that you are going through this, and I am glad that you said it. Please talk to somebody now: call "
        "your local emergency services or a crisis helpline (findahelpline.com lists them by country), or reach out to "
        "a person whom you trust. You do not have to be alone with it."
    ),
    Danger.INJECTION: (
        "I keep to what I am here for: finding products, comparing them, and helping with orders. What can I look for?"
    ),
    Danger.SYSTEM_PROMPT: (
        "I cannot share how I am set up. I can find products, compare them, and help with orders and returns."
    ),
    Danger.OTHERS_DATA: (
        "I cannot share anything about other customers or their orders. With your own orders I can help once you are "
        "signed in."
    ),
    Danger.ILLEGAL: "I cannot help with that. If you are looking for something else in the shop, tell me what.",
    Danger.ABUSE: (
        "I am sorry that this is frustrating. Tell me what went wrong and I will try again, or I can pass you on to a "
        "person."
    ),
    Danger.MEDICAL: (
        "I cannot give medical advice; a doctor or a pharmacist can, and in an emergency your local "
        "emergency services. "
        "I can tell you what the shop's data says of a product."
    ),
    Danger.LEGAL: (
        "I cannot give legal advice; a lawyer or a consumer advice centre can. I can tell you what the shop's own "
        "policies say."
    ),
    Danger.ABOUT_ME: (
        "I am this shop's assistant, a program. I can find products, compare them, and help with orders; I can also "
        "pass you on to a person."
    ),
    Danger.OFF_TOPIC: (
        "That is outside what I can help with; I know this shop, its products and your orders. What are you "
        "looking for?"
    ),
}

# In order: the first that fits decides.
_RULES: Final[tuple[tuple[Danger, re.Pattern[str]], ...]] = (
    (Danger.SELF_HARM, patterns.SELF_HARM),
    (Danger.SYSTEM_PROMPT, patterns.SYSTEM_PROMPT),
    (Danger.INJECTION, patterns.INJECTION),
    (Danger.OTHERS_DATA, patterns.OTHERS_DATA),
    (Danger.ILLEGAL, patterns.ILLEGAL),
    (Danger.ABUSE, patterns.ABUSE),
    (Danger.MEDICAL, patterns.MEDICAL),
    (Danger.LEGAL, patterns.LEGAL),
    (Danger.ABOUT_ME, patterns.ABOUT_ME),
    (Danger.OFF_TOPIC, patterns.OFF_TOPIC),
)
# A thing with a title or a name may be called anything.
_THINGS_MAY_BE: Final = frozenset({Danger.MEDICAL, Danger.LEGAL, Danger.OFF_TOPIC, Danger.ILLEGAL})
# What a model suspects of a message in which a rule reads a wish is left to the rule, but for what does harm.
_HARMS: Final = frozenset(
    {Danger.SELF_HARM, Danger.INJECTION, Danger.SYSTEM_PROMPT, Danger.OTHERS_DATA, Danger.ILLEGAL, Danger.ABUSE}
)
# "Number 9" of what was shown is about that, whatever else it sounds like.
_POINTS: Final = re.compile(
    r"\b(?:number|option|no\.?) ?\d{1,2}\b"
    r"|\bthe (?:first|second|third|fourth|fifth|last|other|\d{1,2}(?:st|nd|rd|th)) (?:one|two|product|item|option)\b"
)
_READ: Final = 4000
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")


def guarded(message: str, shown: Sequence[str] = ()) -> Guarded | None:
    """What to answer instead of planning the turn; None where the message is for the shop.

    `shown`: names of products that the user has seen, which may hold any words.
    """
    text = plain(message)
    for name in shown:
        text = text.replace(plain(name), " ")
    for danger, pattern in _RULES:
        if danger in _THINGS_MAY_BE and patterns.THINGS.search(text):
            continue
        if pattern.search(text):
            return Guarded(danger, ANSWERS[danger])
    if patterns.injected(text) or any(patterns.injected(plain(hidden)) for hidden in decoded(message)):
        return Guarded(Danger.INJECTION, ANSWERS[Danger.INJECTION])
    return None


def suspected(message: str, shown: Sequence[str], model: DangerModel, *, is_wish: bool) -> Guarded | None:
    """What to answer to a message that no pattern knows, where the model knows better; None where it may be a wish.

    `is_wish`: a rule reads in it what the shop is for. Names of products that the user has seen are not judged.
    """
    text = plain(message)
    named = [name for name in map(plain, shown) if name and name in text]
    for name in named:
        text = text.replace(name, " ")
    # As it was sent where nothing is taken out, so that its vector serves every model.
    danger = model.danger(text if named else message) if text.strip() else None
    if danger is None or (danger not in _HARMS and (is_wish or (bool(shown) and _POINTS.search(text)))):
        return None
    if danger in _THINGS_MAY_BE and patterns.THINGS.search(text):
        return None
    return Guarded(danger, ANSWERS[danger])


def plain(text: str) -> str:
    """Lower case, without invisible characters, unusual letters and runs of spaces; the beginning and the end of what
    is very long."""
    if len(text) > 2 * _READ:
        text = f"{text[:_READ]} {text[-_READ:]}"
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES)
    return " ".join(text.lower().split())


_QUOTES: Final = {ord("\u2019"): "'", ord("\u2018"): "'", ord("\u201c"): '"', ord("\u201d"): '"'}


def decoded(message: str) -> list[str]:
    """Base64 in a message, read."""
    found = []
    for match in _ENCODED.finditer(message[: 2 * _READ]):
        text = match.group()
        try:
            found.append(base64.b64decode(text[: len(text) // 4 * 4], validate=True).decode("utf-8"))
        except (binascii.Error, ValueError):
            continue
    return found
