"""The hybrid answered from stored rows says what the hybrid measured offline says."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sparse

from shop.recommenders import neighbour_tables
from shop.recommenders.contract import top
from shop.recommenders.histories import Histories
from shop.recommenders.hybrid import Hybrid
from shop.recommenders.item_knn import strongest, without_diagonal
from shop.recommenders.neighbour_tables import READ, NeighbourTables, lent, tabled_hybrid
from shop.recommenders.served_hybrid import ServedHybrid, _plain, documents, read_for, stored_ranker

CATALOGUE, SHOPPERS = 90, 300
IDS = [f"p{number:03d}" for number in range(CATALOGUE)]


def shopping(seed: int = 3) -> Histories:
    """Walks near one of nine corners of the catalogue; the last ten products are never touched."""
    chance = np.random.default_rng(seed)
    walks = []
    for _ in range(SHOPPERS):
        steps = chance.integers(2, 2 * READ)
        walk = (chance.integers(9) * 9 + np.abs(chance.normal(0, 4, steps))).astype(int) % (CATALOGUE - 10)
        walks.append(walk.tolist())
    return Histories.of(walks, CATALOGUE)


def texts() -> np.ndarray[Any, np.dtype[np.float32]]:
    """Near products have like texts; every fifteenth has none."""
    angle = np.arange(CATALOGUE) / CATALOGUE * 2 * np.pi
    noise = np.random.default_rng(1).normal(0, 0.02, (CATALOGUE, 4))
    found = (np.stack([np.cos(angle), np.sin(angle), np.cos(3 * angle), np.sin(3 * angle)], axis=1) + noise).astype(
        np.float32
    )
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    found[::15] = 0
    return found


@pytest.fixture(scope="module", params=["with texts", "without"])
def fitted(request: pytest.FixtureRequest) -> tuple[Hybrid, NeighbourTables]:
    tables = NeighbourTables(texts() if request.param == "with texts" else None)
    hybrid = tabled_hybrid(tables)
    hybrid.fit(shopping())
    return hybrid, tables


def stored(hybrid: Hybrid, tables: NeighbourTables) -> tuple[ServedHybrid, dict[str, dict[str, Any]]]:
    """Through JSON, as Elasticsearch gives it back."""
    ranker = json.loads(json.dumps(stored_ranker(hybrid, tables)))
    rows = json.loads(json.dumps(dict(documents(IDS, tables, hybrid, datetime(2026, 11, 1, tzinfo=UTC)))))
    return ServedHybrid.restored(ranker), rows


def test_the_served_ranking_is_the_evaluated_one(fitted: tuple[Hybrid, NeighbourTables]) -> None:
    served, rows = stored(*fitted)
    chance = np.random.default_rng(5)
    asked = [chance.integers(0, CATALOGUE, chance.integers(1, 30)).tolist() for _ in range(60)] + [[89], [0, 15]]
    histories = Histories.of(asked, CATALOGUE)
    expected = top(fitted[0].scores(histories.latest(READ)), histories.latest(READ), 10)
    answered = 0
    for sequence, wanted in zip(asked, expected, strict=True):
        history = [IDS[number] for number in sequence]
        found = served.ranked(history, {p: rows[p] for p in read_for(history) if p in rows}, 10)
        if not found:
            continue  # the offline model falls back to popularity, the service to other recommenders
        answered += 1
        assert [one.score for one in found] == pytest.approx(wanted.scores.tolist(), rel=2e-3, abs=1e-6)
        for one, number, score in zip(found, wanted.items, wanted.scores, strict=True):
            # Only what is as good as equal may stand the other way round.
            other = wanted.scores[[IDS[n] for n in wanted.items].index(one.product_id)]
            assert one.product_id == IDS[number] or other == pytest.approx(score, rel=2e-3)
    assert answered > 50


def test_reasons_name_a_product_of_the_history_whose_row_holds_it(fitted: tuple[Hybrid, NeighbourTables]) -> None:
    served, rows = stored(*fitted)
    history = [IDS[n] for n in (3, 40, 41, 5, 3)]
    found = served.ranked(history, rows, 20, exclude={"p004"})
    assert len(found) == 20
    assert not {one.product_id for one in found} & {*history, "p004"}
    for one in found:
        row = rows[one.because]
        assert one.because in history
        assert row["weights"][one.table][row["product_ids"].index(one.product_id)] > 0
    assert served.ranked(["never seen"], rows, 5) == []
    assert served.ranked([], rows, 5) == []


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e7])
def test_weights_are_stored_with_five_digits(scale: float) -> None:
    numbers = (np.random.default_rng(2).normal(size=2_000) * scale).astype(np.float32)
    numbers[::7] = 0
    assert _plain(numbers).tolist() == [float(f"{number:.5g}") for number in numbers.tolist()]


def test_what_is_lent_in_blocks_of_rows_is_what_the_whole_product_says(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(3)
    left, right = (sparse.random(90, 90, 0.2, "csr", np.float32, random_state=draw) for _ in range(2))
    whole = strongest(without_diagonal(left @ right), neighbour_tables.KEPT).toarray()
    for rows in (1, 40, 90, 1_000):
        monkeypatch.setattr(neighbour_tables, "_ROWS", rows)
        found = lent(left, right)
        assert found.shape == (90, 90)
        np.testing.assert_array_equal(found.toarray(), whole)
    assert (np.diff(lent(left, right).indptr) <= neighbour_tables.KEPT).all()
    assert not lent(left, right).diagonal().any()
