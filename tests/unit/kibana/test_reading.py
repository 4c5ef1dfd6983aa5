"""Queries and formulas of dashboards, as they are written and as they are understood."""

from typing import Any

import pytest

from kibana import kql
from kibana.errors import SourceWrong
from kibana.formula import Arithmetic, Call, calls, parsed


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", {"match_all": {}}),
        ("text: *", {"exists": {"field": "text"}}),
        ("typing: false", {"match": {"typing": False}}),
        ("total: 0", {"match": {"total": 0}}),
        ("rate: -0.5", {"match": {"rate": -0.5}}),
        ('query: "red \\"mug\\""', {"match_phrase": {"query": 'red "mug"'}}),
        ("total >= 3", {"range": {"total": {"gte": 3}}}),
        ("not bot: true", {"bool": {"must_not": {"match": {"bot": True}}}}),
        ("a: 1 and b < 2", {"bool": {"filter": [{"match": {"a": 1}}, {"range": {"b": {"lt": 2}}}]}}),
        (
            "a: 1 or b: 2 and c: 3",
            {
                "bool": {
                    "should": [{"match": {"a": 1}}, {"bool": {"filter": [{"match": {"b": 2}}, {"match": {"c": 3}}]}}],
                    "minimum_should_match": 1,
                }
            },
        ),
        (
            "(a: 1 or b: 2) AND c: 3",
            {
                "bool": {
                    "filter": [
                        {"bool": {"should": [{"match": {"a": 1}}, {"match": {"b": 2}}], "minimum_should_match": 1}},
                        {"match": {"c": 3}},
                    ]
                }
            },
        ),
        (
            "type: (x or y)",
            {"bool": {"should": [{"match": {"type": "x"}}, {"match": {"type": "y"}}], "minimum_should_match": 1}},
        ),
    ],
)
def test_a_query_is_what_kibana_makes_of_it(text: str, query: dict[str, Any]) -> None:
    assert kql.query(text) == query


@pytest.mark.parametrize(
    "text", ["total", "total:", ": 3", "a: 1 b: 2", "(a: 1", "a: (1 or", "and", "a: 1 and", "a > <"]
)
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(SourceWrong, match=r"no query|no value"):
        kql.query(text)


def test_the_fields_of_a_query_are_known() -> None:
    assert kql.fields('not a: 1 and (b.c >= 2 or d: "e: 3")') == {"a", "b.c", "d"}
    assert kql.fields("") == set()


def test_a_formula_is_read_with_the_usual_order_of_operations() -> None:
    node = parsed("sum(a) - count(kql='b: 1') / 1000")
    assert node == Arithmetic("subtract", Call("sum", "a"), Arithmetic("divide", Call("count", "", "b: 1"), 1000.0))
    assert [call.operation for call in calls(node)] == ["sum", "count"]
    assert parsed("percentile(took_ms, percentile=95)") == Call("percentile", "took_ms", "", 95.0)
    assert parsed("unique_count(message.exact)") == Call("unique_count", "message.exact")


@pytest.mark.parametrize(
    "text",
    ["sum(", "sum()", "count(a)", "sum(a, b)", "sum(a, shift='1d')", "evil(a)", "a", "sum(a) ** 2", "count(kql=1)",
     "percentile(a, percentile='x')", "__import__('os')", "True"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(SourceWrong, match="no formula"):
        parsed(text)
