"""Which language a text is in, roughly: enough to notice an answer in another one. Pure."""

import re
import unicodedata
from collections import Counter
from typing import Final

_WORDS: Final = {
    "en": "the and is are for with you your this that it of to in on have has can not from they these a i my need",
    "de": "der die das und ist sind für mit sie ihr dieser nicht ein eine auf zu den dem im von haben hat ich auch wie",
    "fr": "le la les et est sont pour avec vous votre ce cette pas un une des du dans sur ont je qui au il elle",
    "es": "el la los las y es son para con usted su este esta no un una de en que por tiene muy del al se",
    "it": "il lo la gli e è sono per con lei suo questo questa non un una di che del della nel ha anche sul",
    "pt": "o os as e é são para com você seu este esta não um uma de em que por tem muito do da no na",
    "nl": "de het een en is zijn voor met u uw deze dit niet van op te dat hebben heeft ook ik naar",
}
_OF: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_WORD: Final = re.compile(r"[^\W\d_]+")
_LEAST_HITS: Final = 3
_LEAD: Final = 1.5
_SCRIPTS: Final = (
    "CYRILLIC",
    "GREEK",
    "ARABIC",
    "HEBREW",
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HANGUL",
    "THAI",
    "DEVANAGARI",
)


def language_of(text: str) -> str:
    """A language such as "en", or a script such as "CYRILLIC" where letters are of that one; empty where unsure."""
    words = _WORD.findall(text.lower())
    letters = [c for word in words for c in word]
    if not letters:
        return ""
    scripts = Counter(_script(c) for c in letters[:400] if not c.isascii())
    if scripts and (most := scripts.most_common(1)[0])[0] and most[1] * 2 > min(len(letters), 400):
        return most[0]
    hits = sorted(((sum(word in known for word in words), language) for language, known in _OF.items()), reverse=True)
    if hits[0][0] >= _LEAST_HITS and hits[0][0] >= _LEAD * hits[1][0]:
        return hits[0][1]
    return ""


def other(expected: str, text: str) -> bool:
    """Whether the text is surely in another language than the expected one; False where either is unknown."""
    found = language_of(text)
    return bool(found and expected) and found != expected


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    script = next((script for script in _SCRIPTS if name.startswith(script)), "")
    # Japanese is written in three scripts, one of them Chinese.
    return "CJK" if script in ("HIRAGANA", "KATAKANA") else script
