"""Judging whether a passage answers: questions without their wrapping, words, signs, learning, and the stored model."""

import json
from pathlib import Path

import numpy as np
import pytest

from embed.fake import FakeEmbedder
from jobs.__main__ import main
from shop.knowledge.answering.errors import AnswerModelUnusable, LibraryWrong
from shop.knowledge.answering.libraries import LIBRARIES, Library, candidates, questions, read_library
from shop.knowledge.answering.model import DEFAULT, MANIFEST, WEIGHTS, load, save
from shop.knowledge.answering.signs import SIGNS, Candidate, signs
from shop.knowledge.answering.topics import FILE, Topics, read_topics
from shop.knowledge.answering.training import asked, learn
from shop.knowledge.answering.words import asked_stems, bare, coverage, stems, waits_for
from shop.knowledge.document import Passage, part_texts

EMBEDDER = FakeEmbedder(128, warn=False)


@pytest.fixture(scope="module")
def topics() -> Topics:
    return read_topics(FILE, EMBEDDER)


@pytest.fixture(scope="module")
def libraries() -> list[Library]:
    return [read_library(path) for path in sorted(LIBRARIES.glob("*.yaml"))[:3]]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("hello, I need help to check when my parcel arrives", "when my parcel arrives"),
        ("I want to check your payment options, will you help me?", "your payment options"),
        ("question about the damn shipping options", "the shipping options"),
        # What asks stays where it is what is asked.
        ("how long is the warranty?", "how long is the warranty?"),
        ("can i get a refund", "can i get a refund"),
        ("help", "help"),
        ("", ""),
    ],
)
def test_a_question_is_read_without_what_is_only_said_to_put_it(question: str, left: str) -> None:
    assert bare(question) == left


def test_like_words_count_in_part_and_rare_ones_more() -> None:
    weights = {one: 2.0 if one == "snowsho" else 1.0 for one in asked_stems("can I borrow snowshoes in May")}
    assert coverage(weights, stems("Snowshoes rent for $18 a day.")) == pytest.approx((2 + 0.7) / 3, abs=0.01)
    assert coverage(weights, stems("Gift cards never expire.")) == 0.0
    assert coverage({}, stems("anything")) == 0.0


@pytest.mark.parametrize(
    ("question", "answer", "no_answer"),
    [
        ("how much is delivery", "It costs $5.", "We ship with care."),
        ("how long does it take", "Three to five days.", "It takes patience."),
        ("how heavy is it", "It weighs 3 kg.", "It is light."),
    ],
)
def test_what_is_asked_for_is_looked_for(question: str, answer: str, no_answer: str) -> None:
    wanted = waits_for(question)
    assert wanted is not None
    assert wanted.search(answer)
    assert not wanted.search(no_answer)
    assert waits_for("do you wrap gifts") is None


def test_signs_are_finite_for_one_passage_for_none_and_for_an_empty_question(topics: Topics) -> None:
    known = candidates([("Returns", Passage("", "Send it back within 30 days."))], EMBEDDER)
    vector = EMBEDDER.embed_texts([""])[0]
    assert signs("", vector, [], topics).shape == (0, len(SIGNS))
    assert np.isfinite(signs("", vector, known, topics)).all()


def test_the_passage_with_the_words_stands_above_the_others(topics: Topics) -> None:
    known = candidates(
        [
            ("Terms", Passage("Returns", "Send it back within 30 days.")),
            ("Terms", Passage("Warranty", "The warranty lasts two years.")),
            ("Terms", Passage("Opening", "The store opens at nine.")),
        ],
        EMBEDDER,
    )
    question = "how long is the warranty"
    found = dict(zip(SIGNS, signs(question, EMBEDDER.embed_texts([question])[0], known, topics).T, strict=True))
    for name in ("passage", "sentence", "heading", "lead", "standing", "words"):
        assert found[name].argmax() == 1, name
    assert found["lead"][1] == -found["lead"][0] or found["lead"][0] < 0 < found["lead"][1]


def test_parts_are_the_heading_and_each_sentence_under_it() -> None:
    passage = Passage("Service > Repairs", "We patch tents. It costs $15.")
    assert part_texts("Handbook", passage) == ["Repairs", "Repairs. We patch tents.", "Repairs. It costs $15."]
    assert part_texts("Handbook", Passage("", "...")) == ["Handbook", "Handbook. ..."]


def test_what_is_learned_is_the_same_again_and_serves_from_its_folder(
    tmp_path: Path, topics: Topics, libraries: list[Library]
) -> None:
    known = asked(libraries, EMBEDDER, topics)
    one, again = (learn(known, 0.1) for _ in range(2))
    assert one.weighing.threshold == again.weighing.threshold
    assert (one.weighing.slopes == again.weighing.slopes).all()
    assert (one.weighing.slopes >= 0).all()
    figures = one.held_out.at(one.weighing.threshold)
    assert figures["outside"] <= 0.1
    assert figures["right"] > figures["wrong"]
    save(tmp_path, one.weighing, topics, {"embedder": EMBEDDER.spec.id})
    model = load(tmp_path, EMBEDDER.spec.id)
    library = libraries[0]
    found = candidates(library.passages, EMBEDDER)
    question = library.passages[2][1].text
    judged = model.judged(question, EMBEDDER.embed_texts([question])[0], found)
    assert max(range(len(judged)), key=lambda at: judged[at].confidence) == 2
    assert all(
        0 <= said.confidence <= 1 and said.sentence < len(one.parts) - 1
        for said, one in zip(judged, found, strict=True)
    )
    assert model.judged(question, EMBEDDER.embed_texts([question])[0], []) == []


def test_one_library_is_too_few(topics: Topics, libraries: list[Library]) -> None:
    with pytest.raises(LibraryWrong, match="two libraries"):
        learn(asked(libraries[:1], EMBEDDER, topics))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("documents: 3", "expected documents"),
        ("[", "expected documents"),
        ("documents: []\nanswered: {}\n", "expected documents"),
        ("documents: [{title: T, passages: [{section: S, text: a}]}]\nanswered: {b: [q]}\noutside: []", "0 passages"),
        ("documents: [{title: T, passages: [{section: a, text: a}, {section: a, text: c}]}]\nanswered: {a: [q]}\n"
         "outside: []", "2 passages"),
    ],
)  # fmt: skip
def test_a_library_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LibraryWrong, match=said):
        read_library(tmp_path / "shop.yaml")
    (tmp_path / "topics.yaml").write_text("a: 3", encoding="utf-8")
    with pytest.raises(LibraryWrong, match="asked"):
        read_topics(tmp_path / "topics.yaml", EMBEDDER)


def test_the_model_of_another_sentence_model_or_of_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnswerModelUnusable, match="train-answers"):
        load(DEFAULT, "another-model")
    with pytest.raises(AnswerModelUnusable, match="no whole model of answers"):
        load(tmp_path, "any")
    (tmp_path / MANIFEST).write_bytes((DEFAULT / MANIFEST).read_bytes())
    (tmp_path / WEIGHTS).write_bytes(b"something else")
    with pytest.raises(AnswerModelUnusable, match=MANIFEST):
        load(tmp_path, "any")


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop.yaml").write_text("outside: []", encoding="utf-8")
    assert main(["train-answers", str(tmp_path / "shop.yaml"), "--out", str(tmp_path / "model")]) != 0
    assert "expected documents" in capsys.readouterr().err


def test_the_product_s_own_libraries_are_whole() -> None:
    for path in LIBRARIES.glob("*.yaml"):
        library = read_library(path)
        assert len(library.passages) > 10
        assert sum(one.answer is None for one in library.asked) > 20
    assert questions({"answered": {}, "outside": ["a"]}, []) == [type(library.asked[0])("a", None)]


def test_the_card_tells_what_the_manifest_has() -> None:
    figures = json.loads((DEFAULT / MANIFEST).read_text(encoding="utf-8"))["figures"]
    card = (DEFAULT / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"{100 * figures['right']:.0f} % answered rightly" in card
    assert f"{100 * figures['outside']:.1f} % of those" in card


def test_a_candidate_keeps_its_parts() -> None:
    one = candidates([("T", Passage("S", "A b. C d."))], EMBEDDER)[0]
    assert isinstance(one, Candidate)
    assert one.parts.shape == (3, 128)
