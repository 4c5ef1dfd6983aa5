"""The conversation over HTTP: sessions, parts, retries, order, ownership, forgetting, feedback."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from es.client import connect
from es.settings import EngineSettings
from evaluate.faults.proxy import State, proxy_to
from tests.engines import engine_at
from tests.shops import api, no_models


async def say(client: httpx.AsyncClient, message: str, session: str | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = await client.post("/api/chat/message", json={"message": message, "session_id": session, **more})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def names(answer: dict[str, Any]) -> list[str]:
    return [item["product"]["name"] for item in answer["recommendations"]]


async def test_the_first_dialogue(client: httpx.AsyncClient) -> None:
    first = await say(client, "I need a gift for my hiking-loving mom")
    assert set(names(first)) >= {"Summit hiking boots", "Trail hiking socks", "Ridge hiking poles"}
    assert not {"Pico hiking backpack for children", "Beard trimmer for hiking men"} & set(names(first))
    assert first["shopping_context"]["recipient"] == "mom"
    assert "What is your budget?" in first["clarifying_questions"]
    top = first["recommendations"][0]
    assert set(top["match_factors"]) == {"relevance", "price", "occasion", "interest"}
    assert "hiking" in top["recommendation_reason"]

    session = first["session_id"]
    second = await say(client, "Something under $100 would be great", session)
    assert names(second)
    assert all(item["product"]["price"] <= 100 for item in second["recommendations"])
    assert set(names(second)) == {"Trail hiking socks", "Ridge hiking poles"}

    third = await say(client, "What about fitness or health related items?", session)
    assert names(third) == ["Fitness tracker"]
    assert third["shopping_context"]["budget"] == "under $100"
    assert third["shopping_context"]["recipient"] == "mom"

    fourth = await say(client, "Show me something for cooking enthusiasts", session)
    assert names(fourth) == ["Skillet for cooking"]
    assert fourth["next_actions"]
    assert "$42.00" in fourth["message"]


async def test_products_that_were_shown_can_be_pointed_at(client: httpx.AsyncClient) -> None:
    first = await say(client, "hiking under $160 for women")
    session, shown = first["session_id"], [item["product"] for item in first["recommendations"]]
    second = await say(client, "tell me more about the second one", session)
    assert shown[1]["name"] in second["message"]
    cheapest = min(shown, key=lambda product: product["price"])
    third = await say(client, "how much is the cheapest of these?", session)
    assert f"{cheapest['name']} costs ${cheapest['price']:.2f}" in third["message"]
    table = await say(client, "compare the first two", session)
    price = next(row for row in table["table"] if row["name"] == "price")
    assert price["values"] == [shown[0]["price"], shown[1]["price"]]
    ninth = await say(client, "what about the ninth one? tell me about number 9", session)
    assert "there is no number 9" in ninth["message"]


async def test_a_question_about_it_is_answered_from_the_record(client: httpx.AsyncClient) -> None:
    first = await say(client, "fitness tracker")
    second = await say(client, "and how is its battery life?", first["session_id"])
    assert "Battery life of Fitness tracker: 7 days." in second["message"]
    third = await say(client, "is it in stock?", first["session_id"])
    assert third["message"] == "Fitness tracker is in stock."


async def test_citations_point_at_what_they_say(client: httpx.AsyncClient) -> None:
    answer = await say(client, "cooking")
    assert answer["citations"]
    for cited in answer["citations"]:
        sentence = answer["message"][cited["start"] : cited["end"]]
        assert sentence.endswith(".")
        for record_id in cited["record_ids"]:
            shown = [p["product"] for p in answer["recommendations"]]
            product = next(p for p in shown if f"product:{p['product_id']}" == record_id)
            if len(cited["record_ids"]) == 1:
                assert product["name"] in sentence


async def test_parts_come_one_by_one_products_first(client: httpx.AsyncClient) -> None:
    body = {"message": "cooking under $100"}
    parts: list[dict[str, Any]] = []
    async with client.stream("POST", "/api/chat/message", json=body, headers={"accept": "text/event-stream"}) as got:
        assert got.headers["content-type"].startswith("text/event-stream")
        async for line in got.aiter_lines():
            if line.startswith("data: "):
                parts.append(json.loads(line.removeprefix("data: ")))
    kinds = [part["type"] for part in parts]
    assert kinds[:2] == ["understood", "products"]
    assert kinds[-3:] == ["questions", "actions", "done"]
    assert kinds.index("products") < kinds.index("text")
    text = "".join(part["delta"] for part in parts if part["type"] == "text")
    assert text == parts[-1]["answer"]["message"]


async def test_a_message_sent_again_is_answered_once(client: httpx.AsyncClient) -> None:
    first = await say(client, "cooking")
    session = first["session_id"]
    once = await say(client, "under $50", session, message_id="m-1")
    again = await say(client, "under $50", session, message_id="m-1")
    assert again == once
    history = (await client.get(f"/api/chat/history/{session}")).json()
    assert [line["text"] for line in history["messages"] if line["role"] == "user"] == ["cooking", "under $50"]


async def test_two_messages_at_once_are_answered_in_turn(client: httpx.AsyncClient, shop: EngineSettings) -> None:
    session = (await say(client, "cooking"))["session_id"]
    async with api(shop, search_deadline_s=30, semantic_floor=0.99) as other:
        answers = await asyncio.gather(
            say(client, "under $100", session), say(other, "not copper", session), say(client, "hello", session)
        )
    history = (await client.get(f"/api/chat/history/{session}")).json()
    assert len(history["messages"]) == 8
    assert [line["role"] for line in history["messages"]] == ["user", "assistant"] * 4
    assert {answer["session_id"] for answer in answers} == {session}
    assert 100 in [wish.get("high") for wish in history["shopping_context"]["wishes"]]


async def test_a_session_belongs_to_whoever_began_it(client: httpx.AsyncClient) -> None:
    mine = {"X-Customer-Id": "anna"}
    begun = await client.post("/api/chat/message", json={"message": "cooking"}, headers=mine)
    session = begun.json()["session_id"]
    assert len(session) >= 32
    unknown = await client.get("/api/chat/history/nothing")
    for headers in ({}, {"X-Customer-Id": "bob"}):
        for answer in (
            await client.get(f"/api/chat/history/{session}", headers=headers),
            await client.delete(f"/api/chat/history/{session}", headers=headers),
            await client.post("/api/chat/message", json={"message": "x", "session_id": session}, headers=headers),
        ):
            assert (answer.status_code, answer.json()) == (404, unknown.json())
    assert (await client.get(f"/api/chat/history/{session}", headers=mine)).status_code == 200
    assert (await client.delete(f"/api/chat/history/{session}", headers=mine)).status_code == 204
    assert (await client.get(f"/api/chat/history/{session}", headers=mine)).status_code == 404


@pytest.mark.parametrize("name", [".", ".."])
async def test_a_session_whose_name_is_a_step_in_an_address_is_none(client: httpx.AsyncClient, name: str) -> None:
    await client.post("/api/chat/message", json={"message": "cooking"})
    escaped = name.replace(".", "%2e")
    for answer in (
        await client.get(f"/api/chat/history/{escaped}"),
        await client.delete(f"/api/chat/history/{escaped}"),
        await client.post("/api/chat/message", json={"message": "x", "session_id": name}),
        await client.post("/api/chat/feedback", json={"session_id": name, "response_id": "..", "helpful": True}),
    ):
        assert answer.status_code == 404, answer.request.url


async def test_a_session_ends(shop: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPSCOUT_CHAT_SESSION_LIFETIME_S", "0.5")
    async with api(shop, search_deadline_s=30) as client:
        session = (await say(client, "cooking"))["session_id"]
        await asyncio.sleep(0.6)
        answer = await client.get(f"/api/chat/history/{session}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": ""}, 400),
        ({"message": "  "}, 400),
        ({"message": "x" * 20_000}, 400),
        ({"message": "hi", "session_id": "unknown"}, 404),
        ({"message": "hi", "image": "%%"}, 400),
        ({"message": 5}, 400),
        ({"messages": "hi"}, 400),
    ],
)
async def test_what_is_wrong_is_told(client: httpx.AsyncClient, body: dict[str, Any], status: int) -> None:
    for accept in ("application/json", "text/event-stream"):
        answer = await client.post("/api/chat/message", json=body, headers={"accept": accept})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "message", ["🎁🎂", "quiero un regalo para mi madre", "asdfgh", "?", "DROP TABLE products", "<b>hi</b>"]
)
async def test_any_message_has_an_answer(client: httpx.AsyncClient, message: str) -> None:
    answer = await say(client, message)
    assert answer["message"]


async def test_budgets_that_contradict_are_told_or_settled(client: httpx.AsyncClient) -> None:
    answer = await say(client, "cooking under $50 over $100")
    assert answer["message"]
    for item in answer["recommendations"]:
        assert not 50 < item["product"]["price"] < 100


async def test_feedback_and_analytics(shop: EngineSettings) -> None:
    async with api(engine_at(shop.es_url), search_deadline_s=30) as empty:
        nothing = (await empty.get("/api/chat/analytics")).json()
    assert nothing["turns"] == 0
    async with api(shop, search_deadline_s=30) as client:
        before = (await client.get("/api/chat/analytics")).json()
        good = await say(client, "cooking")
        lost = await say(client, "zzzz qqqq", good["session_id"])
        judged = {"session_id": good["session_id"], "response_id": good["response_id"]}
        first = await client.post("/api/chat/feedback", json={**judged, "helpful": True, "resolved": True, "rating": 5})
        wrong = await client.post("/api/chat/feedback", json={**judged, "response_id": "other", "helpful": True})
        empty_one = await client.post("/api/chat/feedback", json=judged)
        after = (await client.get("/api/chat/analytics")).json()
    assert (first.status_code, wrong.status_code, empty_one.status_code) == (202, 404, 400)
    assert after["turns"] == before["turns"] + 2
    assert after["helpful_rate"] == 1.0
    assert after["resolution_rate"] == 1.0
    assert after["rating"] == 5
    assert after["by_writer"]["built-in"] == after["turns"]
    if not lost["recommendations"]:
        assert "zzzz qqqq" in [row["message"] for row in after["unanswered"]]
    assert {row["intent"] for row in after["by_intent"]} >= {"search"}


async def test_a_server_that_goes_away_costs_no_message(shop: EngineSettings) -> None:
    async with proxy_to(shop.es_url) as proxy:
        through = shop.model_copy(update={"es_url": proxy.url})
        async with api(through, search_deadline_s=5) as client:
            session = (await say(client, "cooking"))["session_id"]
            proxy.set(State.CUT)
            gone = await client.post(
                "/api/chat/message", json={"message": "under $50", "session_id": session, "message_id": "m"}
            )
            proxy.set(State.OPEN)
            again = await say(client, "under $50", session, message_id="m")
    assert gone.status_code == 503
    assert all(item["product"]["price"] <= 50 for item in again["recommendations"])


async def test_erasing_leaves_nothing(client: httpx.AsyncClient, shop: EngineSettings) -> None:
    session = (await say(client, "cooking"))["session_id"]
    assert (await client.delete(f"/api/chat/history/{session}")).status_code == 204
    with connect(shop) as es:
        es.indices.refresh(index=f"{shop.index_prefix}-conversation*")
        left = es.count(index=f"{shop.index_prefix}-conversation*", query={"term": {"session_id": session}})
    assert left["count"] == 0


async def test_what_is_counted_has_no_personal_data(client: httpx.AsyncClient, shop: EngineSettings) -> None:
    answer = await say(client, "zzqx qqzz, write to anna.berg@mail.example or +49 170 1234567")
    with connect(shop) as es:
        es.indices.refresh(index=f"{shop.index_prefix}-conversation-turns")
        turn = es.get(index=f"{shop.index_prefix}-conversation-turns", id=answer["response_id"])["_source"]
    assert "anna.berg" not in turn["message"]
    assert "1234567" not in turn["message"]


async def test_of_three_wishes_of_one_message_the_third_is_not_lost_silently(client: httpx.AsyncClient) -> None:
    told = await say(client, "hiking socks for my wife, a trimmer for my dad and a skillet for my sister")
    found = names(told)
    assert "Trail hiking socks" in found
    assert "Beard trimmer for hiking men" in found
    assert "Ask for “a skillet for my sister” by itself" in told["message"]


async def test_what_the_second_wish_was_found_without_is_told_once(shop: EngineSettings) -> None:
    async with api(shop, no_models(), search_deadline_s=30, semantic_floor=0.99) as opened:
        one = await say(opened, "hiking socks for my wife")
        two = await say(opened, "hiking socks for my wife and a trimmer for my dad")
    assert one["degraded"]
    assert "Beard trimmer for hiking men" in names(two)
    assert two["degraded"] == one["degraded"]
