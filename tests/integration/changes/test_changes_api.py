"""PUT, PATCH, DELETE and _bulk on a real Elasticsearch, without a stream: what is answered is stored."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from embed.fake import FakeEmbedder
from es.client import connect
from es.settings import EngineSettings
from tests.factory import product
from tests.shops import api, load, no_models

pytestmark = pytest.mark.needs_es
IDS = ("a", "b", "shoes/red-42", "with space?&#é")


@pytest.fixture
def shop(engine_settings: EngineSettings) -> EngineSettings:
    load(
        engine_settings,
        [product("a", price="10", specifications={"size": "M"}), product("b")],
        FakeEmbedder(64, warn=False),
    )
    return engine_settings


async def put(client: httpx.AsyncClient, product_id: str, **fields: Any) -> httpx.Response:  # noqa: ANN401
    return await client.put(f"/api/products/{httpx.URL(path=product_id).raw_path.decode()}", json=fields)


def lines(*changes: dict[str, Any] | bytes) -> bytes:
    return b"\n".join(c if isinstance(c, bytes) else orjson.dumps(c) for c in changes)


async def test_a_product_is_written_changed_and_deleted(shop: EngineSettings) -> None:
    async with api(shop) as client:
        address = "/api/products/shoes/red-42"
        made = await client.put(address, json={"name": "Red shoe", "price": 59.95, "brand": "Acme"})
        again = await client.put(address, json={"name": "Red shoe", "price": 49.95})
        changed = await client.patch(address, json={"stock_quantity": 0, "specifications": {"Colour": "red"}})
        found = await client.get(address)
        gone = await client.delete(address)
        missing = await client.get(address)
        twice = await client.delete(address)

    assert (made.status_code, made.json()["result"]) == (201, "created")
    assert (again.status_code, again.json()["result"]) == (200, "changed")
    assert changed.status_code == 200
    body = found.json()
    assert (body["price"], body["brand"], body["in_stock"]) == (49.95, "", False)
    assert body["specifications"] == {"color": "red"}
    assert found.headers["etag"] == changed.headers["etag"] != again.headers["etag"]
    assert (gone.json()["result"], missing.status_code, twice.json()["result"]) == ("deleted", 404, "unchanged")


async def test_an_older_change_never_overwrites_a_newer_one(shop: EngineSettings) -> None:
    async with api(shop) as client:
        await client.patch("/api/products/a?version=10", json={"price": 5})
        older = await client.patch("/api/products/a", json={"price": 6, "version": 9})
        other = await client.patch("/api/products/a?version=9", json={"price": 6, "brand": "Late"})
        whole = await client.put("/api/products/a?version=8", json={"name": "Whole", "price": 7, "brand": "No"})
        deleted = await client.delete("/api/products/a?version=9")
        found = (await client.get("/api/products/a")).json()

    assert (older.status_code, older.json()["type"]) == (409, "/problems/conflict")
    assert "price" in older.json()["detail"]
    assert (other.status_code, other.json()["stale"]) == (200, ["price"])
    assert (whole.status_code, set(whole.json()["stale"])) == (200, {"price", "brand"})
    assert deleted.status_code == 409
    assert (found["price"], found["brand"], found["name"]) == (5, "Late", "Whole")


async def test_a_late_older_change_does_not_bring_a_deleted_product_back(shop: EngineSettings) -> None:
    async with api(shop) as client:
        await client.delete("/api/products/a?version=20")
        late = await client.put("/api/products/a?version=19", json={"name": "A", "price": 1})
        unborn = await client.delete("/api/products/never?version=20")
        before = await client.put("/api/products/never?version=20", json={"name": "A", "price": 1})
        newer = await client.put("/api/products/a?version=21", json={"name": "A", "price": 1})
        patched = await client.patch("/api/products/a", json={"price": 2})

    assert [late.status_code, before.status_code] == [409, 409]
    assert "deleted by a newer change" in late.json()["detail"]
    assert (unborn.json()["result"], newer.status_code, patched.status_code) == ("unchanged", 201, 200)


async def test_updated_at_is_a_version_too(shop: EngineSettings) -> None:
    async with api(shop) as client:
        await client.patch("/api/products/a", json={"price": 5, "updated_at": "2026-03-02T00:00:00Z"})
        late = await client.patch("/api/products/a", json={"price": 6, "updated_at": "2026-03-01T00:00:00Z"})
        without = await client.patch("/api/products/a", json={"price": 7})

    assert (late.status_code, without.status_code) == (409, 200)


async def test_read_modify_write(shop: EngineSettings) -> None:
    async with api(shop) as client:
        tag = (await client.get("/api/products/a")).headers["etag"]
        condition = {"If-Match": tag}
        first = await client.patch("/api/products/a", json={"price": 5}, headers=condition)
        second = await client.patch("/api/products/a", json={"price": 6}, headers=condition)
        third = await client.put(
            "/api/products/a", json={"name": "A", "price": 7}, headers={"If-Match": first.headers["etag"]}
        )
        lost = await client.delete("/api/products/a", headers=condition)
        found = await client.get("/api/products/a")
        gone = await client.delete("/api/products/a", headers={"If-Match": found.headers["etag"]})
        nothing = await client.put("/api/products/x", json={"name": "A", "price": 7}, headers={"If-Match": "*"})
        new = {"If-None-Match": "*"}
        once = await client.put("/api/products/x", json={"name": "A", "price": 7}, headers=new)
        twice = await client.put("/api/products/x", json={"name": "A", "price": 7}, headers=new)
        wrong = await client.patch("/api/products/x", json={"price": 1}, headers={"If-Match": "unquoted"})

    statuses = [r.status_code for r in (first, second, third, lost, found, gone, nothing, once, twice, wrong)]
    assert statuses == [200, 412, 200, 412, 200, 200, 412, 201, 412, 400]
    assert "read it again" in second.json()["detail"]


async def test_of_those_who_read_the_same_one_wins(shop: EngineSettings) -> None:
    async with api(shop) as client:
        for _ in range(5):
            tag = (await client.get("/api/products/a")).headers["etag"]
            answers = await asyncio.gather(
                *(client.patch("/api/products/a", json={"price": 100 + n}, headers={"If-Match": tag}) for n in range(8))
            )
            assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
            price = (await client.get("/api/products/a")).json()["price"]
            winner = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
            assert price == 100 + winner
            await client.patch("/api/products/a", json={"price": 1})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"price": -1}, "price -1 is negative"),
        ({"prise": 1}, "prise"),
        ({"name": None}, "name is empty"),
        ({"rating": 9}, "rating 9"),
        ({"currency": "euro"}, "currency"),
        ({"price": 1, "version": "new"}, "version"),
        ({"price": 1, "version": 0}, "version"),
        ({"product_id": "other", "price": 1}, "product_id"),
        ({"updated_at": "yesterday"}, "updated_at"),
        ({"specifications": 3}, "specifications"),
        ([1], "JSON object"),
    ],
)
async def test_what_is_wrong_is_said(shop: EngineSettings, body: Any, said: str) -> None:  # noqa: ANN401
    async with api(shop) as client:
        for answer in (
            await client.patch("/api/products/a", json=body),
            await client.put(
                "/api/products/a", json=body if isinstance(body, list) else {"name": "A", "price": 2, **body}
            ),
        ):
            assert answer.status_code == 400
            assert said in answer.json()["detail"]
        assert (await client.get("/api/products/a")).json()["price"] == 10


async def test_bodies_that_are_no_json(shop: EngineSettings) -> None:
    async with api(shop) as client:
        for body in (b"", b"{", b'"\xff"', b'{"name": "\\ud800", "price": 1}', b"[" * 100_000, b"null"):
            answer = await client.put("/api/products/a", content=body)
            assert answer.status_code == 400, body[:20]
        assert (await client.patch("/api/products/none", json={"price": 1})).status_code == 404
        assert (await client.put(f"/api/products/{'x' * 300}", json={"name": "A", "price": 1})).status_code == 400
        assert (await client.put("/api/products/%0A", json={"name": "A", "price": 1})).status_code == 400


async def test_a_bad_line_loses_nothing_else(shop: EngineSettings) -> None:
    good = [{"op": "put", "product_id": f"n{n}", "fields": {"name": f"Cup {n}", "price": n}} for n in range(9_999)]
    good[5_000:5_000] = [b'{"op": "put", "product_id": "bad", "fie']  # type: ignore[list-item]
    async with api(shop, changes_deadline_s=60) as client:
        answer = await client.post("/api/products/_bulk", content=lines(*good))
        too_many = await client.post("/api/products/_bulk", content=b"{}\n" * 10_001)

    assert answer.status_code == 200
    assert answer.json()["results"] == {"created": 9_999, "refused": 1}
    bad = answer.json()["items"][5_000]
    assert (bad["line"], bad["result"]) == (5_001, "refused")
    assert "no JSON" in bad["why"][0]
    assert too_many.status_code == 413
    with connect(shop) as elastic:
        elastic.indices.refresh(index=f"{shop.index_prefix}-products")
        assert elastic.count(index=f"{shop.index_prefix}-products")["count"] == 2 + 9_999


async def test_lines_are_answered_one_by_one_and_made_in_order(shop: EngineSettings) -> None:
    body = lines(
        {"op": "patch", "product_id": "a", "fields": {"price": 3}},
        b"",
        {"op": "patch", "product_id": "a", "fields": {"price": 4, "rating": 3}},
        {"op": "patch", "product_id": "none", "fields": {"price": 4}},
        {"op": "delete", "product_id": "b"},
        {"op": "patch", "product_id": "b", "fields": {"price": 4}},
        {"op": "put", "product_id": "b", "fields": {"name": "B", "price": 4}},
        {"op": "patch", "product_id": "a", "version": 4, "fields": {"price": "free"}},
        {"op": "toss", "product_id": "a"},
        {"op": "delete", "product_id": "a", "fields": {"price": 1}},
        {"op": "patch", "product_id": "a", "fields": {}, "extra": 1},
        b"[1]",
        {"op": "patch", "product_id": 7, "fields": {"price": 4}},
    )
    async with api(shop) as client:
        answer = (await client.post("/api/products/_bulk", content=body)).json()
        prices = [(await client.get(f"/api/products/{i}")).json()["price"] for i in "ab"]
        empty = await client.post("/api/products/_bulk", content=b"\n\n")

    results = [(item["line"], item["result"]) for item in answer["items"]]
    assert results[:6] == [
        (1, "changed"),
        (3, "changed"),
        (4, "missing"),
        (5, "deleted"),
        (6, "missing"),
        (7, "created"),
    ]
    assert {result for _, result in results[6:]} == {"refused"}
    assert all(item["why"] for item in answer["items"] if item["result"] in ("refused", "missing"))
    assert prices == [4, 4]
    assert empty.status_code == 400


async def test_prices_change_while_no_model_serves(shop: EngineSettings) -> None:
    async with api(shop, no_models()) as client:
        price = await client.patch("/api/products/a", json={"price": 3})
        both = await client.post(
            "/api/products/_bulk",
            content=lines(
                {"op": "patch", "product_id": "a", "fields": {"name": "Another text"}},
                {"op": "patch", "product_id": "b", "fields": {"price": 3}},
            ),
        )
        text = await client.patch("/api/products/a", json={"name": "Another text"})

    assert price.status_code == 200
    assert [item["result"] for item in both.json()["items"]] == ["unavailable", "changed"]
    assert (text.status_code, text.json()["type"]) == (503, "/problems/model-unavailable")
    assert "retry-after" in text.headers


async def test_nothing_loaded_and_no_server(engine_settings: EngineSettings) -> None:
    async with api(engine_settings) as client:
        answer = await client.put("/api/products/a", json={"name": "A", "price": 1})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/no-catalogue")
    away = engine_settings.model_copy(update={"es_url": "http://127.0.0.1:9"})
    async with api(away, changes_deadline_s=2) as client:
        answer = await client.put("/api/products/a", json={"name": "A", "price": 1})
        ready = (await client.get("/health/ready")).json()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert ready["checks"]["changes"]["status"] == "degraded"


async def test_a_full_disk_is_said_and_recovered_from(shop: EngineSettings) -> None:
    async with api(shop, changes_deadline_s=4) as client:
        with connect(shop) as elastic:
            alias = f"{shop.index_prefix}-products"
            elastic.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": True})
            refused = await client.patch("/api/products/a", json={"price": 3})
            elastic.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": None})
        taken = await client.patch("/api/products/a", json={"price": 3})

    assert (refused.status_code, taken.status_code) == (503, 200)


async def test_a_new_price_and_a_new_text_are_found(shop: EngineSettings) -> None:
    async with api(shop) as client:
        await client.put("/api/products/c", json={"name": "Quixotic lantern", "price": 77.5})
        await asyncio.sleep(1.5)
        found = (await client.get("/api/search", params={"q": "quixotic lantern", "min_price": 77})).json()

    assert [hit["product_id"] for hit in found["hits"]] == ["c"]
