"""Exports are taken up where they broke off, and notice every change of a month."""

from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest

from es.lease import Leases
from jobs import export
from jobs.job import Workplace
from tests.factory import event
from tests.integration.jobs.conftest import store

pytestmark = pytest.mark.needs_es


def exported(place: Workplace, leases: Leases) -> list[dict[str, Any]]:
    with leases.held("test") as lease:
        files = export.export_events(place, lease, 30)
    return [row for path in files for row in pq.read_table(path).to_pylist()]


def test_an_export_that_was_killed_goes_on_with_the_next_slice(
    place: Workplace, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(place, [event("view_product", event_id=f"e{n}", product_id=f"p{n}") for n in range(400)])
    pages, begun = export._pages, []

    class Killed(BaseException):
        pass

    def dies_in_the_third(*arguments: Any) -> Iterator[list[dict[str, Any]]]:  # noqa: ANN401
        begun.append(arguments)
        if len(begun) == 3:
            raise Killed
        yield from pages(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(export, "_pages", dies_in_the_third)
        with pytest.raises(Killed):
            exported(place, leases)
        found = exported(place, leases)
    assert len(begun) == 3 + 2
    assert {row["event_id"] for row in found} == {f"e{n}" for n in range(400)}
    assert len(found) == 400
    assert not list(place.folder.glob("*.part"))


def test_each_product_of_an_event_is_a_row(place: Workplace, leases: Leases) -> None:
    items = [{"product_id": "a", "quantity": 2, "price": 1.5}, {"product_id": "b", "price": 3}]
    shown = [
        {"product_id": "a", "position": 1, "propensity": 0.5, "algorithm": "als"},
        {"product_id": "b", "position": 2},
    ]
    store(
        place,
        [
            event("order_placed", event_id="o", items=items),
            event("impression", event_id="i", items=shown, algorithm="hybrid"),
            event("search", event_id="s"),
        ],
    )
    rows = {(row["event_id"], row["product_id"]): row for row in exported(place, leases)}
    assert set(rows) == {("o", "a"), ("o", "b"), ("i", "a"), ("i", "b"), ("s", None)}
    assert [(rows["o", p]["quantity"], rows["o", p]["price_milli"]) for p in "ab"] == [(2, 1500), (1, 3000)]
    assert [(rows["i", p]["algorithm"], rows["i", p]["position"]) for p in "ab"] == [("als", 1), ("hybrid", 2)]


def test_what_was_erased_is_not_in_the_next_export(place: Workplace, leases: Leases) -> None:
    store(place, [event("scroll", event_id="stays"), event("scroll", event_id="goes", customer_id="ann")])
    assert len(exported(place, leases)) == 2
    query = {"term": {"customer_id": "ann"}}
    place.client.delete_by_query(index=place.names.events, query=query, refresh=True)
    assert [row["event_id"] for row in exported(place, leases)] == ["stays"]
    assert len(list(place.folder.glob("*.parquet"))) == export.SLICES
