"""Ratios and profile of the bench from made-up times."""

import pytest

from evaluate.bench.catalogue import Loaded
from evaluate.bench.report import Measured, lines, profile, values
from evaluate.bench.rounds import Turn
from evaluate.bench.steps import ENGINE, REST, Times
from evaluate.bench.workload import API, OWN_BODY, TWO_BODIES

QUIET = {API: [6.0, 6.0, 60.0], TWO_BODIES: [4.0, 4.0, 4.0], OWN_BODY: [3.0, 3.0, 3.0]}
# The machine is busy: everything takes twice as long.
BUSY = {side: [2 * ms for ms in times] for side, times in QUIET.items()}
MEASURED = Measured(
    loaded=Loaded(1000, 20.0, 12.0),
    settings={"knn_k": 100},
    warm=[QUIET, BUSY, QUIET],
    cold=[QUIET],
    crowd=[Turn({API: 90.0, TWO_BODIES: 100.0, OWN_BODY: 120.0}, QUIET)],
    profile=Times(2, 16.0, {REST: 2.0, ENGINE: 12.0, "fuse": 2.0}, [4, 5]),
    profile_ms=[9.0, 9.0],
)


def test_a_busy_machine_does_not_change_the_ratio() -> None:
    warm = values(MEASURED)["one_client_warm"]
    assert warm["ratio_to_two_bodies"] == {"median": 1.5, "p10": 1.5, "p90": 1.5, "blocks": 3}
    assert warm["ratio_to_own_body"]["median"] == 2.0
    assert warm["ms"][TWO_BODIES]["p50"] == 4.0
    assert values(MEASURED)["four_clients"]["ratio_to_two_bodies"]["median"] == 0.9
    assert warm["best_raw"] == OWN_BODY
    assert values(MEASURED)["four_clients"]["best_raw"] == OWN_BODY
    assert values(MEASURED)["four_clients"]["ratio_to_best_raw"]["median"] == 0.75
    assert values(MEASURED)["load"]["products_per_s"] == 50.0


def test_the_profile_adds_up_to_the_time_at_the_client() -> None:
    steps = dict(profile(MEASURED))
    total = steps.pop("total at the client")
    assert total == 9.0
    assert sum(steps.values()) == pytest.approx(total)
    assert steps["Elasticsearch (took + 0.5)"] == 5.0
    assert steps["client, network, HTTP of Elasticsearch"] == 1.0


def test_the_table_names_every_side_and_step() -> None:
    table = "\n".join(lines(MEASURED))
    for words in ("raw, two bodies", "raw, our own body", "Four clients", "fuse", "1.50 times"):
        assert words in table
