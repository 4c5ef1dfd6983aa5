"""A person is given out whole and erased whole, in every index; others are left alone."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from es.lease import Leases
from es.settings import EngineSettings
from jobs.job import Workplace
from shop.events.document import TYPES
from tests import commands
from tests.factory import event
from tests.integration.jobs.conftest import store

pytestmark = pytest.mark.needs_es

ROOT = Path(__file__).parents[3]


def run(engine: EngineSettings, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    given = {
        "SHOPSCOUT_ES_URL": engine.es_url,
        "SHOPSCOUT_INDEX_PREFIX": engine.index_prefix,
        "SHOPSCOUT_JOBS_FOLDER": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    return commands.run("jobs", *arguments, folder=ROOT, environment=os.environ | given)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def shop_with_persons(place: Workplace) -> None:
    """Ann (two sessions, one of them anonymous at first), Bob in a session that Ann used too, a stranger."""
    names = place.names
    ann = [event(kind, event_id=f"ann-{kind}", customer_id="ann", session_id="s-1") for kind in TYPES]
    store(place, ann)
    store(
        place,
        [
            event("view_product", event_id="ann-before-login", session_id="s-1"),
            event("view_product", event_id="ann-other-session", session_id="s-2", customer_id="ann"),
            event("view_product", event_id="ann-long-ago", customer_id="ann", timestamp="2025-06-01T10:00:00Z"),
            event("view_product", event_id="bob", customer_id="bob", session_id="s-2"),
            event("view_product", event_id="stranger", session_id="s-3"),
        ],
    )
    # An index of another kind, which names persons as events do, and one that holds none.
    held = {"properties": {"customer_id": {"type": "keyword"}, "text": {"type": "text"}}}
    place.client.indices.create(index=f"{names.prefix}-conversations", mappings=held)
    for person in ("ann", "bob"):
        document = {"customer_id": person, "text": f"I am {person}"}
        place.client.index(index=f"{names.prefix}-conversations", id=f"talk-{person}", document=document)
    place.client.index(index=f"{names.prefix}-words", id="ann", document={"word": "ann"})


def everything(place: Workplace) -> set[str]:
    place.client.indices.refresh(index=place.names.everything)
    indices = f"{place.names.everything},-{place.names.alias('jobs')}"
    hits = place.client.search(index=indices, size=1000)["hits"]["hits"]
    return {hit["_id"] for hit in hits}


def test_a_person_is_given_out_and_erased(place: Workplace, engine_settings: EngineSettings, tmp_path: Path) -> None:
    shop_with_persons(place)
    hers = {f"ann-{kind}" for kind in TYPES} | {"ann-before-login", "ann-other-session", "ann-long-ago", "talk-ann"}
    others = {"bob", "stranger", "talk-bob", "ann"}
    given = lines(run(engine_settings, tmp_path, "export-person", "ann"))
    assert {record["id"] for record in given} == hers
    assert {record["document"]["text"] for record in given if record["id"] == "talk-ann"} == {"I am ann"}

    exported = tmp_path / engine_settings.index_prefix / "events.parquet"
    exported.write_bytes(b"ann")
    erased = lines(run(engine_settings, tmp_path, "erase-person", "ann"))[0]
    assert erased["deleted"] == len(hers)
    assert everything(place) == others
    assert not exported.exists()
    assert lines(run(engine_settings, tmp_path, "export-person", "ann")) == []
    assert lines(run(engine_settings, tmp_path, "erase-person", "ann"))[0]["deleted"] == 0
    assert everything(place) == others


def test_nobody_is_erased_while_a_job_may_write_them_again(
    place: Workplace, leases: Leases, engine_settings: EngineSettings, tmp_path: Path
) -> None:
    shop_with_persons(place)
    with leases.held("profiles"):
        refused = run(engine_settings, tmp_path, "erase-person", "s-3")
        assert (refused.returncode, "profiles is run by" in refused.stderr) == (3, True)
        assert "stranger" in everything(place)
    assert lines(run(engine_settings, tmp_path, "erase-person", "s-3"))[0]["deleted"] == 1


def test_an_anonymous_session_is_a_person_too(
    place: Workplace, engine_settings: EngineSettings, tmp_path: Path
) -> None:
    shop_with_persons(place)
    assert lines(run(engine_settings, tmp_path, "erase-person", "s-3"))[0]["deleted"] == 1
    assert "stranger" not in everything(place)


def test_a_person_of_whom_nothing_is_kept(engine_settings: EngineSettings, tmp_path: Path) -> None:
    assert lines(run(engine_settings, tmp_path, "export-person", "nobody")) == []
    assert lines(run(engine_settings, tmp_path, "erase-person", "nobody"))[0]["deleted"] == 0


def test_the_command_line_says_what_is_wrong(engine_settings: EngineSettings, tmp_path: Path) -> None:
    unknown = run(engine_settings, tmp_path, "run", "magic")
    assert (unknown.returncode, "there are bots, retention" in unknown.stderr) == (2, True)
    away = run(engine_settings.model_copy(update={"es_url": "http://127.0.0.1:9"}), tmp_path, "run", "bots")
    assert away.returncode == 4
    assert lines(run(engine_settings, tmp_path, "run", "retention"))[0]["deleted"] == []
    both = lines(run(engine_settings, tmp_path, "run", "retention", "bots"))
    assert [told["job"] for told in both] == ["retention", "bots"]
    assert run(engine_settings, tmp_path, "run", "bots", "magic").stdout == ""
    listed = run(engine_settings, tmp_path, "list")
    assert "retention" in listed.stdout
    assert "done" in listed.stdout
    assert run(engine_settings, tmp_path, "schedule", "--once").returncode == 0
