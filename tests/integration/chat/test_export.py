"""Conversations are exported in the form that training reads, and tell nobody who spoke."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from jobs.__main__ import main
from shop.conversations.export import exported
from shop.intents.examples import Example, read_examples


async def test_what_was_said_can_be_learned_from(
    client: httpx.AsyncClient, shop: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ("hello", "a gift for my mom who loves cooking, mail me at ann@example.com", "where is my order 12345?")
    session, response = None, ""
    for message in said:
        got = await client.post("/api/chat/message", json={"message": message, "session_id": session})
        session, response = got.json()["session_id"], got.json()["response_id"]
    judged = {"session_id": session, "response_id": response, "resolved": True}
    assert (await client.post("/api/chat/feedback", json=judged)).status_code == 202

    monkeypatch.setenv("SHOPSCOUT_ES_URL", shop.es_url)
    monkeypatch.setenv("SHOPSCOUT_INDEX_PREFIX", shop.index_prefix)
    out = tmp_path / "talks.json"
    assert main(["export-conversations", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert str(session) not in text
    assert "ann@example.com" not in text
    talk = next(one for one in json.loads(text)["conversations"] if one["turns"][0]["text"] == "hello")
    assert [turn["speaker"] for turn in talk["turns"]] == ["user", "agent"] * 3
    assert [turn["intent"] for turn in talk["turns"][::2]] == ["greeting", "gift", "order_status"]
    assert talk["metadata"]["intent"] == "gift"
    assert talk["metadata"]["outcome"] == "resolved"
    assert Example("where is my order 12345?", "order_status") in read_examples(out)


def test_nothing_is_exported_of_before_or_where_nobody_spoke(
    shop: EngineSettings, engine_settings: EngineSettings
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    with connect(shop) as client:
        assert list(exported(client, IndexNames(shop.index_prefix), later)) == []
    with connect(engine_settings) as client:
        assert list(exported(client, IndexNames(engine_settings.index_prefix), later)) == []
