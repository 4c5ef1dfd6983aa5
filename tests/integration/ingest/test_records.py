"""`python -m ingest orders | customers | reviews | promotions | demo-desk`: files into a real Elasticsearch."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.chat.tools.offers import PromotionsArguments, PromotionsTool
from app.chat.tools.tool import Caller, Outcome
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.settings import EvaluateSettings
from shop.customers.store import CustomerStore
from shop.orders.document import Change, OrderStatus
from shop.orders.store import OrderStore
from shop.promotions.store import PromotionStore
from shop.reviews.store import ReviewStore
from tests import commands
from tests.orders import order

pytestmark = pytest.mark.needs_es

ROOT = Path(__file__).parents[3]
DATA = EvaluateSettings().data
TAU2 = DATA / "chat" / "tau2-retail" / "db.json"
LUMA = DATA / "catalog" / "magento-luma" / "reviews.csv"
NOW = datetime.now(UTC)


def run(engine: EngineSettings, folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    given = {
        "SHOPSCOUT_ES_URL": engine.es_url,
        "SHOPSCOUT_INDEX_PREFIX": engine.index_prefix,
        "SHOPSCOUT_INGEST_RETRY_FOR_S": "5",
        "PYTHONPATH": str(ROOT),
    }
    done = commands.run("ingest", *arguments, folder=folder, environment=os.environ | given)
    assert done.returncode == code, done.stderr
    try:
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (json.JSONDecodeError, IndexError):
        told = {"out": done.stdout, "error": done.stderr}
    return told


def written(path: Path, *rows: Any) -> str:  # noqa: ANN401 - JSON
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


async def test_wrong_rows_are_named_and_the_others_stored_once(engine_settings: EngineSettings, tmp_path: Path) -> None:
    good = order().model_dump(mode="json")
    rows = [good, {**good, "order_id": "W2", "status": "lost"}, {"order_id": "W3"}, {**good, "items": []}, "text"]
    path = written(tmp_path / "orders.jsonl", *rows)
    for _ in range(2):
        told = run(engine_settings, tmp_path, "orders", path, "--json", "--quiet")
        assert (told["read"], told["stored"], told["rejected"]) == (5, 1, 4)
    rejects = [json.loads(line) for line in (tmp_path / told["rejects_file"]).read_text(encoding="utf-8").splitlines()]
    assert len(rejects) == 4
    assert any("status" in reject["reason"] for reject in rejects)
    assert run(engine_settings, tmp_path, "orders", path, "--strict", "--quiet", "--json", code=3)
    async with connect_async(engine_settings) as client:
        assert await OrderStore(client, IndexNames(engine_settings.index_prefix)).count() == 1


async def test_what_was_changed_here_outlives_an_older_feed(engine_settings: EngineSettings, tmp_path: Path) -> None:
    path = written(tmp_path / "orders.jsonl", order().model_dump(mode="json"))
    run(engine_settings, tmp_path, "orders", path, "--quiet")
    async with connect_async(engine_settings) as client:
        store = OrderStore(client, IndexNames(engine_settings.index_prefix))
        held = await store.get("W100")
        assert held is not None
        change = Change(request_key="k", action="cancel", at=NOW, by="test", policy="default@1")
        cancelled = held.order.model_copy(update={"status": OrderStatus.CANCELLED, "changes": [change]})
        await store.save(held, cancelled)
        told = run(engine_settings, tmp_path, "orders", path, "--json", "--quiet")
        assert (told["stored"], told["kept"]) == (0, 1)
        newer = order(status="processed", updated_at=NOW + timedelta(hours=1)).model_dump(mode="json")
        told = run(engine_settings, tmp_path, "orders", written(Path(path), newer), "--json", "--quiet")
        assert (told["stored"], told["kept"]) == (1, 0)
        again = await store.get("W100")
        assert again is not None
        assert again.order.status is OrderStatus.PROCESSED
        assert again.order.change_of("k") is not None


@pytest.mark.skipif(not TAU2.is_file(), reason=f"{TAU2} is not there; set SHOPSCOUT_DATA to the test data")
async def test_the_database_of_tau2_is_loaded_whole(engine_settings: EngineSettings, tmp_path: Path) -> None:
    for kind, count in (("orders", 1000), ("customers", 500)):
        told = run(engine_settings, tmp_path, kind, str(TAU2), "--shape", "tau2", "--json", "--quiet")
        assert (told["stored"], told["rejected"]) == (count, 0)
    async with connect_async(engine_settings) as client:
        names = IndexNames(engine_settings.index_prefix)
        assert await OrderStore(client, names).count() == 1000
        assert await CustomerStore(client, names).count() == 500


def test_a_file_of_another_shape_says_so(engine_settings: EngineSettings, tmp_path: Path) -> None:
    path = written(tmp_path / "db.json", {"orders": {"a": {}}})
    told = run(engine_settings, tmp_path, "orders", path, "--shape", "tau2", code=2)
    assert "not of the shape tau2" in told["error"]
    assert "There is no file" in run(engine_settings, tmp_path, "orders", "x.json", "--shape", "tau2", code=2)["error"]


@pytest.mark.skipif(not LUMA.is_file(), reason=f"{LUMA} is not there; set SHOPSCOUT_DATA to the test data")
async def test_reviews_are_loaded_under_a_shops_own_names(engine_settings: EngineSettings, tmp_path: Path) -> None:
    fields = ("--field", "product_id=sku", "--field", "text=review")
    for _ in range(2):
        told = run(engine_settings, tmp_path, "reviews", str(LUMA), *fields, "--json", "--quiet")
        assert (told["read"], told["rejected"]) == (500, 0)
    async with connect_async(engine_settings) as client:
        found = await ReviewStore(client, IndexNames(engine_settings.index_prefix)).of_product("24-MB02")
        assert len(found) >= 2


async def test_promotions_are_told_while_they_run(engine_settings: EngineSettings, tmp_path: Path) -> None:
    day = timedelta(days=1)
    rows = [
        {"promotion_id": "on", "title": "10 % off lamps", "code": "LAMP", "brands": ["Lux"],
         "ends_at": (NOW + day).isoformat()},
        {"promotion_id": "over", "title": "Old", "ends_at": (NOW - day).isoformat()},
        {"promotion_id": "later", "title": "Later", "starts_at": (NOW + day).isoformat()},
        {"promotion_id": "wrong", "title": "W", "starts_at": NOW.isoformat(), "ends_at": (NOW - day).isoformat()},
    ]  # fmt: skip
    path = written(tmp_path / "promotions.jsonl", *rows)
    assert run(engine_settings, tmp_path, "promotions", path, "--json", "--quiet")["rejected"] == 1
    async with connect_async(engine_settings) as client:
        tool = PromotionsTool(PromotionStore(client, IndexNames(engine_settings.index_prefix)))
        everything = await tool.run(PromotionsArguments(), Caller("s", "m"))
        assert everything.say.startswith("There is 1 promotion at the moment: 10 % off lamps with the code LAMP until")
        other = await tool.run(PromotionsArguments(product_id="p", brand="Other"), Caller("s", "m"))
        assert other.outcome is Outcome.EMPTY


async def test_the_demo_shops_desk_is_loaded_and_kept(engine_settings: EngineSettings, tmp_path: Path) -> None:
    for _ in range(2):
        told = run(engine_settings, tmp_path, "demo-desk")
        assert "5 orders" in told["out"]
    async with connect_async(engine_settings) as client:
        found = await OrderStore(client, IndexNames(engine_settings.index_prefix)).of_customer("ann")
        assert [one.order_id for one in found] == ["W1001", "W1002", "W1003", "W1004"]
