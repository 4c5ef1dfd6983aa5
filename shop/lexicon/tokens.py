"""Words of a text as the product index sees them: cut like its tokenizer, folded like its filters. Pure."""

import re
import unicodedata
from typing import Final, NamedTuple

from es.mappings.plurals import singular

# Letters and digits; an apostrophe or a point between letters and a point or comma between digits do not cut.
_WORD: Final = re.compile(r"[^\W_]+(?:(?:(?<=[^\W\d_])[.'’](?=[^\W\d_])|(?<=\d)[.,](?=\d))[^\W_]+)*")  # noqa: RUF001 - both apostrophes are meant
_POSSESSIVES: Final = ("'s", "’s", "'S", "’S")  # noqa: RUF001 - both apostrophes are meant
# What has no decomposition, as Lucene's ASCII folding writes it (ß is casefold's).
_FOLDED: Final = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


class Token(NamedTuple):
    """A word as it is compared (`word`), and where it stands in the text: [start, end)."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of a text in order."""
    return [Token(folded(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """The words of a text in order, folded."""
    return [folded(word) for word in _WORD.findall(text)]


def folded(word: str) -> str:
    """Lower case, without accents and without a possessive."""
    if word.endswith(_POSSESSIVES):
        word = word[:-2]
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_FOLDED)


def edits_allowed(word: str) -> int:
    """How many typing mistakes a word of this length may hold: 1 from four letters, 2 from eight, else none."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


__all__ = ["Token", "edits_allowed", "folded", "singular", "tokens", "words"]
