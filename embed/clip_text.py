"""Texts as CLIP models were trained to read them: cleaned, and in tokens.

The cleaning is open_clip's, less one thing: its first step mends wrongly decoded texts ("schÃ¶n") with the
package ftfy. Here the rest of what that step does is done (curly quotes, ligatures, wide characters, control
characters), and mojibake is read as it stands.
"""

import html
import string
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embed.onnx import legible

TokenIds = npt.NDArray[np.int64]
"""Shape (texts, tokens)."""


class Cleaning(StrEnum):
    """What is done to a text before its tokens: white space alone, lower case too, punctuation gone too."""

    WHITESPACE = "whitespace"
    LOWER = "lower"
    CANONICALIZE = "canonicalize"


def _replacements() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys([*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0xFEFF])
    table |= dict.fromkeys(range(0x206A, 0x2070)) | dict.fromkeys(range(0xFFF9, 0xFFFD))
    table |= dict.fromkeys((0x02BC, *range(0x2018, 0x201C)), "'") | dict.fromkeys(range(0x201C, 0x2020), '"')
    table |= dict.fromkeys((0x2028, 0x2029, 0x85), "\n")
    for code in (0x132, 0x133, *range(0x1C4, 0x1CD), *range(0x1F1, 0x1F4), *range(0xFB00, 0xFB07), 0x149):
        table[code] = unicodedata.normalize("NFKC", chr(code))
    for code in (0x3000, *range(0xFF01, 0xFFF0)):
        table[code] = unicodedata.normalize("NFKC", chr(code))
    return table


_REPLACEMENTS: Final[Mapping[int, str | None]] = MappingProxyType(_replacements())
_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


def cleaned(text: str, cleaning: Cleaning) -> str:
    """The text that the tokenizer sees."""
    text = legible(text)
    if not text.isascii() or not text.isprintable():
        text = unicodedata.normalize("NFC", text.translate(_REPLACEMENTS))
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if cleaning is Cleaning.CANONICALIZE:
        text = text.replace("_", " ").translate(_PUNCTUATION).lower()
    text = " ".join(text.split())
    return text.lower() if cleaning is Cleaning.LOWER else text


class TextReader:
    """Texts to the ids that a text tower takes.

    `fixed`: rows are filled up to `context_length` with `pad_id`, as a tower that looks at its padding must have
    it; else to the longest of the call. `replaced` maps ids that the model never saw to those it did.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        *,
        cleaning: Cleaning,
        context_length: int,
        pad_id: int,
        fixed: bool,
        replaced: Mapping[int, int] = MappingProxyType({}),
    ) -> None:
        tokenizer.no_padding()
        tokenizer.enable_truncation(context_length)
        self._tokenizer = tokenizer
        self._cleaning = cleaning
        self._context_length = context_length
        self._pad_id = pad_id
        self._fixed = fixed
        self._replaced = dict(replaced)

    def rows(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without padding."""
        clean = [cleaned(text, self._cleaning) for text in texts]
        encodings = [self._tokenizer.encode(clean[0])] if len(clean) == 1 else self._tokenizer.encode_batch_fast(clean)
        if not self._replaced:
            return [encoding.ids for encoding in encodings]
        return [[self._replaced.get(i, i) for i in encoding.ids] for encoding in encodings]

    def padded(self, rows: Sequence[Sequence[int]]) -> TokenIds:
        """Rows as one array, filled up at their ends."""
        width = self._context_length if self._fixed else max(map(len, rows), default=0)
        ids = np.full((len(rows), width), self._pad_id, np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
        return ids
