"""`python -m ingest events`: history from files into a real Elasticsearch, once, with every refusal written down."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from tests import commands
from tests.factory import event

pytestmark = pytest.mark.needs_es

ROOT = Path(__file__).parents[3]
NOW = datetime.now(UTC)


def run(engine: EngineSettings, folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    given = {
        "SHOPSCOUT_ES_URL": engine.es_url,
        "SHOPSCOUT_INDEX_PREFIX": engine.index_prefix,
        "SHOPSCOUT_INGEST_RETRY_FOR_S": "5",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    command = ("ingest", "events", *arguments, "--json", "--quiet")
    return commands.run(*command, folder=folder, environment=os.environ | given)


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def stored(engine: EngineSettings) -> dict[str, dict[str, Any]]:
    with connect(engine) as es:
        hits = es.search(index=IndexNames(engine.index_prefix).events, size=10_000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def history(count: int) -> list[dict[str, Any]]:
    return [
        event(
            "view_product",
            product_id=f"p{n % 7}",
            session_id=f"s{n % 5}",
            timestamp=(NOW - timedelta(days=n % 100, seconds=n)).isoformat(),
        )
        for n in range(count)
    ]


def write_lines(path: Path, events: list[Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in events), encoding="utf-8")
    return path


def test_a_load_and_the_same_load_again(engine_settings: EngineSettings, tmp_path: Path) -> None:
    write_lines(tmp_path / "history.jsonl", history(3000))
    first = summary(run(engine_settings, tmp_path, "history.jsonl", SHOPSCOUT_INGEST_BATCH_EVENTS="500"))
    before = stored(engine_settings)
    second = summary(run(engine_settings, tmp_path, "history.jsonl"))
    assert (first["read"], first["stored"], first["duplicates"], first["rejected"]) == (3000, 3000, 0, 0)
    assert (second["stored"], second["duplicates"]) == (0, 3000)
    assert stored(engine_settings) == before
    assert len(before) == 3000


def test_a_load_that_was_cut_off_is_finished_by_running_it_again(
    engine_settings: EngineSettings, tmp_path: Path
) -> None:
    events = history(900)
    whole = "".join(json.dumps(one) + "\n" for one in events)
    (tmp_path / "history.jsonl").write_text(whole[: whole.index("\n", len(whole) // 2) - 9], encoding="utf-8")
    half = summary(run(engine_settings, tmp_path, "history.jsonl"))
    assert half["rejected"] == 1  # the line in which it breaks off
    (tmp_path / "history.jsonl").write_text(whole, encoding="utf-8")
    rest = summary(run(engine_settings, tmp_path, "history.jsonl"))
    assert half["stored"] + rest["stored"] == 900
    assert rest["duplicates"] == half["stored"]
    assert len(stored(engine_settings)) == 900


def test_bad_rows_are_written_down_with_line_and_reason(engine_settings: EngineSettings, tmp_path: Path) -> None:
    rows: list[Any] = history(10)
    rows[3] = event("view_product")  # no time
    rows[5] = event("view_product", timestamp="2099-01-01", event_id="ahead")
    rows[7] = ["no", "event"]
    write_lines(tmp_path / "history.jsonl", rows)
    done = run(engine_settings, tmp_path, "history.jsonl", "--strict")
    assert done.returncode == 3
    assert json.loads(done.stdout)["stored"] == 7
    rejects = [json.loads(line) for line in (tmp_path / "history.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [(reject["line"], reject["event_id"]) for reject in rejects] == [(4, None), (6, "ahead"), (8, None)]
    assert "timestamp is missing" in rejects[0]["reason"]
    assert "ahead" in rejects[1]["reason"]
    assert "2099-01-01" in rejects[1]["raw"]


def test_a_shops_own_columns_come_through_a_mapping_file(engine_settings: EngineSettings, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "ts,visitor,action,item,basket,amount\n"
        f"{int(NOW.timestamp() * 1000) - 5000},17,view,355,,\n"
        f"{int(NOW.timestamp() * 1000) - 4000},17,addtocart,355,,\n"
        f"{int(NOW.timestamp() * 1000) - 3000},17,transaction,355,4000,12.50\n"
        f"{int(NOW.timestamp() * 1000) - 2000},17,heartbeat,,,\n"
        f"{int(NOW.timestamp() * 1000) - 1000},17,dance,355,,\n",
        encoding="utf-8",
    )
    (tmp_path / "map.yaml").write_text(
        "fields:\n"
        "  type: {from: action, map: {view: view_product, addtocart: add_to_cart, transaction: order_placed}}\n"
        "  timestamp: {from: ts, date: epoch_ms}\n"
        "  customer_id: visitor\n"
        "  product_id: item\n"
        "  order_id: basket\n"
        "  price: amount\n"
        "skip:\n  - {column: action, is: heartbeat}\n",
        encoding="utf-8",
    )
    figures = summary(run(engine_settings, tmp_path, "log.csv", "--map", "map.yaml"))
    assert (figures["stored"], figures["skipped"], figures["rejected"]) == (3, 1, 1)
    by_type = {document["type"]: document for document in stored(engine_settings).values()}
    assert set(by_type) == {"view_product", "add_to_cart", "order_placed"}
    assert {document["product_id"] for document in by_type.values()} == {"355"}
    assert (by_type["order_placed"]["order_id"], by_type["order_placed"]["value_milli"]) == ("4000", 12_500)


def test_csv_and_parquet_with_our_names_need_no_mapping(engine_settings: EngineSettings, tmp_path: Path) -> None:
    moment = NOW.replace(microsecond=0) - timedelta(hours=1)
    (tmp_path / "a.csv").write_text(
        "type,timestamp,session_id,product_id,order_id,items\n"
        f"view_product,{moment.isoformat()},s,p1,,\n"
        f'order_placed,{moment.isoformat()},s,,o1,"[{{""product_id"": ""p1"", ""quantity"": 2}}]"\n',
        encoding="utf-8",
    )
    table = {"type": ["view_product", "search"], "timestamp": [moment] * 2, "session_id": ["s", "s"]}
    pq.write_table(pa.table(table | {"product_id": ["p1", None], "query": [None, "shoes"]}), tmp_path / "b.parquet")
    assert summary(run(engine_settings, tmp_path, "a.csv"))["stored"] == 2
    figures = summary(run(engine_settings, tmp_path, "b.parquet"))
    # The view stood in the other file too: the same content is the same event, whatever it comes in.
    assert (figures["stored"], figures["duplicates"]) == (1, 1)
    assert sorted(document["type"] for document in stored(engine_settings).values()) == [
        "order_placed", "search", "view_product",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("fields: {timestamp: ts}", "what type is"),
        ("fields: {type: {value: view_product}, brand: maker}", "fields.brand: there is no such field"),
    ],
)
def test_a_wrong_mapping_file_is_refused_by_its_key(
    engine_settings: EngineSettings, tmp_path: Path, mapping: str, told: str
) -> None:
    write_lines(tmp_path / "history.jsonl", history(1))
    (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
    done = run(engine_settings, tmp_path, "history.jsonl", "--map", "map.yaml")
    assert done.returncode == 2
    assert told in done.stderr


def test_a_file_without_a_single_event_stores_nothing_and_says_so(
    engine_settings: EngineSettings, tmp_path: Path
) -> None:
    write_lines(tmp_path / "products.jsonl", [{"product_id": "p1", "name": "no event"}] * 3)
    done = run(engine_settings, tmp_path, "products.jsonl")
    assert done.returncode == 1
    assert "All 3 rows were rejected" in done.stderr


def test_nobody_there_is_said_and_nothing_is_lost(engine_settings: EngineSettings, tmp_path: Path) -> None:
    write_lines(tmp_path / "history.jsonl", history(5))
    away = engine_settings.model_copy(update={"es_url": "http://127.0.0.1:9"})
    done = run(away, tmp_path, "history.jsonl", SHOPSCOUT_INGEST_RETRY_FOR_S="1")
    assert done.returncode == 4
    assert "run the same command again" in done.stderr
