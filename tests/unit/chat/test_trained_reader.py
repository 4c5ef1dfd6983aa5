"""The trained reader behind the conversation: what it may decide, and that its absence harms nothing."""

from pathlib import Path

import pytest

from app.chat.context import Context, ShownProduct
from app.chat.reading.intents import Guess, Intent
from app.chat.reading.message import read
from app.chat.reading.trained import TrainedReader, trained_reader
from app.chat.reading.vectors import MessageVectors
from app.search.understanding.service import Understanding
from embed.fake import FakeEmbedder
from embed.load import text_embedder
from embed.onnx import OnnxTextEmbedder
from embed.settings import EmbedSettings


@pytest.fixture(scope="module")
def sentences() -> OnnxTextEmbedder:
    return text_embedder(EmbedSettings())


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("my parcel hasn't turned up", Intent.ORDER_STATUS),
        ("I clicked buy by mistake, please do not ship my order", Intent.CANCEL),
        ("the zipper is broken", Intent.RETURN),
        ("is express shipping possible", Intent.KNOWLEDGE),
        ("I moved house last week", Intent.ADDRESS),
        ("what is a good thing to get my boss for christmas", Intent.GIFT),
        ("who won the football game yesterday", Intent.OFF_TOPIC),
    ],
)
def test_what_no_rule_reads_is_read(sentences: OnnxTextEmbedder, message: str, intent: Intent) -> None:
    guess = TrainedReader(MessageVectors(lambda: sentences)).guess(message)
    assert guess is not None
    assert guess.intent is intent


@pytest.mark.parametrize(
    "message", ["", "🎁🎉", "asdf qwer", "guitar", "pizza stone", "dónde está mi pedido", "x" * 4000]
)
def test_what_it_cannot_tell_it_refuses(sentences: OnnxTextEmbedder, message: str) -> None:
    guess = TrainedReader(MessageVectors(lambda: sentences)).guess(message)
    assert guess is None or guess.confidence < 0.6 or guess.intent is Intent.SEARCH


def test_without_a_sentence_model_or_with_another_one_nothing_is_guessed(sentences: OnnxTextEmbedder) -> None:
    served: list[object] = [None]
    reader = TrainedReader(MessageVectors(lambda: served[0]))  # type: ignore[arg-type,return-value]
    assert reader.guess("my parcel hasn't turned up") is None
    served[0] = FakeEmbedder(384, warn=False)
    assert reader.guess("my parcel hasn't turned up") is None
    served[0] = sentences  # it comes back by itself
    assert reader.guess("my parcel hasn't turned up") is not None


def test_the_setting_names_a_folder_or_none(sentences: OnnxTextEmbedder, tmp_path: Path) -> None:
    assert trained_reader(MessageVectors(lambda: sentences), "none") is None
    empty = trained_reader(MessageVectors(lambda: sentences), str(tmp_path))
    assert empty is not None
    assert empty.guess("where is my parcel") is None
    assert trained_reader(MessageVectors(lambda: sentences), "") is not None


class Says:
    def __init__(self, intent: Intent, confidence: float) -> None:
        self.said = Guess(intent, confidence)

    def guess(self, _message: str) -> Guess | None:
        return self.said


def intent_of(message: str, model: Says, context: Context | None = None) -> Intent:
    understood = Understanding(message)
    return read(message, context or Context(), understood, model).intent


def test_a_sure_model_decides_what_rules_leave_open() -> None:
    assert intent_of("nothing turned up", Says(Intent.ORDER_STATUS, 0.7)) is Intent.ORDER_STATUS
    assert intent_of("nothing turned up", Says(Intent.ORDER_STATUS, 0.5)) is Intent.SEARCH


def test_rules_are_certain_and_go_first() -> None:
    assert intent_of("compare the first two", Says(Intent.SEARCH, 0.99)) is Intent.COMPARE
    assert intent_of("yes", Says(Intent.OFF_TOPIC, 0.99)) is Intent.CONFIRM


def test_a_search_is_given_up_only_for_what_is_surely_off_topic() -> None:
    assert intent_of("guitar lessons", Says(Intent.OFF_TOPIC, 0.7)) is Intent.SEARCH
    assert intent_of("learning guitar by myself", Says(Intent.OFF_TOPIC, 0.9)) is Intent.OFF_TOPIC


def test_questions_about_a_product_need_one_that_was_shown() -> None:
    model = Says(Intent.REVIEWS, 0.9)
    shown = Context(shown=(ShownProduct("1", "Lamp", 10.0, "USD"),))
    assert intent_of("happy buyers", model) is Intent.SEARCH
    assert intent_of("happy buyers", model, shown) is Intent.REVIEWS
