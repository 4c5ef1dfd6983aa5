"""Suggestions as JSON, with the parts of each text that were typed. Pure."""

from binascii import a2b_base64
from collections.abc import Sequence
from typing import Any

import orjson

from app.suggest.completions import Completions, Typed
from es.mappings import products as fields
from shop.lexicon.phrases import Phrase
from shop.lexicon.tokens import singular, tokens
from shop.products.values import Category


def parts(text: str, given: Typed, completions: Completions) -> list[dict[str, Any]]:
    """The text in pieces, each with whether it was typed: "hiking backpack" for "hik" is hik|ing backpack."""
    marked: list[tuple[int, int]] = []
    for token in tokens(text):
        length = max((_typed_of(token.word, place, given, completions) for place in range(len(given.words))), default=0)
        if length:
            end = token.end if length >= len(token.word) else min(token.end, token.start + length)
            marked.append((token.start, end))
    pieces: list[dict[str, Any]] = []
    at = 0
    for start, end in marked:
        if start > at:
            pieces.append({"text": text[at:start], "matched": False})
        pieces.append({"text": text[start:end], "matched": True})
        at = end
    if at < len(text):
        pieces.append({"text": text[at:], "matched": False})
    return pieces


def _typed_of(word: str, place: int, given: Typed, completions: Completions) -> int:
    """How many letters at the beginning of a word the typed word at `place` accounts for."""
    begun = given.open and place == len(given.words) - 1
    best = 0
    for reading in completions.readings[place]:
        if singular(word) == singular(reading.word):
            return len(word)
        if begun and not reading.mistakes and word.startswith(reading.word):
            best = max(best, len(reading.word))
    return best


def query(phrase: Phrase, given: Typed, completions: Completions) -> dict[str, Any]:
    source = "searches" if phrase.asked else "catalogue"
    return {"text": phrase.text, "parts": parts(phrase.text, given, completions), "source": source}


def category(phrase: Phrase, given: Typed, completions: Completions) -> dict[str, Any]:
    """A category with the filter of a search that chooses it."""
    name = "category" if phrase.value in set(Category) else "shop_category"
    return _filtering(phrase, name, given, completions)


def brand(phrase: Phrase, given: Typed, completions: Completions) -> dict[str, Any]:
    """A brand with the filter of a search that chooses it."""
    return _filtering(phrase, "brand", given, completions)


def _filtering(phrase: Phrase, name: str, given: Typed, completions: Completions) -> dict[str, Any]:
    pieces = parts(phrase.text, given, completions)
    return {"text": phrase.text, "parts": pieces, "filter": {"name": name, "value": phrase.value}}


def products(answer: dict[str, Any], given: Typed, completions: Completions) -> list[dict[str, Any]]:
    """Cards of the products found, as every list shows them."""
    cards: Sequence[dict[str, Any]] = [
        orjson.loads(a2b_base64(hit["fields"][fields.CARD][0])) for hit in answer["hits"]["hits"]
    ]
    return [{**card, "parts": parts(card["name"], given, completions)} for card in cards]
