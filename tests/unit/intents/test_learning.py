"""What is learned from examples: held-out answers, refusal, figures, and a folder that serves the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embed.fake import FakeEmbedder
from shop.intents.errors import ExamplesWrong, IntentModelUnusable
from shop.intents.examples import NONE, Example
from shop.intents.features import gathered, pieces, plain
from shop.intents.model import MANIFEST, WEIGHTS, TrainedIntents, load, save
from shop.intents.scoring import Answers, matthews, score
from shop.intents.training import Learned, learn

TOPICS = {
    "order": ("where is my parcel {}", "track my parcel {}", "parcel {} is late", "when comes parcel {}"),
    "return": ("send back the {}", "return my {} please", "i want to return a {}", "take back this {}"),
    "pay": ("pay for {} with card", "can i pay {} by card", "card payment for {}", "which card to pay {}"),
}
THINGS = ("lamp", "tent", "boots", "chair", "phone")
EXAMPLES = [Example(way.format(thing), label) for label, ways in TOPICS.items() for way in ways for thing in THINGS]
CHATTER = [
    Example(text, NONE) for text in ("good weather", "tell jokes", "who sings", "moon travel", "hello you", "ok")
]


@pytest.fixture(scope="module")
def embedder() -> FakeEmbedder:
    return FakeEmbedder(64, warn=False)


@pytest.fixture(scope="module")
def learned(embedder: FakeEmbedder) -> Learned:
    return learn(EXAMPLES, CHATTER, embedder)


def served(learned: Learned, embedder: FakeEmbedder) -> TrainedIntents:
    return TrainedIntents(learned.fitted, learned.refusal, {"embedder": embedder.spec.id}, embedder)


def test_unseen_ways_to_say_it_are_read(learned: Learned, embedder: FakeEmbedder) -> None:
    model = served(learned, embedder)
    found = model.answer(["is my parcel late", "return the umbrella please", "pay by card"])
    assert [answer.likeliest for answer in found] == ["order", "return", "pay"]
    assert model.labels == ("order", "pay", "return")


def test_what_belongs_to_nothing_is_refused(learned: Learned, embedder: FakeEmbedder) -> None:
    model = served(learned, embedder)
    inside, outside = model.answer(["track my parcel lamp", "moon jokes weather"])
    assert inside.label == "order"
    assert outside.label == NONE
    assert inside.confidence > model.threshold > outside.confidence


def test_a_folder_serves_what_was_learned(learned: Learned, embedder: FakeEmbedder, tmp_path: Path) -> None:
    save(tmp_path, learned.fitted, learned.refusal, {"embedder": embedder.spec.id, "licence": "own"})
    again = load(tmp_path, embedder)
    texts = ["where is parcel 12345678", "take back the lamp", "weather", "", "¿qué?", "🎁" * 3000]
    before, after = served(learned, embedder).answer(texts), again.answer(texts)
    assert [a.likeliest for a in after] == [b.likeliest for b in before]
    assert np.allclose([a.confidence for a in after], [b.confidence for b in before], atol=0.03)
    assert again.manifest["licence"] == "own"
    assert again.answer([]) == []


def test_a_changed_or_missing_or_foreign_model_is_refused(
    learned: Learned, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    with pytest.raises(IntentModelUnusable, match="no whole intent model"):
        load(tmp_path, embedder)
    save(tmp_path, learned.fitted, learned.refusal, {"embedder": embedder.spec.id})
    with pytest.raises(IntentModelUnusable, match="trained with"):
        load(tmp_path, FakeEmbedder(64, name="other", warn=False))
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes() + b"x")
    with pytest.raises(IntentModelUnusable, match=MANIFEST):
        load(tmp_path, embedder)


def test_the_manifest_is_written_last(learned: Learned, embedder: FakeEmbedder, tmp_path: Path) -> None:
    """A model that could not be written leaves no manifest that speaks of another's weights."""
    save(tmp_path, learned.fitted, learned.refusal, {"embedder": embedder.spec.id})
    broken = replace(learned.fitted, classes="no array")  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        save(tmp_path, broken, learned.refusal, {"embedder": embedder.spec.id})
    with pytest.raises(IntentModelUnusable):
        load(tmp_path, embedder)


def test_the_same_examples_teach_the_same(learned: Learned, embedder: FakeEmbedder) -> None:
    again = learn(EXAMPLES, CHATTER, embedder)
    assert again.refusal == learned.refusal


@pytest.mark.parametrize(
    ("examples", "told"),
    [
        ([Example("a", "x")] * 5, "1 intents"),
        ([Example("a", NONE)] * 5, "0 intents"),
        ([Example(f"a {n}", "x") for n in range(5)] + [Example("b", "y")], "too few have: y"),
    ],
)
def test_too_little_to_learn_from_is_told(examples: list[Example], told: str, embedder: FakeEmbedder) -> None:
    with pytest.raises(ExamplesWrong, match=told):
        learn(examples, [], embedder)


def test_background_that_an_intent_covers_is_left_out(embedder: FakeEmbedder) -> None:
    """A shop may have an intent for what is small talk elsewhere."""
    hello = [Example(f"hello you {n}", "greet") for n in ("", "a", "b", "c")]
    model = served(learn([*EXAMPLES, *hello], CHATTER, embedder), embedder)
    assert model.answer(["hello you"])[0].likeliest == "greet"


def test_long_numbers_are_one_word_and_pieces_outlive_misspellings() -> None:
    assert plain("Where is  Order W2378156?") == "where is order number?"
    shared = set(pieces("exchange")) & set(pieces("exchnage"))
    assert len(shared) >= 6


def test_pieces_of_a_text_have_length_one_and_the_matrix_agrees() -> None:
    known = gathered(["red lamp", "red tent", "blue tent"])
    rows, weights = known.of("red red tent")
    assert np.isclose((weights**2).sum(), 1)
    assert np.allclose(known.matrix(["red red tent"]).toarray()[0, rows], weights)
    assert known.of("zzz")[0].size == 0


def test_scores_count_refusals_as_answers() -> None:
    answers = Answers(
        truth=np.array(["a", "a", "b", NONE, NONE]),
        likeliest=np.array(["a", "b", "b", "a", "b"]),
        confidence=np.array([0.9, 0.8, 0.2, 0.1, 0.7]),
        weight=np.ones(5),
    )
    open_, strict = score(answers, 0.0), score(answers, 0.5)
    assert (open_.accuracy, open_.in_scope, open_.out_of_scope) == (2 / 5, 2 / 3, 0.0)
    assert (strict.accuracy, strict.in_scope, strict.out_of_scope) == (2 / 5, 1 / 3, 1 / 2)


def test_matthews_is_that_of_two_classes_where_there_are_two() -> None:
    truth, said = np.array(list("aaabbb")), np.array(list("aabbba"))
    tp, tn, fp, fn = 2, 2, 1, 1
    expected = (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    assert np.isclose(matthews(truth, said, np.ones(6)), expected)
    assert matthews(truth, truth, np.ones(6)) == pytest.approx(1)
    assert matthews(truth, np.array(["a"] * 6), np.ones(6)) == 0
