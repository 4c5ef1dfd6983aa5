"""Common words of a model's language: those that its tokenizer keeps in one piece."""

from pathlib import Path
from typing import Final

import orjson

TOKENIZER: Final = "tokenizer.json"
LEAST_LETTERS: Final = 3
_CONTINUED: Final = "##"


def common_words(folder: Path) -> frozenset[str]:
    """Words of three letters or more, in lower case, of the WordPiece vocabulary in a model's folder: some 20,000 of
    English for the model that comes with the product. Empty where there is no such vocabulary."""
    try:
        model = orjson.loads((folder / TOKENIZER).read_bytes())["model"]
        pieces = model["vocab"] if model.get("type") == "WordPiece" else {}
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset(
        piece.lower()
        for piece in pieces
        if len(piece) >= LEAST_LETTERS and piece.isalpha() and not piece.startswith(_CONTINUED)
    )
