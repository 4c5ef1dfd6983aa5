"""A reindex looks at what the shop's searches take, and at nobody else's."""

import threading
from pathlib import Path

import pytest

from embed.fake import FakeEmbedder
from es.errors import EngineUnavailable
from es.settings import EngineSettings
from ingest.reindex import pace
from ingest.reindex.pace import FEW, processors, searched, worked_ms
from shop.products.since import reached, writes_between
from tests.integration.reindex.conftest import Shop, some

pytestmark = pytest.mark.needs_es


def test_what_the_copy_reads_is_no_search_of_the_shop(shop: Shop) -> None:
    live = shop.load(some(20))
    before = searched(shop.client, live)
    for _ in range(5):
        shop.client.search(index=live, query={"match": {"name": "mug"}})
    upto = reached(shop.client, live).done
    read = list(writes_between(shop.client, live, {}, upto, lambda request: request()))
    since = searched(shop.client, live) - before
    assert len(read) == 20
    assert since.queries == 5
    assert 0 <= since.ms < 5_000


def test_what_an_index_takes_is_counted(shop: Shop) -> None:
    live = shop.load(some(300))
    assert 0 < worked_ms(shop.client, live) < 60_000
    assert processors(shop.client) >= 1


def test_an_index_whose_shards_have_not_started_is_told_to_be_away(shop: Shop) -> None:
    index = f"{shop.engine.index_prefix}-homeless"
    nowhere = {"index.routing.allocation.require._name": "nobody"}
    shop.client.indices.create(index=index, settings=nowhere, wait_for_active_shards=0)
    try:
        for look in (searched, worked_ms):
            with pytest.raises(EngineUnavailable):
                look(shop.client, index)
    finally:
        shop.client.indices.delete(index=index)


def test_every_product_is_copied_while_the_shop_is_searched(
    engine_settings: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches far slower than they may be: the copy slows down, and ends all the same."""
    for name, value in {"LOOKS": 3, "FIRST_RATE": 1000.0, "LEAST_RATE": 250.0, "LOOK_EVERY_S": 0.1}.items():
        monkeypatch.setattr(pace, name, value)
    shop = Shop(engine_settings, tmp_path, FakeEmbedder(64, warn=False))
    live, ended = shop.load(some(560)), threading.Event()

    def search() -> None:
        while not ended.is_set():
            shop.client.search(index=live, query={"match": {"name": "mug"}}, size=1)

    before = searched(shop.client, live)
    shopper = threading.Thread(target=search)
    shopper.start()
    try:
        summary = shop.run(slower=1e-9)
    finally:
        ended.set()
        shopper.join()
    assert summary.copied == 560
    assert searched(shop.client, live).queries - before.queries > FEW
    assert shop.products().keys() == {f"p{n}" for n in range(560)}
    assert shop.live() != live
    assert any("as the shop is searched" in line for line in shop.said)


def test_a_shop_that_nobody_searches_gets_one_segment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LOOK_EVERY_S", 0.1)
    shop.load(some(510))
    summary = shop.run()
    assert summary.copied == 510
    assert "merging" in shop.said
    found = shop.client.indices.segments(index=shop.live())["indices"][shop.live()]["shards"]["0"][0]
    assert len(found["segments"]) == 1
