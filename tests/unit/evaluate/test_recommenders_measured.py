"""The whole command on a small shop whose shoppers go round in threes, with and without optional packages."""

import argparse
import builtins
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluate.__main__ import main, parser
from evaluate.recommenders import elsewhere
from evaluate.recommenders.command import lines_of
from evaluate.recommenders.contenders import Contender
from evaluate.recommenders.costs import measured, size_mb
from evaluate.recommenders.measure import Validation, choose, repeats
from evaluate.recommenders.task import Task
from shop.recommenders.histories import Histories
from shop.recommenders.popularity import Popularity
from shop.recommenders.sequential import SequentialCounter

PRODUCTS = 40


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """From product n shoppers go on to n + 3; one in five is somebody else's guess."""
    rng = np.random.default_rng(3)
    train, test = [], []
    for shopper in range(200):
        steps = [(int(rng.integers(PRODUCTS)) if rng.random() < 0.2 else shopper + 3 * k) % PRODUCTS for k in range(6)]
        train.append(f"u{shopper} " + " ".join(f"p{step}" for step in dict.fromkeys(steps)))
        test.append(f"u{shopper} p{(shopper + 18) % PRODUCTS}")
    (tmp_path / "train.txt").write_text("\n".join(train), encoding="utf-8")
    (tmp_path / "test.txt").write_text("\n".join(test), encoding="utf-8")
    return tmp_path


def asked(*options: str) -> argparse.Namespace:
    return parser().parse_args(["recommenders", *options])


def test_every_recommender_is_measured(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recommenders", str(shop), "--threads", "1"]) == 0
    *table, last = capsys.readouterr().out.splitlines()
    told = json.loads(last)
    found = told["recommenders"]
    assert {"popularity", "first-order Markov", "session-kNN", "ALS", "EASE", "sequential counter"} <= set(found)
    assert {"item-kNN, cosine", "item-kNN, BM25"} <= set(found)
    assert {"hybrid, starting weights", "hybrid, linear", "hybrid, boosted"} <= set(found)
    assert found["sequential counter"]["ndcg@10"]["mean"] > 0.7 > 0.4 > found["popularity"]["ndcg@10"]["mean"]
    for figures in found.values():
        assert 0 <= figures["ndcg@10"]["low"] <= figures["ndcg@10"]["mean"] <= figures["ndcg@10"]["high"] <= 1
        assert figures["ndcg@10"]["mean"] <= figures["hr@10"]["mean"]
        assert 0 < figures["coverage"] <= 1
    assert told["data"]["shoppers_asked"] == 200
    assert told["data"]["exclude_seen"] is True
    assert told["left_out"] == []
    assert any("sequential counter" in line for line in table)


def test_without_the_optional_packages_the_rest_is_measured(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refusing(name: str, *more: Any, **named: Any) -> Any:  # noqa: ANN401 - the signature of __import__
        if name.partition(".")[0] in ("implicit", "lightgbm"):
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", refusing)
    told = json.loads(lines_of(asked(str(shop)))[-1])
    assert "hybrid, linear" in told["recommenders"]
    assert not {"ALS", "hybrid, boosted"} & set(told["recommenders"])
    assert [line.partition(":")[0] for line in told["left_out"]] == ["ALS", "hybrid, boosted"]
    assert all("pip install '.[recommend]'" in line for line in told["left_out"])


def test_published_figures_stand_beside_the_data_that_they_are_for(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named = elsewhere.Published("SASRec", 0.0605, 0.0318, "a paper")
    monkeypatch.setattr(elsewhere, "PUBLISHED", {(200, PRODUCTS): [named]})
    assert main(["recommenders", str(shop), "--threads", "1"]) == 0
    *table, last = capsys.readouterr().out.splitlines()
    told = json.loads(last)
    assert told["published"] == {"SASRec": {"hr@10": 0.0605, "ndcg@10": 0.0318, "source": "a paper"}}
    assert "SASRec" not in told["recommenders"]
    assert ["published, not run here" in line for line in table if line.startswith("SASRec")] == [True]


def test_published_figures_are_known_for_amazon_beauty_alone() -> None:
    empty = Histories.of([[0]] * 22_363, 12_101)
    task = Task("", empty, empty, empty)
    assert [one.name for one in elsewhere.published(task)] == ["SASRec", "TIGER"]
    assert elsewhere.published(replace(task, train=Histories.of([[0]], 12_101))) == ()


def test_no_data_and_wrong_data_have_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recommenders", str(tmp_path / "nowhere")]) == 3
    assert main(["recommenders", str(tmp_path)]) == 1
    assert "train.txt" in capsys.readouterr().err


def test_settings_are_chosen_on_the_validation_event_alone() -> None:
    """What is held out was in nobody's earlier events: no model can know it, and the first of equals is taken."""
    train = Histories.of([[0, 1, 2, 3]] * 10, 4)
    validation = Validation.of(train)
    assert validation.targets.items.tolist() == [3] * 10
    assert validation.earlier.counts()[3] == 0
    contender = Contender(
        "c", lambda **chosen: chosen["model"](), [{"model": Popularity}, {"model": SequentialCounter}]
    )
    assert choose(contender, validation) == {"model": Popularity}


def test_repeats_are_recognised() -> None:
    assert repeats(Histories.of([[0, 1], [2]], 4), Histories.of([[0], [3]], 4)) == 0.5
    assert Validation.of(Histories.of([[0, 1, 0]] * 3, 2)).exclude_seen is False
    assert Validation.of(Histories.of([[0, 1, 2]] * 3, 3)).exclude_seen is True


def test_costs() -> None:
    with measured(0.001) as cost:
        held = np.ones(20_000_000, dtype=np.float32)
        sum(range(2_000_000))
    assert held.nbytes / 1e6 * 0.8 < cost.peak_mb
    assert cost.wall_s > 0 < cost.cpu_s
    model = Popularity()
    model.fit(Histories.of([[0]], 1_000_000))
    assert size_mb({"a": model, "b": model.shares}) == pytest.approx(4.0)
