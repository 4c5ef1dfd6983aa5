"""Reindexes that die: writes go on, the live index stays, and what is left is gone on with or thrown away."""

import os
import threading
from pathlib import Path

import pytest

from es.errors import EngineRejected, EngineUnavailable, HandoverLost
from es.handover import Handover
from ingest.errors import LoadRefused
from shop.products.changes import apply
from tests.commands import Command
from tests.integration.reindex.conftest import Shop, created, deleted, priced, some

pytestmark = pytest.mark.needs_es
ROOT = Path(__file__).parents[3]


def started(shop: Shop, *options: str) -> Command:
    """`python -m ingest reindex` as a process of its own, without a model."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SHOPSCOUT_")},
        "PYTHONPATH": str(ROOT),
        "SHOPSCOUT_ES_URL": shop.engine.es_url,
        "SHOPSCOUT_INDEX_PREFIX": shop.engine.index_prefix,
        "SHOPSCOUT_TEXT_MODEL": "none",
        "SHOPSCOUT_REINDEX_LEASE_S": "5",
        "SHOPSCOUT_INGEST_BATCH_PRODUCTS": "50",
    }
    return Command("ingest", "reindex", *options, folder=shop.folder, environment=environment)


def killed_at(shop: Shop, stage: str, *options: str) -> None:
    """Kills it (-9) the moment it says that it is there."""
    process = started(shop, *options)
    with process.stderr:
        said = []
        for line in process.stderr:
            said.append(line)
            if line.startswith(stage.encode()):
                process.kill()
        process.communicate(timeout=60)
    assert process.returncode == -9, said


def test_killed_twice_and_gone_on_with(shop: Shop) -> None:
    before = shop.load(some(120))
    killed_at(shop, "copying")
    shop.apply(priced("p3", 33), deleted("p4"))
    with pytest.raises(LoadRefused, match=r"left unfinished|runs already"):
        shop.run()
    killed_at(shop, "handing over", "--resume")

    # It died while writes waited, or was about to: whoever writes lets them go on.
    shop.apply(priced("p1", 55, version=9), deleted("p2"), created("new", name="New lamp"))
    assert (shop.live(), shop.blocked(before)) == (before, False)
    shop.run("resume")

    found = shop.products()
    assert shop.live() != before
    assert shop.copies() == []
    assert found.keys() == {f"p{n}" for n in range(120) if n not in (2, 4)} | {"new"}
    assert (float(found["p1"].price), float(found["p3"].price)) == (55, 33)
    assert shop.apply(priced("p1", 1, version=8))[0].result.value == "stale"


def test_writers_wait_for_a_handover_and_end_that_of_the_dead(shop: Shop) -> None:
    live = shop.load(some(10))
    made: list[str] = []

    def write(number: int) -> None:
        made.append(shop.apply(priced(f"p{number}", 60 + number))[0].result.value)

    with shop.leases.held("reindex-products"):
        shop.handover.begin(live)
        waiting = threading.Thread(target=write, args=(1,))
        waiting.start()
        waiting.join(1.5)
        assert waiting.is_alive(), "it waits, for the handover goes on"
        shop.handover.release()
        waiting.join(60)
        assert made == ["changed"]
        shop.handover.begin(live)
    # Its process is gone now, the lease free: the next writer takes the block away.
    write(2)
    assert made == ["changed", "changed"]
    assert not shop.blocked(live)
    # One that was only asleep finds its handover gone.
    copy = shop.generations.create({"settings": {}, "mappings": {}}, {"of": live})
    with pytest.raises(HandoverLost):
        shop.handover.commit(live, copy)
    assert shop.live() == live
    assert float(shop.products()["p2"].price) == 62


def test_a_release_that_died_half_way_is_ended(shop: Shop) -> None:
    """The mark is gone, the block is there still."""
    live = shop.load(some(3))
    shop.handover.begin(live)
    settled = shop.client.indices.put_settings
    half = Handover(shop.client, shop.generations)

    def dies(**_arguments: object) -> None:
        raise ZeroDivisionError

    shop.client.indices.put_settings = dies  # type: ignore[assignment, method-assign]
    try:
        with pytest.raises(ZeroDivisionError):
            half.release()
    finally:
        shop.client.indices.put_settings = settled  # type: ignore[method-assign]
    assert shop.blocked(live)
    assert shop.apply(priced("p1", 9))[0].result.value == "changed"


def test_a_block_that_is_none_of_a_handover_is_left_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    live = shop.load(some(3))
    shop.client.indices.put_settings(index=live, settings={"index.blocks.write": True})
    with pytest.raises(EngineRejected, match="Somebody has blocked writes"):
        shop.apply(priced("p1", 9))
    with pytest.raises(EngineRejected, match="Somebody has blocked writes"):
        shop.run()
    assert (shop.live(), shop.blocked(live)) == (live, True)
    shop.client.indices.put_settings(index=live, settings={"index.blocks.write": None})
    monkeypatch.setattr(apply, "HANDOVER_WAIT_S", 0.2)
    with shop.leases.held("reindex-products"):
        shop.handover.begin(live)
        with pytest.raises(EngineUnavailable, match="goes over to a new generation"):
            shop.apply(priced("p1", 9))
