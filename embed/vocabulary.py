"""Common words of a model's language: those that its tokenizer keeps in one piece."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson

from embed.load import model_folder
from embed.settings import EmbedSettings

TOKENIZER: Final = "tokenizer.json"
LEAST_LETTERS: Final = 3
_CONTINUED: Final = "##"


def common_words(settings: EmbedSettings) -> frozenset[str]:
    """Words of three letters or more, in lower case, of the sentence model that the settings name, or of the one that
    comes with the product where they name none: some 20,000 of English. Empty for a model whose vocabulary is no
    WordPiece."""
    named = settings.text_model
    folder = model_folder(EmbedSettings.model_fields["text_model"].default if named == "none" else named)
    try:
        return _words_of(folder / TOKENIZER, (folder / TOKENIZER).stat().st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(maxsize=4)
def _words_of(file: Path, _changed_ns: int) -> frozenset[str]:
    try:
        model = orjson.loads(file.read_bytes())["model"]
        pieces = model["vocab"] if model.get("type") == "WordPiece" else {}
    except (ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset(
        piece.lower()
        for piece in pieces
        if len(piece) >= LEAST_LETTERS and piece.isalpha() and not piece.startswith(_CONTINUED)
    )
