"""Prices, prompts and settings."""

import hashlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.llm.models import Document, Message, Prompt, Tokens
from app.llm.prices import likely_tokens, most_tokens, read_prices
from app.llm.prompt_file import FOLDER, prompt_file
from tests.language_models import settings_for_tests


def test_prices_are_read_and_a_wrong_one_is_told() -> None:
    prices = read_prices("a-1=2.5/10, b=0/0.60")
    assert prices["a-1"].cost(Tokens(1_000_000, 100_000)) == pytest.approx(3.5)
    for wrong in ("a", "a=1", "a=1/x", "a=-1/2", "=1/2"):
        with pytest.raises(ValueError, match="model=INPUT/OUTPUT"):
            read_prices(wrong)


def test_a_model_without_a_price_is_told_at_the_start() -> None:
    with pytest.raises(ValidationError, match="SHOPSCOUT_LLM_PRICES has no price for command-x; it has command-a"):
        settings_for_tests(model="command-x")


def test_what_is_held_is_at_least_what_ordinary_text_is_billed() -> None:
    words = "Which of these boots keep my feet dry on a long walk? " * 50
    prompt = Prompt("t@1", (Message("user", words),), (Document("product:1", {"text": words}),), max_tokens=70)
    # English words are about 1.3 tokens each.
    assert most_tokens(prompt).input > len(words.split()) * 2 * 1.3
    assert most_tokens(prompt).output == 70
    assert likely_tokens(prompt, "One two three.").output >= 4


# A prompt that changes gets another version, as answers, costs and experiments are told apart by it.
REVIEWED = {
    "answer@1": "f6a8a776568c14e1",
    "recommend@1": "5835edeccbe723b7",
}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_a_prompt_is_the_reviewed_one(path: Path) -> None:
    found = prompt_file(path.stem)
    digest = hashlib.sha256(found.text.encode()).hexdigest()[:16]
    assert REVIEWED.get(found.version) == digest, "reviewed? then a new version, and its digest here"
