"""How the lists of this package are written: as text, split here."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")
Phrase = tuple[str, ...]


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def phrases(text: str) -> dict[Phrase, bool]:
    """Phrases, apart by commas, each as a tuple of its words."""
    return {tuple(phrase.split()): True for phrase in text.split(",")}


def each(*listed: tuple[T, str]) -> Mapping[str, T]:
    """What is meant by each word of a text."""
    return {word: meaning for meaning, text in listed for word in text.split()}


def meanings(*listed: tuple[T, str]) -> Mapping[Phrase, T]:
    """What is meant by each phrase of a text."""
    return {phrase: meaning for meaning, text in listed for phrase in phrases(text)}
