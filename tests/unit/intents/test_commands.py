"""The commands: a model trained from files in every form, and measured on a file that training did not see."""

import json
from pathlib import Path

import pytest

from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.__main__ import main as evaluate
from jobs.__main__ import main as jobs
from shop.intents.model import load
from tests.unit.intents.test_learning import CHATTER, EXAMPLES


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "train.csv"
    rows = [f"{example.text},{example.label}" for example in EXAMPLES]
    path.write_text("\n".join(["sentence,label", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_model_is_trained_from_conversations_and_tables(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talks = [
        {"id": f"c{n}", "turns": [{"speaker": "user", "text": text}], "metadata": {"intent": "laptop"}}
        for n, text in enumerate(["i need a laptop", "a laptop for college", "which laptop is light"])
    ]
    (tmp_path / "talks.json").write_text(json.dumps({"conversations": talks}), encoding="utf-8")
    out = tmp_path / "model"
    assert jobs(["train-intents", str(table), str(tmp_path / "talks.json"), "--out", str(out), "--licence", "own"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["intents"], told["examples"]) == (4, len(EXAMPLES) + 3)
    assert set(told["figures"]) >= {"accuracy", "in_scope_accuracy", "out_of_scope_recall", "mcc"}
    model = load(out, text_embedder(EmbedSettings()))
    assert model.answer(["any laptop for students?"])[0].likeliest == "laptop"
    assert model.manifest["licence"] == "own"
    assert [source["file"] for source in model.manifest["data"]] == ["train.csv", "talks.json", "background.txt"]


def test_a_wrong_file_ends_with_a_sentence_and_leaves_the_old_model(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model"
    assert jobs(["train-intents", str(table), "--out", str(out)]) == 0
    before = (out / "manifest.json").read_bytes()
    (tmp_path / "bad.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    assert jobs(["train-intents", str(tmp_path / "bad.csv"), "--out", str(out)]) == 1
    assert "sentence and label" in capsys.readouterr().err
    assert (out / "manifest.json").read_bytes() == before


def test_measuring_takes_training_and_test_apart(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = tmp_path / "test.csv"
    asked = [("my parcel is not here", "order"), ("can i send it back", "return"), ("card or cash", "pay")]
    lines = [f"{text},{label}" for text, label in asked] + [f"{one.text},NO_NODES_DETECTED" for one in CHATTER]
    test.write_text("\n".join(["sentence,label", *lines, "never trained,OTHER_INTENT"]) + "\n", encoding="utf-8")
    assert evaluate(["intents", "--train", str(table), "--test", str(test)]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["test"]["examples"] == len(lines) + 1
    assert figures["test"]["by_threshold"][0]["in_scope"] == 1.0
    assert figures["test"]["own"]["out_of_scope"] >= 0.5
    assert figures["cross_validation"]["own"]["accuracy"] > 0.7


def test_measuring_without_a_test_file_is_cross_validation(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(["intents", "--train", str(table)]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["test"] is None


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(["intents", "--train", str(tmp_path / "none.csv")]) == 1
    assert "cannot be read" in capsys.readouterr().err
