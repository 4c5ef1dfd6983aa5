"""Masking, prices, prompts and settings."""

import hashlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.llm.masking import masked
from app.llm.models import Document, Message, Prompt, Tokens
from app.llm.prices import likely_tokens, most_tokens, read_prices
from app.llm.prompt_file import FOLDER, prompt_file
from tests.language_models import settings_for_tests


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to ann.b+x@mail.shop.example please", "write to [email] please"),
        ("call +1 (555) 010-9999", "call [phone]"),
        ("call 0170 123 45678 now", "call [phone] now"),
        ("call 555-010-9999", "call [phone]"),
        ("my card 4111 1111 1111 1111 exp 12/27", "my card [card number] exp 12/27"),
        ("IBAN DE89 3704 0044 0532 0130 00.", "IBAN [account number]."),
        ("I live at 12 Elm Grove Street, Apt 4", "I live at [address]"),
    ],
)
def test_personal_data_is_masked(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Where is order #W5744371?",
        "order 1234567890123 please",
        "under $1,299.99 or 1299.99 EUR",
        "size 42 1/2, 10 x 20 x 30 cm",
        "from 2026-11-01 to 2026-11-21",
        "by 24.12.2026",
        "an RTX 4090 with 24 GB, 7680x4320",
        "5 Star hotels Drive me mad",
        "ISBN 978-3-16",
        "",
        "wireless 2.4 GHz headphones, 50 hours, 100 m",
    ],
)
def test_what_is_needed_for_an_answer_stays(text: str) -> None:
    assert masked(text) == text


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
