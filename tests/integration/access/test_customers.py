"""A shopper's browser speaks for its own customer alone, whatever field names one."""

import time

import httpx
import jwt

from tests.integration.access.conftest import ISSUER, PAGE, SECRET, Keys


def page(keys: Keys, customer: str = "") -> dict[str, str]:
    """Headers of a page, signed in or not."""
    headers = {"X-Api-Key": keys.public, "Origin": PAGE}
    if customer:
        now = int(time.time())
        claims = {"sub": customer, "aud": "shopscout", "iss": ISSUER, "iat": now, "exp": now + 600}
        headers["Authorization"] = "Bearer " + jwt.encode(claims, SECRET, "HS256", headers={"kid": "s"})
    return headers


def viewed(customer: str | None) -> dict[str, str]:
    event = {"type": "view_product", "product_id": "p1", "session_id": "s-1"}
    return event if customer is None else {**event, "customer_id": customer}


async def test_recommendations_of_another_customer_are_refused(shop: httpx.AsyncClient, keys: Keys) -> None:
    async def status(customer: str, headers: dict[str, str], *, post: bool) -> int:
        asked = {"placement": "home", "customer_id": customer}
        if post:
            return (await shop.post("/api/recommendations", json=asked, headers=headers)).status_code
        return (await shop.get("/api/recommendations", params=asked, headers=headers)).status_code

    for post in (False, True):
        assert await status("c-2", page(keys, "c-1"), post=post) == 403
        assert await status("c-2", page(keys), post=post) == 403
        assert await status("c-1", page(keys, "c-1"), post=post) not in (401, 403)
        assert await status("c-2", keys.of("search"), post=post) not in (401, 403)


async def test_events_of_another_customer_are_refused_one_by_one(shop: httpx.AsyncClient, keys: Keys) -> None:
    sent = [viewed(None), viewed("c-1"), viewed("c-2")]
    signed = (await shop.post("/api/events", json=sent, headers=page(keys, "c-1"))).json()
    assert [event["status"] for event in signed["events"]] == ["accepted", "accepted", "refused"]
    assert "customer_id" in signed["events"][2]["why"]
    visitor = (await shop.post("/api/events", json=sent, headers=page(keys))).json()
    assert [event["status"] for event in visitor["events"]] == ["accepted", "refused", "refused"]
    server = (await shop.post("/api/events", json=sent, headers=keys.of("events"))).json()
    assert server["accepted"] == 3


async def test_a_conversation_of_one_customer_is_nobody_elses(shop: httpx.AsyncClient, keys: Keys) -> None:
    chat = keys.of("chat")
    said = await shop.post(
        "/api/chat/message", json={"message": "a red lamp"}, headers={**chat, "X-Customer-Id": "c-1"}
    )
    assert said.status_code == 200
    session = said.json()["session_id"]

    async def read(**headers: str) -> int:
        return (await shop.get(f"/api/chat/history/{session}", headers={**chat, **headers})).status_code

    assert await read(**{"X-Customer-Id": "c-1"}) == 200
    assert await read(**{"X-Customer-Id": "c-2"}) == 404
    assert await read() == 404
    assert await read(Authorization=page(keys, "c-1")["Authorization"]) == 200
    assert await read(Authorization=page(keys, "c-2")["Authorization"], **{"X-Customer-Id": "c-1"}) == 404
