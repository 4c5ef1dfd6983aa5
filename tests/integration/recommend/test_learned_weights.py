"""Weights of the hybrid, from shoppers' reactions over HTTP to the next list."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from shop.products.document import Product
from tests.factory import event
from tests.integration.recommend.conftest import PATIENT, learn, past
from tests.integration.recommend.test_recommendations import ask, ids, send
from tests.shops import api, load

pytestmark = pytest.mark.needs_es


async def test_what_shoppers_like_counts_more_in_the_next_list(
    engine_settings: EngineSettings, products: list[Product], tmp_path: Path
) -> None:
    load(engine_settings, products, FakeEmbedder(warn=False))
    history = past(products, datetime.now(UTC), sessions=40)
    # No list was shown yet, so that the job has nothing to learn from.
    learn(engine_settings, tmp_path, history, ["pairs", "successors", "feedback", "weights"])
    async with api(engine_settings, recommend=PATIENT) as client:
        first = await ask(client, customer_id="c1", limit=20)
        assert first["weights"] == "starting"
        for _ in range(5):
            answer = await ask(client, customer_id="c1", limit=20)
            liked = [item["product_id"] for item in answer["items"] if item["algorithm"] == "content"]
            assert liked
            named = {"recommendation_id": answer["recommendation_id"], "session_id": "s-likes"}
            told = {**named, "product_id": liked[0], "interaction_type": "purchase"}
            assert (await client.post("/api/feedback", json=told)).status_code == 200
            verdict = {"verdict": "purchase", **named}
            await send(client, *(event("recommendation_feedback", product_id=p, **verdict) for p in liked[1:]))
        for _ in range(300):
            if (await client.get("/api/admin/metrics/recommendations")).json()["all"].get("lists") == 6:
                break
            await asyncio.sleep(0.1)  # impressions are written every half second
    learn(engine_settings, tmp_path, [], ["feedback", "weights"])
    async with api(engine_settings, recommend=PATIENT) as client:
        after = await ask(client, customer_id="c1", limit=20)
        weights = (await client.get("/api/admin/metrics/recommendations")).json()["weights"]
        assert after["weights"] == "learned"
        assert len(ids(after)) == 20
    home = weights["learned"]["home"]
    assert home["weights"]["content"] > weights["starting"]["content"]
    assert sum(home["weights"].values()) == pytest.approx(1, abs=0.001)
    assert home["evidence"]["content"]["reward"] > home["evidence"]["content"]["expected"]
    # All that was learned was learned there.
    assert weights["learned"]["*"]["evidence"] == home["evidence"]
