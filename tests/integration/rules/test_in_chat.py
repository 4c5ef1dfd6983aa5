"""The same rules in the chat: it shows what a search under the rules for chat finds."""

import httpx
import pytest

from tests.integration.rules.conftest import Steer
from tests.integration.rules.test_steering import pin, rule

pytestmark = pytest.mark.needs_es


async def told(client: httpx.AsyncClient) -> list[str]:
    response = await client.post("/api/chat/message", json={"message": "show me sofas"})
    assert response.status_code == 200, response.text
    return [one["product"]["product_id"] for one in response.json()["recommendations"]]


async def found(client: httpx.AsyncClient) -> list[str]:
    return [hit["product_id"] for hit in (await client.get("/api/search?q=sofa")).json()["hits"]]


async def test_what_is_hidden_in_the_chat_is_found_by_search(client: httpx.AsyncClient, steer: Steer) -> None:
    assert "sofa-1" in await told(client)
    await steer(rule("away", {"type": "hide", "products": {"product_ids": ["sofa-1"]}}, surfaces=["chat"]))
    assert "sofa-1" not in await told(client)
    assert "sofa-1" in await found(client)


async def test_a_rule_for_search_alone_does_not_hold_in_the_chat(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(rule("away", {"type": "hide", "products": {"product_ids": ["sofa-1"]}}, surfaces=["search"]))
    assert "sofa-1" not in await found(client)
    assert "sofa-1" in await told(client)


async def test_a_rule_for_all_holds_in_both(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(rule("away", {"type": "hide", "products": {"product_ids": ["sofa-1"]}}), rule("pin", pin("sofa-1", 1)))
    assert "sofa-1" not in await told(client)
    assert "sofa-1" not in await found(client)
