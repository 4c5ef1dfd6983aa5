"""Files of examples: each form is read, and what is wrong is said with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from shop.intents.errors import ExamplesWrong
from shop.intents.examples import NONE, Example, background, examples_of, read_all, read_examples


def conversation(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": "conv_001",
        "turns": [
            {"speaker": "user", "text": "I need a laptop for college"},
            {"speaker": "agent", "text": "What is your budget?"},
            {"speaker": "user", "text": "Under $800"},
        ],
        "metadata": {"intent": "product_recommendation", "category": "electronics"},
        **changes,
    }


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_conversation_teaches_by_its_first_user_turn(tmp_path: Path) -> None:
    path = written(tmp_path, "talk.json", json.dumps({"conversations": [conversation()]}))
    assert read_examples(path) == [Example("I need a laptop for college", "product_recommendation")]


def test_turns_with_an_intent_of_their_own_teach_by_that() -> None:
    turns = [
        {"speaker": "user", "text": "hello", "intent": "greeting"},
        {"speaker": "agent", "text": "Hi!"},
        {"speaker": "user", "text": "where is my order", "intent": "order_status"},
    ]
    assert examples_of(conversation(turns=turns)) == [
        Example("hello", "greeting"),
        Example("where is my order", "order_status"),
    ]


def test_a_conversation_without_an_intent_teaches_nothing() -> None:
    assert examples_of(conversation(metadata={})) == []


@pytest.mark.parametrize("columns", ["sentence,label", "utterance,intent"])
def test_tables_are_read_by_their_columns(tmp_path: Path, columns: str) -> None:
    path = written(tmp_path, "t.csv", f'{columns}\n"where, please",ORDER\nhow are you,NO_NODES_DETECTED\n')
    assert read_examples(path) == [Example("where, please", "ORDER"), Example("how are you", NONE)]


def test_lists_and_lines(tmp_path: Path) -> None:
    lists = written(tmp_path, "l.yaml", "order:\n  - where is it\n  - 12345\n")
    lines = written(tmp_path, "l.txt", "# a comment\n\nhi there\n")
    assert read_all([lists, lines, lists]) == [
        Example("where is it", "order"),
        Example("12345", "order"),
        Example("hi there", NONE),
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.json", "{", "is not JSON"),
        ("a.json", "[]", "conversations"),
        ("a.json", '{"conversations": [{"turns": "x"}]}', "conversation 0"),
        (
            "a.json",
            '{"conversations": [{"turns": [{"speaker": "user"}], "metadata": {"intent": "x"}}]}',
            "conversation 0",
        ),
        ("a.csv", "a,b\n1,2\n", "sentence and label"),
        ("a.csv", "sentence,label\nonly words\n", "line 2"),
        ("a.csv", "sentence,label\n", "no examples"),
        ("a.yaml", "order: where\n", "list of utterances"),
        ("a.yaml", "order: [", "not YAML"),
        ("a.pdf", "x", "ends in"),
        ("a.txt", "", "no examples"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(tmp_path: Path, name: str, text: str, told: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(ExamplesWrong, match=told) as error:
        read_examples(path)
    assert str(path) in str(error.value)


def test_a_file_in_another_encoding_or_none_is_told(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("sentence,label\ncafé,x\n".encode("latin-1"))
    with pytest.raises(ExamplesWrong, match="UTF-8"):
        read_examples(latin)
    with pytest.raises(ExamplesWrong, match=r"absent.csv cannot be read: No such file or directory\.$"):
        read_examples(tmp_path / "absent.csv")


def test_the_background_belongs_to_no_intent() -> None:
    assert len(background()) > 200
    assert {example.label for example in background()} == {NONE}
