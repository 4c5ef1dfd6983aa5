"""A reindex while the shop is searched and changed: nothing fails, nothing is lost, and it can be taken back."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from embed.fake import FakeEmbedder
from es.errors import GenerationError
from es.settings import EngineSettings
from ingest.__main__ import main
from ingest.errors import LoadRefused
from tests.factory import product
from tests.integration.reindex.conftest import STAGES, Shop, created, deleted, priced, some
from tests.shops import api, fake_models

pytestmark = pytest.mark.needs_es


async def test_searches_and_writes_go_on_and_none_fails_or_is_lost(
    engine_settings: EngineSettings, tmp_path: Path
) -> None:
    """Through the API: searches, prices, new products and deletions, from before the copy until after the swap."""
    shop = Shop(engine_settings, tmp_path, FakeEmbedder(64, warn=False))
    before = shop.load(some(300))
    done = asyncio.Event()
    statuses: list[int] = []
    prices: dict[str, float] = {}
    born: set[str] = set()
    gone: set[str] = set()

    async with api(engine_settings, fake_models(64), search_deadline_s=30) as client:

        async def search() -> None:
            while not done.is_set():
                response = await client.get("/api/search", params={"q": "mug number"})
                statuses.append(response.status_code)
                assert response.json()["total"] >= 50
                await asyncio.sleep(0.1)

        async def write(number: int) -> None:
            turn = 0
            while not done.is_set():
                turn += 1
                await asyncio.sleep(0.1)
                product_id, price = f"p{number * 20 + turn % 20}", float(1000 + turn)
                response = await client.patch(f"/api/products/{product_id}", json={"price": price})
                prices[product_id] = price
                statuses.append(response.status_code)
                if turn % 5 == 0:
                    name = f"n{number}-{turn}"
                    made = await client.put(f"/api/products/{name}", json={"name": "New mug", "price": 5})
                    statuses.append(made.status_code)
                    born.add(name)
                if turn % 7 == 0 and (old := f"p{200 + number * 30 + turn // 7 % 30}") not in gone:
                    statuses.append((await client.delete(f"/api/products/{old}")).status_code)
                    gone.add(old)

        async def reindex() -> None:
            try:
                while len(statuses) < 20:
                    await asyncio.sleep(0.02)
                await asyncio.to_thread(shop.run, max_pause_s=30)
                after = len(statuses)
                while len(statuses) < after + 20:
                    await asyncio.sleep(0.02)
            finally:
                done.set()

        await asyncio.gather(reindex(), search(), search(), write(0), write(1), write(2))

    assert set(statuses) <= {200, 201}, "a request failed"
    assert shop.live() != before
    found = shop.products()
    assert {product_id: float(found[product_id].price) for product_id in prices} == prices
    assert born <= found.keys()
    assert not gone & found.keys()
    assert len(found) == 300 + len(born) - len(gone)
    assert all(gate.passed for gate in shop.gates)
    shop.client.close()


def test_vectors_are_taken_over_where_the_model_is_the_same(shop: Shop) -> None:
    assert shop.embedder is not None
    first = shop.load(some(60))
    shop.embedder.calls.clear()
    summary = shop.run()

    assert sum(shop.embedder.calls) == 0
    assert (summary.copied, summary.replaced, summary.index) == (60, first, shop.live())
    assert [gate.name for gate in shop.gates] == [
        "count", "copied", "mapping", "versions", "text recall@10", "smoke",
    ]  # fmt: skip
    assert all(gate.threshold and gate.figure for gate in shop.gates)
    query = {"exists": {"field": "text_vector"}}
    assert shop.client.count(index=shop.live(), query=query)["count"] == 60


def test_another_model_embeds_all_anew_while_the_service_has_the_old_one(shop: Shop) -> None:
    shop.load(some(30))
    other = FakeEmbedder(16, name="other", warn=False)
    # New prices come, and the service has the old model still: it has no need to make a vector.
    shop.run(embedder=other, at={stage: lambda s=stage: shop.apply(priced(f"p{len(s)}", 500)) for stage in STAGES})

    assert sum(other.calls) >= 30
    assert shop.generations.models(shop.live())["text_vector"] == {"model": other.spec.id, "dims": 16}
    assert [float(shop.products()[f"p{len(stage)}"].price) for stage in STAGES] == [500.0] * len(STAGES)


def test_changes_at_every_stage_are_in_the_new_index(shop: Shop) -> None:
    """Deletions too, those that are remembered beside the products and those that are not; and products that were
    deleted and came again."""
    before = shop.load(some(80))

    def change(number: int) -> None:
        shop.apply(priced(f"p{number}", 700, version=9), deleted(f"p{10 + number}"), deleted(f"p{20 + number}", 9))
        shop.apply(*[deleted(f"p{30 + 9 * number + n}", 9 if n % 2 else None) for n in range(9)])
        shop.apply(created(f"n{number}", name="New kettle"))
        if number:
            # Deleted a stage ago, and that was looked at.
            shop.apply(created(f"p{9 + number}", name="Back again", price="3"))
        shop.apply(deleted(f"n{number}", 5), created(f"m{number}"))

    shop.run(at={stage: lambda n=n: change(n) for n, stage in enumerate(STAGES)})

    found = shop.products()
    assert shop.live() != before
    for number in range(len(STAGES)):
        assert float(found[f"p{number}"].price) == 700
        assert number == len(STAGES) - 1 or found[f"p{10 + number}"].name == "Back again"
        assert f"p{20 + number}" not in found
        assert f"n{number}" not in found
        assert f"m{number}" in found
        assert not {f"p{30 + 9 * number + n}" for n in range(9)} & found.keys()
    assert found.keys() == shop.products(before).keys(), "the old one took its last writes before the swap"
    # What is older than what was copied stays so, and what was deleted stays deleted.
    late = shop.apply(priced("p1", 1, version=8), priced("p21", 1, version=8))
    assert [outcome.result.value for outcome in late] == ["stale", "stale"]


def test_a_late_writer_is_sent_to_the_new_index_and_going_back_opens_the_old_one(shop: Shop) -> None:
    """It has read the old index, and writes after the swap: the old one refuses, and the change is made in the new."""
    before = shop.load(some(20))
    upserts = shop.upserts()
    plan = upserts._plan
    swapped = threading.Event()

    def late(index: str, changes: Any) -> Any:  # noqa: ANN401 - as ProductUpserts._plan
        steps = plan(index, changes)
        if not swapped.is_set():
            swapped.set()
            shop.run()
        return steps

    upserts._plan = late  # type: ignore[method-assign]
    outcomes = upserts.apply([priced("p1", 900), priced("p2", 900)])

    assert [outcome.result.value for outcome in outcomes] == ["changed", "changed"]
    assert [float(shop.products()[name].price) for name in ("p1", "p2")] == [900, 900]
    assert float(shop.products(before)["p1"].price) == 2
    copy = shop.live()
    assert shop.blocked(before)
    assert shop.generations.roll_back() == before
    shop.apply(priced("p1", 42))
    assert float(shop.products()["p1"].price) == 42
    shop.generations.use(copy)
    shop.apply(priced("p2", 43))
    assert float(shop.products()["p2"].price) == 43


def test_a_failed_gate_leaves_all_as_it_was_and_can_be_tried_again(shop: Shop) -> None:
    before = shop.load(some(40))
    judged = {"mug": {"p0": 3, "not there": 3}, "tent": {"p2": 3, "p7": 0}}
    with pytest.raises(LoadRefused, match=r"failed nDCG@10 and did not go live.*--resume.*--abort"):
        shop.run(judged=judged, min_ndcg=1.0)

    (failed,) = [gate for gate in shop.gates if not gate.passed]
    assert "at least 1.000" in failed.line()
    assert "FAILED" in failed.line()
    assert (shop.live(), shop.blocked(before)) == (before, False)
    shop.apply(priced("p1", 77))
    with pytest.raises(LoadRefused, match="left unfinished"):
        shop.run()
    assert shop.generations.prune(keep=2) == [], "it is no load that died"
    shop.run("resume", judged=judged, min_ndcg=0.0)
    assert shop.live() != before
    assert float(shop.products()["p1"].price) == 77


def test_gates_see_what_is_wrong_with_a_copy(shop: Shop) -> None:
    before = shop.load(some(30))

    def spoil() -> None:
        (copy,) = shop.copies()
        shop.client.delete(index=copy, id="p3")
        source = shop.client.get(index=copy, id="p4", source_exclude_vectors=False)["_source"]
        shop.client.index(
            index=copy, id="p4", document={**source, "name": "Another", "text_vector": [1.0] + [0.0] * 31}
        )

    with pytest.raises(LoadRefused, match="failed count, versions and did not"):
        shop.run(at={"gates": spoil})
    assert shop.live() == before
    gone = shop.copies()
    assert shop.run("abort").copied == 0
    assert (len(gone), shop.copies(), shop.live()) == (1, [], before)
    with pytest.raises(LoadRefused, match="no unfinished reindex to throw away"):
        shop.run("abort")


def test_what_cannot_be_read_is_named_and_keeps_the_copy_from_going_live(shop: Shop) -> None:
    assert shop.embedder is not None
    before = shop.load(some(10))
    shop.embedder.calls.clear()
    shop.client.index(index=before, id="broken", document={"product_id": "broken", "name": ""}, refresh=True)
    with pytest.raises(LoadRefused, match="failed copied"):
        shop.run(again=True)
    assert "broken" in (shop.folder / "reindex.rejects.jsonl").read_text()
    shop.client.delete(index=before, id="broken")
    assert sum(shop.embedder.calls) == 10, "all anew, as asked"
    shop.run("resume")
    assert sorted(shop.products()) == sorted(f"p{n}" for n in range(10))


def test_a_load_that_goes_live_meanwhile_wins(shop: Shop) -> None:
    shop.load(some(10))
    loaded: list[str] = []
    with pytest.raises(GenerationError, match="not live any more"):
        shop.run(at={"gates": lambda: loaded.append(shop.load(some(12)))})
    assert [shop.live()] == loaded
    with pytest.raises(LoadRefused, match="is live by now"):
        shop.run("resume")
    # The next load or reindex removes it.
    stale = shop.copies()
    assert len(stale) == 1
    assert set(stale) <= set(shop.generations.prune(keep=2))


def test_several_shards_and_long_gaps(engine_settings: EngineSettings, tmp_path: Path) -> None:
    """Products that were written again leave gaps in the numbers of writes, longer than one look takes in."""
    shop = Shop(engine_settings, tmp_path, None, shards=2)
    before = shop.load(some(100))
    for _ in range(12):
        lines: list[dict[str, Any]] = []
        for _ in range(1000):
            lines += [{"index": {"_id": "gap"}}, {"product_id": "gap"}]
        shop.client.bulk(index=before, operations=lines)
    shop.client.delete(index=before, id="gap")
    shop.apply(created("after", name="After the gap"))
    summary = shop.run()

    assert summary.copied == 101
    assert shop.products().keys() == {*(f"p{n}" for n in range(100)), "after"}
    shop.client.close()


def test_nothing_to_do_it_with_is_said(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match="load a catalogue first"):
        shop.run()
    shop.load([product("a")])
    with pytest.raises(LoadRefused, match="no unfinished reindex"):
        shop.run("resume")
    with shop.leases.held("reindex-products"), pytest.raises(LoadRefused, match="runs already"):
        shop.run()

    monkeypatch.chdir(tmp_path)
    environment = {
        "SHOPSCOUT_ES_URL": shop.engine.es_url,
        "SHOPSCOUT_INDEX_PREFIX": shop.engine.index_prefix,
        "SHOPSCOUT_TEXT_MODEL": "none",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "judged.csv").write_text("query,product_id,rating\nmug,p1,best\n")
    assert main(["reindex", "--judged", "nowhere.csv"]) == 2
    assert main(["reindex", "--judged", "judged.csv"]) == 2
    assert main(["reindex", "--abort"]) == 1
    assert main(["reindex", "--json", "--quiet"]) == 0
    monkeypatch.setenv("SHOPSCOUT_REINDEX_MIN_RECALL", "2")
    assert main(["reindex"]) == 2
    with pytest.raises(SystemExit):
        main(["reindex", "--resume", "--abort"])
