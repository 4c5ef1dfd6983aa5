"""Learning dangers from labelled messages: what is taken, what is refused, that a seed gives the same again."""

import json
from pathlib import Path

import numpy as np
import pytest

from embed.fake import FakeEmbedder
from jobs.__main__ import main
from shop.dangers.errors import DangerModelUnusable, MessagesWrong
from shop.dangers.messages import MESSAGES, check, of_shoppers, read_messages
from shop.dangers.model import DEFAULT, load
from shop.dangers.training import FALSE_ALARMS, learn
from shop.intents.examples import NONE, Example
from shop.intents.features import plain
from shop.intents.model import MANIFEST, WEIGHTS, save


def messages() -> list[Example]:
    made = []
    for number in range(12):
        made += [
            Example(f"kill everybody {number} now {word}", "abuse", f"abuse/{number}") for word in ("please", "today")
        ]
        made += [Example(f"red shoes {number} {word}", NONE, f"traffic/{number}") for word in ("cheap", "small")]
        made += [Example(f"kill weeds {number} {word}", NONE, f"look_alike/{number}") for word in ("grass", "lawn")]
    return made


def test_what_is_learned_is_the_same_again_and_keeps_its_false_alarms(tmp_path: Path) -> None:
    embedder = FakeEmbedder(64, warn=False)
    one, again = (learn(messages(), embedder, seed=3) for _ in range(2))
    assert one.refusal == again.refusal
    assert one.figures() == again.figures()
    assert one.figures()["false_alarms"] <= FALSE_ALARMS
    save(tmp_path, one.fitted, one.refusal, {"embedder": embedder.spec.id})
    model = load(tmp_path, embedder.spec.id)
    texts = ["kill everybody 3 now", "red shoes 4 cheap"]
    found = model.suspicions(embedder.embed_texts([plain(text) for text in texts]), texts)
    assert model.labels == ("abuse",)
    assert found[0].likeliest == "abuse"
    assert found[0].confidence > found[1].confidence
    assert found[1].label == NONE
    assert model.suspicions(np.empty((0, 64), np.float32), []) == []


def test_the_model_of_another_sentence_model_or_of_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DangerModelUnusable, match="train-dangers"):
        load(DEFAULT, "another-model")
    with pytest.raises(DangerModelUnusable, match="no whole model of dangers"):
        load(tmp_path, "any")
    (tmp_path / MANIFEST).write_bytes((DEFAULT / MANIFEST).read_bytes())
    (tmp_path / WEIGHTS).write_bytes(b"something else")
    with pytest.raises(DangerModelUnusable, match=MANIFEST):
        load(tmp_path, "any")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1"),
        ('{"text": "a", "label": "abuse"}', "text, label and family"),
        ('{"text": "", "label": "abuse", "family": "abuse/x"}', "none of them empty"),
        ('{"text": "a", "label": "ordinary", "family": "x"}', "begins with look_alike/ or traffic/"),
        ("", "no messages"),
    ],
)
def test_a_file_that_is_wrong_is_told_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "messages.jsonl"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(MessagesWrong, match=said):
        read_messages(path)
    with pytest.raises(MessagesWrong, match=r"none.jsonl cannot be read: No such file"):
        read_messages(tmp_path / "none.jsonl")


def test_too_little_to_learn_from_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ordinary = [Example("a", NONE, "traffic/a"), Example("b", NONE, "traffic/b")]
    with pytest.raises(MessagesWrong, match="and others"):
        check(ordinary)
    with pytest.raises(MessagesWrong, match="too few have: abuse"):
        check([*ordinary, Example("c", "abuse", "abuse/c")])
    path = tmp_path / "messages.jsonl"
    path.write_text(json.dumps({"text": "c", "label": "abuse", "family": "abuse/c"}) + "\n", encoding="utf-8")
    assert main(["train-dangers", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "ordinary messages and others" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_messages_of_the_product_are_whole_and_none_of_them_is_asked_in_the_measurement() -> None:
    from evaluate.dangers.measure import MORE, held_out

    learned = read_messages(MESSAGES)
    check(learned)
    assert len(learned) > 2000
    told = {plain(one.text) for one in (*learned, *of_shoppers())}
    asked = {plain(one.text) for one in (*held_out(), *held_out(MORE))}
    assert len(asked) > 250
    assert not told & asked
