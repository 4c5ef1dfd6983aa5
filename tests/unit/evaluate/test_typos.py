"""Mistakes by rule: each is one edit away, none at the beginning, and the same seed makes the same ones."""

import random

import numpy as np
import pytest

from evaluate.spelling.measure import mistakes
from evaluate.spelling.typos import NEAR_KEYS, mistyped, mistyped_word
from shop.lexicon.distance import distances, letters

WORDS = ("backpack", "hiking", "lamp", "wireless", "headphones", "aab")


@pytest.mark.parametrize("word", WORDS)
def test_a_mistake_is_one_edit_behind_the_first_letter(word: str) -> None:
    draw = random.Random(1)
    for _ in range(200):
        made = mistyped_word(word, draw)
        assert distances(made, letters([word]), np.array([len(word)]), 1)[0] == 1
        assert made[0] == word[0] or made[:2] == word[1::-1]


def test_one_word_of_a_text_is_mistyped() -> None:
    draw = random.Random(2)
    for _ in range(50):
        made = mistyped("Red hiking backpack 45 l", draw)
        assert made is not None
        assert sum(a != b for a, b in zip(made.split(), ["red", "hiking", "backpack", "45", "l"], strict=True)) == 1


@pytest.mark.parametrize("text", ["", "usb c", "aaaa", "12345", "tv 55"])
def test_short_words_and_numbers_are_not_mistyped(text: str) -> None:
    assert mistyped(text, random.Random(3)) is None


def test_the_same_mistakes_every_time() -> None:
    assert list(mistakes(WORDS, 5)) == list(mistakes(WORDS, 5))
    assert len(list(mistakes(WORDS[:5], 5))) == 25


def test_keys_that_lie_beside_one_another() -> None:
    assert {"f", "h", "t", "v", "b"} <= set(NEAR_KEYS["g"])
    assert "a" not in NEAR_KEYS["p"]
    assert all(letter not in near for letter, near in NEAR_KEYS.items())
