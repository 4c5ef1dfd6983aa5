"""What texts ask for, remembered: popular searches come again and again, and reading one costs more than all else that
is done to it here."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from app.search.understanding.found import Understanding
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.understand import understand

MOST: Final = 4_096
"""Texts that are remembered, those that were asked for last."""
LONGEST: Final = 200
"""Characters up to which a text is remembered, so that long ones do not fill the memory."""


class Reader:
    """Reads texts in the words of one lexicon; a new lexicon wants a new reader, which remembers nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._known: Callable[[str], Understanding] = lru_cache(maxsize=MOST)(lambda text: understand(text, lexicon))

    def understand(self, text: str, keep_words: Sequence[str] = ()) -> Understanding:
        """As app.search.understanding.understand does."""
        if keep_words or len(text) > LONGEST:
            return understand(text, self.lexicon, keep_words)
        return self._known(text)
