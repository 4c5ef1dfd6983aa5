"""Messages that are plainly not in English, and what is said to them. Pure.

Names of products come from all languages: "La vie est belle" is a search. A message counts as being in another language
where it speaks as a person does ("ich suche", "avez-vous") and has no word that is English alone; of other scripts,
where it is longer than a name.
"""

import re
import unicodedata
from typing import Final

from app.chat.composing.languages import language_of
from app.chat.grounding.words import word_set
from app.chat.reading.tongues import ASKS, SMALL, SORRY


def _bare(word: str) -> str:
    """Without accents, as many type: "chce" for "chcę"."""
    letters = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


# Letters that are not another one with an accent.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "ß": "ss", "æ": "ae", "ð": "d", "þ": "th"}
)
# Words of English that none of the others has, or that say more of English than of them.
_ENGLISH: Final = word_set(
    "the and for with you your i'm my are what where which how show find looking need want have something "
    "under please some any this that these it gift order good best do does can would like of from about "
    "more compare buy return there they going got been should could"
)
_PERSON: Final = {code: frozenset(words.split()) for code, words in ASKS.items()}
_WORDS: Final = {code: frozenset(words.split()) | _PERSON[code] for code, words in SMALL.items()}
# Shorter words mean something in too many languages once their accents are gone.
_SHORTEST: Final = 3
_BARE: Final = {
    code: words | {_bare(word) for word in words if len(word) >= _SHORTEST} for code, words in _WORDS.items()
}
_BARE_PERSON: Final = {
    code: words | {_bare(word) for word in words if len(word) >= _SHORTEST} for code, words in _PERSON.items()
}
_TOKEN: Final = re.compile(r"[^\W\d_]+")
_LEAST: Final = 2
_NAME_LETTERS: Final = 6
_SORRY: Final = "I understand English only, so far. Please tell me in English what you are looking for."


def foreign(message: str) -> str:
    """What is answered to a message that is plainly not English; empty where it may be."""
    words = _TOKEN.findall(message.lower())
    letters = sum(len(word) for word in words)
    if letters == 0:
        return ""
    script = language_of(message)
    if script.isupper():
        return _SORRY if letters > _NAME_LETTERS else ""
    best = max(_WORDS, key=lambda code: _fit(words, code))
    hits, speaks = _fit(words, best)
    # "for" and "are" are words of others too; one that is English alone decides.
    if any(word in _ENGLISH and word not in _WORDS[best] for word in words):
        return ""
    if speaks and hits >= _LEAST and hits * 3 >= len(words):
        return f"{SORRY[best]} {_SORRY}"
    return ""


def _fit(words: list[str], code: str) -> tuple[int, int]:
    """How many words are of a language, and how many of them a person says."""
    return sum(word in _BARE[code] for word in words), sum(word in _BARE_PERSON[code] for word in words)
