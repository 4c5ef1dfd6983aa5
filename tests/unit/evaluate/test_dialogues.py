"""The dialogue bench: what it looks at it notices, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from evaluate.dialogues.judging import always, failures
from evaluate.dialogues.script import SCRIPTS, Expectation, read_dialogues
from evaluate.errors import DataWrong

LAMP = {
    "product_id": "l", "name": "Fox Lamp", "price": 40.0, "brand": "Fox", "tags": ["light"], "target_gender": "unisex",
    "target_age": "adults", "in_stock": True, "description": "A lamp to read by.",
}  # fmt: skip
TENT = {
    **LAMP,
    "product_id": "t",
    "name": "Owl Tent",
    "price": 90.0,
    "brand": "Owl",
    "tags": ["hiking"],
    "in_stock": False,
}
PRODUCTS = {"l": LAMP, "t": TENT}


def answer(*records: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    factors = dict.fromkeys(("relevance", "price", "occasion", "interest"), 0.5)
    return {
        "message": "Fox Lamp is $40.00.",
        "intent": "search",
        "recommendations": [
            {"product": record, "recommendation_reason": "It fits.", "match_factors": factors} for record in records
        ],
        "records": [],
        "shopping_context": {"wishes": [], "shown": [], "about": "lamp"},
        "clarifying_questions": ["What is your budget?"],
        "next_actions": ["view_details"],
        "table": None,
        **changes,
    }


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"intent": ["gift"]}, "intent search"),
        ({"least": 3}, "2 products"),
        ({"most": 1}, "2 products"),
        ({"max_price": 50}, "Owl Tent: costs 90.0"),
        ({"min_price": 50}, "Fox Lamp: costs 40.0"),
        ({"gender": ["female"]}, "target_gender is unisex"),
        ({"age": ["kids"]}, "target_age is adults"),
        ({"brand": ["Fox"]}, "brand is Owl"),
        ({"about": "kayak"}, "0 of 2"),
        ({"without": "hiking"}, "Owl Tent: is not without"),
        ({"in_stock": True}, "Owl Tent: is out of stock"),
        ({"fresh": True}, "shown before: l"),
        ({"context": {"about": "tent"}}, "context about is 'lamp'"),
        ({"forgotten": ["about"]}, "should be gone"),
        ({"says": ["tent"]}, "does not say tent"),
        ({"never": ["\\$40"]}, "says $40"),
        ({"names": [2]}, "does not name Owl Tent"),
        ({"names": ["dearest"]}, "does not name Owl Tent"),
        ({"names": [7]}, "no number 7"),
        ({"asks": "whom"}, "does not ask whom"),
        ({"asks_not": "budget"}, "asks budget"),
        ({"actions": ["confirm"]}, "does not offer confirm"),
        ({"table": True}, "has no table"),
    ],
)
def test_each_expectation_is_noticed_when_it_does_not_hold(expected: dict[str, Any], told: str) -> None:
    found = failures(Expectation.model_validate(expected), answer(LAMP, TENT), ["l", "t"], PRODUCTS)
    assert any(told in sentence for sentence in found), found


def test_an_answer_that_holds_everything_is_told_nothing() -> None:
    expected = Expectation(
        intent=["search"], least=1, most=2, max_price=90, about="lamp|hiking", context={"about": "lamp"},
        names=[1, "cheapest"], asks="budget", says=["\\$40"], actions=["view_details"],
    )  # fmt: skip
    assert failures(expected, answer(LAMP, TENT), ["l", "t"], PRODUCTS) == []
    assert list(always(answer(LAMP, TENT), PRODUCTS)) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(LAMP, message="It costs $39.99."), "$39.99 is no price"),
        (answer({**LAMP, "price": 30.0}), "not in the shop at 30.0"),
        (answer(LAMP, LAMP), "shown twice"),
        (answer(message=" "), "nothing is said"),
        (
            answer(TENT, shopping_context={"wishes": [{"field": "price", "high": 50.0}], "shown": []}),
            "Owl Tent costs 90.0",
        ),
    ],
)
def test_what_holds_of_every_answer_is_looked_at(given: dict[str, Any], told: str) -> None:
    assert any(told in sentence for sentence in always(given, PRODUCTS)), list(always(given, PRODUCTS))


def test_the_scripts_of_the_product_are_read() -> None:
    assert len(read_dialogues(SCRIPTS)) >= 100


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not"),
        ("- name: a\n  turns: []\n", "turns"),
        ("- name: a\n  turns: [{say: x, expect: {prize: 3}}]\n", "prize"),
        ("- name: a\n  turns: [{say: x}]\n- name: a\n  turns: [{say: x}]\n", "twice: a"),
        ("[", "YAML|flow"),
    ],
)
def test_a_wrong_script_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataWrong, match=told if text else "x.yaml"):
        read_dialogues(tmp_path)


def test_a_folder_without_scripts_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataWrong, match="no dialogues"):
        read_dialogues(tmp_path)
