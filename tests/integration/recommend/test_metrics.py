"""Metrics of recommendations: a few visits followed from list to order, with figures counted by hand."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest

from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from tests.factory import event, product
from tests.integration.recommend.conftest import PATIENT
from tests.integration.recommend.test_recommendations import ask, ids, send
from tests.shops import api, load

pytestmark = pytest.mark.needs_es


async def metrics(client: httpx.AsyncClient, **parameters: str) -> dict[str, Any]:
    response = await client.get("/api/admin/metrics/recommendations", params=parameters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_from_list_to_order(engine_settings: EngineSettings) -> None:
    load(engine_settings, [product(f"p{n}", review_count=n) for n in range(20)], FakeEmbedder(warn=False))
    async with api(engine_settings, recommend=PATIENT) as client:
        lists = [await ask(client, session_id=f"s{n}", limit=5) for n in range(4)]
        first, second = lists[0], lists[1]
        clicked, other = ids(first)[0], ids(second)[1]

        def click(answer: dict[str, Any], visit: str, what: str) -> dict[str, Any]:
            named = answer["recommendation_id"]
            return event("recommendation_click", session_id=visit, recommendation_id=named, product_id=what)

        await send(client, click(first, "s0", clicked), click(second, "s1", other))
        # Twice is once; a product that the list did not hold is none; nor is a list that nobody was shown.
        await send(client, click(first, "s0", clicked), click(first, "s0", "not-shown"))
        await send(client, click({"recommendation_id": "r-made-up"}, "s0", clicked))
        line = {"product_id": clicked, "quantity": 2, "price": 7.5}
        await send(
            client,
            event("add_to_cart", session_id="s0", product_id=clicked),
            event("add_to_cart", session_id="s3", product_id=clicked),
            event("order_placed", session_id="s0", order_id="o1", items=[line, {"product_id": "p1", "price": 1}]),
            event("recommendation_feedback", session_id="s0", product_id=clicked, verdict="like", event_id=uuid4().hex),
        )
        for _ in range(100):
            found = await metrics(client)
            if found["events"] >= 4 + 5 + 3:
                break
            await asyncio.sleep(0.1)
        everything = found["all"]
        assert (everything["lists"], everything["impressions"], everything["clicks"]) == (4, 20, 2)
        assert (everything["carts"], everything["purchases"]) == (1, 1)
        assert everything["ctr"] == 0.1
        assert everything["add_to_cart_rate"] == 0.5
        assert everything["conversion"] == 0.5
        assert Decimal(str(everything["revenue"])) == Decimal("15")
        assert everything["revenue_per_list"] == 3.75
        assert everything["coverage"] == len({p for answer in lists for p in ids(answer)}) / 20
        assert 0 <= everything["diversity"] <= 1
        assert found["by_placement"]["home"]["impressions"] == 20
        assert sum(group["clicks"] for group in found["by_algorithm"].values()) == 2
        assert set(everything) <= set(found["formulas"])
        assert found["shop"]["orders"] == 1
        assert found["shop"]["average_order_value"] == 16
        assert found["shop"]["satisfaction"] == 1
        assert found["service"]["answers"] == 4
        assert found["complete"]
        statistics = (await client.get("/api/admin/statistics")).json()
        assert (statistics["products"], statistics["recommendations"]) == (20, 4)
        assert statistics["conversations"]["turns"] == 0


async def test_a_shop_without_events_has_nothing_to_tell(engine_settings: EngineSettings) -> None:
    async with api(engine_settings, recommend=PATIENT) as client:
        found = await metrics(client)
        assert (found["events"], found["all"], found["by_algorithm"]) == (0, {}, {})
        assert (await client.get("/api/admin/statistics")).json()["products"] == 0
        wrong = await client.get("/api/admin/metrics/recommendations", params={"from": "yesterday"})
        assert wrong.status_code == 400
