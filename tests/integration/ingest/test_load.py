"""Full loads: what goes live, what does not, and what is left when they are stopped."""

import gzip
import os
import signal
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from es.generations import LOADING
from tests.integration.ingest.conftest import Ingest, lines, product_rows

BROKEN: list[dict[str, Any]] = [
    {"product_id": "bad", "name": "No price"},
    {"product_id": "", "name": "No id", "price": 1},
]


def test_a_load_goes_live_and_takes_the_place_of_the_one_before(ingest: Ingest) -> None:
    first = ingest.load(product_rows(30))
    second = ingest.load(product_rows(20), "--json")
    ingest.load(product_rows(25))

    assert "30 rows read, 30 products indexed, 0 rejected" in first.stdout
    assert orjson.loads(second.stdout)["indexed"] == 20
    assert len(ingest.live()) == 25
    assert [g.documents for g in ingest.generations.all()] == [20, 25]
    assert ingest.generations.roll_back()
    assert len(ingest.live()) == 20
    assert not list(ingest.folder.glob("*.rejects.jsonl"))


def test_vectors_are_stored_and_made_once(ingest: Ingest) -> None:
    def load() -> dict[str, object]:
        feed = lines(product_rows(12))
        done = ingest.run("load", "-", "--format", "jsonl", "--json", stdin=feed, SHOPSCOUT_TEXT_MODEL="minilm-l6-v2")
        assert done.returncode == 0, done.stderr
        return dict(orjson.loads(done.stdout))

    first, second = load(), load()

    assert (first["embedded"], second["embedded"]) == (12, 0)
    live = next(g for g in ingest.generations.all() if g.live)
    assert live.meta["models"]["text_vector"]["dims"] == 384
    assert ingest.client.count(index=live.index, query={"exists": {"field": "text_vector"}})["count"] == 12


def test_rejects_stand_in_a_file_with_line_and_reason(ingest: Ingest) -> None:
    feed = lines(product_rows(8)) + b"{broken\n" + lines(BROKEN[:1]) + b'{"product_id": "cut", "na'
    done = ingest.run("load", "-", "--format", "jsonl", "--max-reject-share", "0.5", stdin=feed)
    strict = ingest.run("load", "-", "--format", "jsonl", "--max-reject-share", "0.5", "--strict", stdin=feed)

    assert (done.returncode, strict.returncode) == (0, 3)
    assert "3 rejected" in done.stdout
    assert "breaks off before its end" in done.stdout
    assert [(r["line"], r["product_id"]) for r in ingest.rejects()] == [(9, None), (10, "bad"), (11, None)]
    assert ingest.rejects()[1]["reason"] == "price is missing"
    assert ingest.rejects()[2]["reason"] == "the file ends in the middle of this line"
    # The file of the first run is still there.
    assert ingest.rejects() == ingest.rejects("stdin.rejects.jsonl.1")
    assert len(ingest.live()) == 8


def test_a_bad_feed_leaves_the_live_catalogue_alone(ingest: Ingest) -> None:
    ingest.load(product_rows(20))
    nothing = ingest.run("load", "-", "--format", "jsonl", stdin=lines(BROKEN))
    too_many = ingest.run("load", "-", "--format", "jsonl", stdin=lines(product_rows(2) + BROKEN))
    packed = gzip.compress(lines(product_rows(5000)))
    (ingest.folder / "cut.jsonl.gz").write_bytes(packed[: len(packed) // 2000])
    cut = ingest.run("load", "cut.jsonl.gz", "--max-reject-share", "1")
    shrunk = ingest.run("load", "-", "--format", "jsonl", "--min-share", "0.9", stdin=lines(product_rows(15)))

    assert [d.returncode for d in (nothing, too_many, cut, shrunk)] == [1, 1, 1, 1]
    assert "Not one product could be read from 2 rows" in nothing.stderr
    assert "--max-reject-share" in too_many.stderr
    assert "0 products indexed" in too_many.stdout
    assert "--min-share" in shrunk.stderr
    assert len(ingest.live()) == 20
    assert len(ingest.generations.all()) == 1


def test_a_cut_feed_does_not_replace_a_larger_catalogue(ingest: Ingest) -> None:
    ingest.load(product_rows(20))
    cut = lines(product_rows(15)) + b'{"product_id": "p15", "na'
    refused = ingest.run("load", "-", "--format", "jsonl", stdin=cut)
    allowed = ingest.run("load", "-", "--format", "jsonl", "--min-share", "0.5", stdin=cut)

    assert refused.returncode == 1
    assert "the feed breaks off before its end" in refused.stderr
    assert allowed.returncode == 0
    assert len(ingest.live()) == 15


def test_the_later_line_of_a_product_wins(ingest: Ingest) -> None:
    rows = [*product_rows(1500), {"product_id": "p3", "name": "Newer mug", "price": 9}]
    dated = [
        {"product_id": "d", "name": "New", "price": 2, "updated_at": "2026-02-01T00:00:00Z"},
        {"product_id": "d", "name": "Old", "price": 1, "updated_at": "2026-01-01T00:00:00Z"},
    ]
    done = ingest.load(rows + dated)

    assert "2 rows repeat a product id (p3, d)" in done.stdout
    assert ingest.live()["p3"]["name"] == "Newer mug"
    assert ingest.live()["d"]["name"] == "New"
    assert len(ingest.live()) == 1501


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["load", "absent.csv"], "absent.csv cannot be read: No such file or directory."),
        (["load", "."], "is a folder"),
        (["load", "empty.csv"], "empty.csv is empty"),
        (["load", "feed.csv", "--map", "absent.yaml"], "mapping file absent.yaml cannot be read"),
        (["load", "feed.csv", "--map", "bad.yaml"], "fields.colour: there is no such field"),
        (["load", "feed.csv", "--currency", "euro"], "ISO 4217"),
        (["load", "feed.csv", "--rejects", "absent/r.jsonl"], "Rejects cannot be written"),
        (["load", "feed.what"], "--format"),
        (["load", "feed.csv", "--keep", "0"], "must be 1 or more"),
        (["load"], "FILE"),
        (["unload"], "invalid choice"),
    ],
)
def test_wrong_usage_is_a_sentence_and_code_2(ingest: Ingest, arguments: list[str], message: str) -> None:
    (ingest.folder / "empty.csv").touch()
    (ingest.folder / "feed.csv").write_text("product_id,name,price\n1,Mug,5\n")
    (ingest.folder / "feed.what").write_text("x")
    (ingest.folder / "bad.yaml").write_text("fields: {colour: x}")
    done = ingest.run(*arguments)

    assert done.returncode == 2
    assert message in done.stderr


def test_a_wrong_setting_is_named(ingest: Ingest) -> None:
    done = ingest.run("load", "-", "--format", "jsonl", stdin=b"{}", SHOPSCOUT_INGEST_SENDERS="0")

    assert done.returncode == 2
    assert "SHOPSCOUT_INGEST_SENDERS: Input should be greater" in done.stderr


def test_a_dry_run_shows_products_and_needs_no_server(ingest: Ingest) -> None:
    feed = lines(product_rows(9) + BROKEN[:1])
    done = ingest.run("load", "-", "--format", "jsonl", "--dry-run", stdin=feed, SHOPSCOUT_ES_URL="http://127.0.0.1:1")

    assert done.returncode == 0
    assert done.stdout.count('"product_id"') == 3
    assert "9 products would be loaded, 1 rejected" in done.stdout
    assert ingest.rejects()[0]["product_id"] == "bad"


def test_a_server_that_is_away_is_code_4(ingest: Ingest) -> None:
    feed = lines(product_rows(1))
    done = ingest.run(
        "load", "-", "--format", "jsonl", "--wait", "1", stdin=feed, SHOPSCOUT_ES_URL="http://127.0.0.1:1"
    )

    assert done.returncode == 4
    assert "Elasticsearch cannot be reached" in done.stderr
    assert "run the same command again" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_load_that_is_stopped_cleans_up(ingest: Ingest, number: signal.Signals) -> None:
    ingest.load(product_rows(3))
    process = started_load(ingest)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert len(ingest.generations.all()) == 1
    assert len(ingest.live()) == 3


def test_a_load_that_is_killed_is_run_again(ingest: Ingest) -> None:
    ingest.load(product_rows(3))
    process = started_load(ingest)
    process.kill()
    process.communicate(timeout=60)
    assert len(ingest.generations.all()) == 2
    again = ingest.load(product_rows(3000))

    assert "which a load that died had left behind" in again.stderr
    assert len(ingest.live()) == 3000
    assert [g.state for g in ingest.generations.all()] == ["ready", "ready"]


def started_load(ingest: Ingest):  # type: ignore[no-untyped-def]  # noqa: ANN201 - subprocess.Popen
    """A load that has written some products and waits for more of its feed."""
    process = ingest.start("load", "-", "--format", "jsonl")
    process.stdin.write(lines(product_rows(2000)))
    process.stdin.flush()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        loading = [g for g in ingest.generations.all() if g.state == LOADING]
        if loading and ingest.client.indices.stats(index=loading[0].index)["_all"]["total"]["indexing"]["index_total"]:
            return process
        time.sleep(0.1)
    raise AssertionError("the load did not begin")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_feed_without_read_permission(ingest: Ingest) -> None:
    feed = ingest.folder / "secret.jsonl"
    feed.touch(mode=0o000)

    assert "Permission denied" in ingest.run("load", str(feed)).stderr


def test_rows_of_several_feeds_are_one_catalogue(ingest: Ingest) -> None:
    Path(ingest.folder, "a.jsonl").write_bytes(lines(product_rows(3)))
    Path(ingest.folder, "b.csv").write_text("product_id;name;price;tags\nb1;Cup;1,50;red|blue\nb2;Cup;x;\n")
    done = ingest.run("load", "a.jsonl", "b.csv", "--max-reject-share", "0.3")

    assert done.returncode == 0, done.stderr
    assert sorted(ingest.live()) == ["b1", "p0", "p1", "p2"]
    assert ingest.rejects("a.jsonl.rejects.jsonl")[0] | {"raw": ""} == {
        "feed": "b.csv", "line": 3, "reason": 'price "x" is not a number', "product_id": "b2", "raw": "",
    }  # fmt: skip
