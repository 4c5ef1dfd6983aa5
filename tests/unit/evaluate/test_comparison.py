"""The report of a comparison: differences are paired, classes are watched, wins and losses are told."""

import math
from collections.abc import Sequence

import pytest

from evaluate.relevance.metrics import Figures
from evaluate.search.compare import Compared, below
from evaluate.search.configs import DEFAULT
from evaluate.search.report import lines, values, wins_and_losses

CLASSES = {"short (1 word)": list(range(10)), "with numbers": [10, 11]}


def figures(ndcg: float, recall: float = 1.0) -> Figures:
    return Figures(ndcg, ndcg, recall, ndcg, 1.0)


def compared(lexical: Sequence[Figures], hybrid: Sequence[Figures]) -> Compared:
    queries = [f"query {i}" for i in range(len(lexical))]
    return Compared(queries, DEFAULT, {"lexical": lexical, "hybrid": hybrid}, CLASSES, {"queries": len(queries)})


LEXICAL = [figures(0.5)] * 12


def test_a_class_of_enough_queries_is_watched_by_itself() -> None:
    # Better on the whole, worse where there are numbers, and that on two queries alone.
    few = compared(LEXICAL, [figures(0.6)] * 10 + [figures(0.4)] * 2)
    assert below(few, "hybrid") == []
    assert {one.query_class for one in below(few, "hybrid", least=2)} == {"with numbers"}
    # Ten queries that are worse are enough, though the mean over all is better.
    many = compared(LEXICAL, [figures(0.45)] * 10 + [figures(1.0)] * 2)
    assert {(one.query_class, one.figure) for one in below(many, "hybrid")} == {
        ("short (1 word)", "ndcg_condensed"),
        ("short (1 word)", "ndcg_raw"),
    }


def test_queries_without_recall_do_not_count_in_it() -> None:
    blind = [figures(0.5, math.nan)] * 6 + [figures(0.5, 0.5)] * 6
    better = [figures(0.5, math.nan)] * 6 + [figures(0.5, 0.75)] * 6
    assert below(compared(blind, better), "hybrid") == []
    assert {one.figure for one in below(compared(better, blind), "hybrid")} == {"recall"}


def test_wins_and_losses_the_greatest_first() -> None:
    changed = [figures(0.5)] * 8 + [figures(0.6), figures(0.9), figures(0.1), figures(0.5004)]
    won, lost = wins_and_losses(compared(LEXICAL, changed), "hybrid", "ndcg_condensed")
    assert [one.query for one in won] == ["query 9", "query 8"]
    assert [one.query for one in lost] == ["query 10"]
    assert lost[0].difference == pytest.approx(-0.4)


def test_what_is_printed_and_what_is_told_to_scripts() -> None:
    found = compared(LEXICAL, [figures(0.45)] * 10 + [figures(1.0)] * 2)
    text = "\n".join(lines(found, "ndcg_raw", shown=1))
    assert "hybrid is below lexical: short (1 word), ndcg_condensed 0.4500 < 0.5000" in text
    assert "hybrid against lexical, by ndcg_raw: 2 won, 10 lost, 0 even" in text
    assert "... and 9 more lost" in text
    told = values(found, "ndcg_raw")["against"]
    assert told["base"] == "lexical"
    assert told["hybrid"]["all"]["ndcg_raw"]["mean"] == pytest.approx((12 - 10 * 0.55) / 12 - 0.5, abs=1e-4)
    assert told["hybrid"]["classes"]["with numbers"]["ndcg_raw"] == {"mean": 0.5, "low": 0.5, "high": 0.5}
    assert ["short (1 word)", "ndcg_raw"] in told["hybrid"]["below"]
