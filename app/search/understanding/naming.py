"""Whether what a product is called is what a search asks for by name. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from app.search.understanding.language.text import PREPOSITIONS
from app.search.understanding.language.things import GROUPS
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.things import Thing, is_one, says_another
from app.search.understanding.tokens import folded_word, stem

_WORD: Final = re.compile(r"\w+")
_NAME_ENDS: Final = re.compile(rf"[^\w\s'.-]| - |\b(?:{'|'.join(sorted(PREPOSITIONS | {'and'}))})\b", re.IGNORECASE)


class NamedIn:
    """Whether a product is called what is asked for, any of the things: its name has the word that says it, "boots" of
    "winter boots", and goes on with none that says that it is another thing, as in "boots tray"."""

    def __init__(self, things: Sequence[Thing], lexicon: Lexicon) -> None:
        self._heads = frozenset(_telling(thing, lexicon) for thing in things)
        self._lexicon = lexicon
        self._begins, self._may_be = _beginnings(self._heads)

    def may_be_in(self, raw: bytes) -> bool:
        """Whether a text (UTF-8) with such a name in it can be this one: quicker than to read the name."""
        lower = raw.lower()
        return any(one in lower for one in self._begins) or not raw.isascii()

    def named(self, name: str) -> bool:
        if not name.isascii():
            return any(is_one(head, name, self._lexicon) for head in self._heads)
        told = [found.end() for found in self._may_be.finditer(name) if stem(folded_word(found[0])) in self._heads]
        return bool(told) and not self._goes_on(name[told[-1] :])

    def _goes_on(self, rest: str) -> bool:
        """Whether what follows in a name says that it is another thing."""
        ended = _NAME_ENDS.search(rest)
        stems = [stem(folded_word(word)) for word in _WORD.findall(rest[: ended.start()] if ended else rest)]
        return any(says_another(one, self._heads, self._lexicon) for one in stems)


@lru_cache(maxsize=1024)
def _beginnings(heads: frozenset[str]) -> tuple[list[bytes], re.Pattern[str]]:
    """How words with these stems begin: stems are no more than the beginnings of their words."""
    begins = sorted({head[: max(2, len(head) - 2)] for head in heads})
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, begins))})\w*", re.IGNORECASE)
    return [one.encode() for one in begins], pattern


def _telling(thing: Thing, lexicon: Lexicon) -> str:
    """What kind of set it is says what it is; a code does not behind a word that does: "patch cable cat6"."""
    *_, before, head = ("", *thing.stems)
    code = any(letter.isdigit() for letter in head) and lexicon.names_things(before)
    return before if before and (head in GROUPS or code) else head
