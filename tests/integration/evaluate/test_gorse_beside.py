"""gorse beside our recommenders: the way to it, with a stand-in for the program (gorse is not on every machine)."""

import json
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from evaluate.__main__ import parser
from evaluate.errors import MeasurementFailed
from evaluate.recommenders.command import lines_of
from evaluate.recommenders.elsewhere import places
from evaluate.recommenders.gorse import Gorse
from shop.recommenders.histories import Histories


@pytest.fixture
def binary(tmp_path: Path) -> Path:
    script = tmp_path / "gorse-in-one"
    program = Path(__file__).with_name("stands_in_for_gorse.py")
    script.write_text(f'#!/bin/sh\nexec {sys.executable} {program} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return script


def test_gorse_stands_beside_the_others(binary: Path, tmp_path: Path) -> None:
    """Shoppers go round in fives, each over the products of one kind: what others of the kind took is the answer."""
    lines = []
    for shopper in range(60):
        kind, start = shopper % 4, shopper // 4
        lines.append(f"u{shopper} " + " ".join(f"p{kind}-{(start + step) % 5}" for step in range(5)))
    (tmp_path / "sequences.txt").write_text("\n".join(lines), encoding="utf-8")
    given = parser().parse_args(["recommenders", str(tmp_path), "--threads", "1", "--gorse", str(binary)])
    *table, last = lines_of(given)
    told = json.loads(last)
    for name in ("gorse, by history", "gorse, lists"):
        figures = told["recommenders"][name]
        # One product of the kind is left for whoever has four of five.
        assert figures["hr@10"]["mean"] == figures["ndcg@10"]["mean"] == 1.0
        assert figures["request_cpu_ms"] > 0 < figures["training_s"]
        assert any(line.startswith(name) for line in table)
    assert told["published"] == {}
    assert not [p for p in psutil.Process().children(recursive=True) if "stands_in_for_gorse" in " ".join(p.cmdline())]


def test_what_is_not_in_a_list_is_behind_all() -> None:
    targets = Histories.of([[2], [0], [3]], 50)
    lists = [np.asarray([1, 2]), np.asarray([0]), np.asarray([], dtype=np.int32)]
    assert places(lists, targets).tolist() == [2, 1, 50]


def test_a_program_that_is_not_there_or_does_not_answer_is_told(tmp_path: Path) -> None:
    train = Histories.of([[0, 1]], 2)
    with Gorse(tmp_path / "nowhere", tmp_path, 1) as gorse, pytest.raises(MeasurementFailed, match="cannot be started"):
        gorse.learn(train)
    with Gorse(Path("/bin/false"), tmp_path, 1) as gorse, pytest.raises(MeasurementFailed, match="ended"):
        gorse.learn(train)
