"""The jobs over many events, short: what is made is what an export would have written, and the figures add up."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from es.client import connect
from es.lease import Leases
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.jobs_scale import made, measure
from jobs.export import EVENT_SCHEMA, export_events
from jobs.job import Workplace
from jobs.settings import JobSettings
from shop.events.intake import Intake, Taken
from shop.events.store import EventStore, Status
from shop.settings import EventSettings

pytestmark = pytest.mark.needs_es
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "BLOCK", 60)


def test_what_is_made_is_what_an_export_holds(engine_settings: EngineSettings, tmp_path: Path) -> None:
    rows = pa.concat_tables(made.blocks(made.Shop(400, 300, 50, NOW)))
    assert rows.equals(pa.concat_tables(made.blocks(made.Shop(400, 300, 50, NOW))))
    assert {*rows["type"].to_pylist()} == {
        "view_product", "add_to_cart", "order_placed", "impression", "recommendation_click"
    }  # fmt: skip
    with connect(engine_settings) as client:
        names = IndexNames(engine_settings.index_prefix)
        settings = EventSettings()
        place = Workplace(client, names, JobSettings(), settings, tmp_path, NOW + timedelta(minutes=1), lambda _: None)
        intake = Intake(settings, history=True)
        taken = [intake.take(raw, place.now) for raw in made.raw_events(rows)]
        answers = EventStore(client, names, settings).write([one for one in taken if isinstance(one, Taken)])
        assert [status for status, _ in answers] == [Status.ACCEPTED] * len(rows["event_id"].unique())
        with Leases(client, names, lease_s=60).held("export") as lease:
            files = export_events(place, lease, 100)
    exported = pa.concat_tables(pq.read_table(path) for path in files)
    assert exported.schema == rows.schema == EVENT_SCHEMA
    by = [("event_id", "ascending"), ("product_id", "ascending")]
    assert exported.sort_by(by).to_pylist() == rows.sort_by(by).to_pylist()


def test_pages_cut_no_event() -> None:
    rows = next(iter(made.blocks(made.Shop(100, 300, 50, NOW))))
    parts = made.pages(rows, 7)
    assert pa.concat_tables(parts).equals(rows)
    assert {len(part["event_id"].unique()) for part in parts[:-1]} == {7}
    assert len(parts[-1]["event_id"].unique()) <= 7


def test_jobs_run_over_made_files(engine_settings: EngineSettings) -> None:
    prefix = f"{engine_settings.index_prefix}{measure.SUFFIX}"
    asked = measure.Asked(700, 60, 40, ["feedback"], export=50)
    measured = measure.measure(engine_settings, asked)
    told = json.loads(json.dumps(measure.values(measured)))
    assert 500 < told["events"] < told["rows"]
    assert set(told["runs"]) == {"feedback", "export"}
    assert all(run["seconds"] > 0 and run["memory_mb"] > 50 for run in told["runs"].values())
    assert told["runs"]["feedback"]["figures"]["lists"] > 0
    assert told["runs"]["export"]["figures"]["rows"] >= 50
    assert f"{told['events']:,} events" in next(iter(measure.lines(measured)))
    with connect(engine_settings) as client:
        left = client.indices.get(index=f"{prefix}-*")
    assert [index for index in left if "-products-g" not in index] == []
