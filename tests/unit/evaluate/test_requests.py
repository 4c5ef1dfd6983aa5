"""Labelled support requests, scored by what the rules read of them."""

from pathlib import Path

import pytest

from app.chat.reading.intents import Guess, Intent
from evaluate.errors import DataMissing, DataWrong
from evaluate.requests.measure import lines, measure, requests, values

CSV = """utterance,intent,entity_type,entity_value
where is order 00123842?,track_order,order_id,00123842
please cancel purchase 113542617735902,cancel_order,order_id,113542617735902
my thing 42421 is late,track_order,order_id,42421
where can I find bill #37777,check_invoice,invoice_id,37777
I want to talk to a human agent,contact_human_agent,,
lodging a complaint about your courier,complaint,,
I want to complain,complaint,,
hello,track_order,,
"""


def test_numbers_and_intents_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(CSV, encoding="utf-8")
    found = measure(requests(path))
    assert (found.numbers.hits, found.numbers.of) == (2, 3)
    assert (found.invented.hits, found.invented.of) == (0, 5)
    assert (found.right.hits, found.wrong.hits, found.right.of) == (5, 1, 7)
    assert found.missed == ("my thing 42421 is late",)
    assert values(found)["numbers"]["share"] == 0.6667
    assert "not read: my thing 42421 is late" in list(lines(found))


class Says:
    """A model that takes whatever it is asked for the same."""

    def __init__(self, intent: Intent, confidence: float) -> None:
        self.said = Guess(intent, confidence)

    def guess(self, _message: str) -> Guess | None:
        return self.said


def test_what_the_conversation_understands_is_counted_by_label_beside_what_rules_read(tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(CSV, encoding="utf-8")
    alone, sure = measure(requests(path)), measure(requests(path), Says(Intent.CANCEL, 0.92))
    assert (alone.understood.hits, alone.misread.hits, alone.understood.of) == (5, 1, 7)
    # Surer than the rule that reads any order's number, and less sure than the others.
    assert (sure.understood.hits, sure.misread.hits) == (4, 3)
    assert ("track_order", "cancel_order", 2) in sure.confused
    assert (sure.labels["complaint"].hits, sure.labels["track_order"].hits) == (2, 0)
    assert values(sure)["labels"]["cancel_order"]["share"] == 1.0
    assert any(line.split()[-3:] == ["track_order", "->", "cancel_order"] for line in lines(sure))


def test_data_that_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="no labelled requests"):
        requests(tmp_path / "none.csv")
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataWrong, match="utterance"):
        requests(tmp_path / "wrong.csv")
