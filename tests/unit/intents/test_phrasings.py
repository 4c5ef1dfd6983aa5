"""Utterances made from ways of putting things."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from shop.intents import training
from shop.intents.errors import ExamplesWrong
from shop.intents.examples import Example, read_examples
from shop.intents.model import DEFAULT
from shop.intents.phrasings import PhrasingWrong, phrasings

STORED = {
    "words": {"do": ["i want to", "please"], "thing": ["parcel", "box"], "ask": ["{do}", ""]},
    "order_status": {"track": ["{ask} [track|trace] my {thing}"], "late": ["my {thing} is late"]},
}


def test_alternatives_and_lists_are_filled_in_and_each_utterance_comes_once() -> None:
    made = list(phrasings(STORED))
    assert made == list(phrasings(STORED))
    texts = [text for text, _, _ in made]
    assert len(set(texts)) == len(texts)
    assert "my parcel is late" in texts
    assert not any(mark in text for text in texts for mark in "[]{}|")
    assert {(intent, family) for _, intent, family in made} == {
        ("order_status", "order_status/track"), ("order_status", "order_status/late")
    }  # fmt: skip


def test_a_pattern_that_is_added_leaves_the_others_as_they_are() -> None:
    more = {**STORED, "order_status": {"new": ["has my {thing} left"], **STORED["order_status"]}}
    assert set(phrasings(STORED)) <= set(phrasings(more))


@pytest.mark.parametrize(
    ("words", "said"), [({}, "no list of words called 'do'"), ({"do": ["{do}"]}, "name each other in a circle")]
)
def test_lists_that_are_missing_or_name_each_other_are_told(words: dict[str, list[str]], said: str) -> None:
    with pytest.raises(PhrasingWrong, match=said):
        list(phrasings({"words": words, "order_status": {"a": ["{do} it"]}}))


def test_a_file_of_them_is_read_with_its_families(tmp_path: Path) -> None:
    path = tmp_path / "ways.yaml"
    path.write_text("words: {thing: [parcel]}\norder_status: {late: ['my {thing} is [late|gone]']}\n", encoding="utf-8")
    assert set(read_examples(path)) >= {Example("my parcel is late", "order_status", "order_status/late")}
    path.write_text("words: {}\norder_status: {late: ['{thing}']}\n", encoding="utf-8")
    with pytest.raises(ExamplesWrong, match=r"ways\.yaml.*no list of words"):
        read_examples(path)


def test_a_family_is_held_out_as_a_whole() -> None:
    examples = read_examples(DEFAULT / "phrasings.yaml")
    rows = len(examples)
    data = training.Data(
        tuple(e.text for e in examples), np.zeros((rows, 1)), np.array([e.label for e in examples]),
        np.array([e.family for e in examples]),
    )  # fmt: skip
    folds = training.folds(data, np.random.default_rng(0))
    seen: dict[str, set[int]] = defaultdict(set)
    for one, fold in zip(examples, folds.tolist(), strict=True):
        seen[one.family].add(fold)
    assert all(len(numbers) == 1 for numbers in seen.values())
    assert set(folds.tolist()) == set(range(training.FOLDS))
