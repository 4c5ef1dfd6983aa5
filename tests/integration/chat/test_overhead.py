"""The measuring command over a small shop: a few turns with each writer, every figure told."""

import httpx
import pytest

from es.settings import EngineSettings
from evaluate.overhead.measure import LIMITS, first_messages, lines, model_settings, values, waited
from evaluate.overhead.model import SENTENCES, instant_model
from tests.shops import api

pytestmark = pytest.mark.needs_es


async def test_what_a_shopper_waits_for_is_told_apart(shop: EngineSettings, client: httpx.AsyncClient) -> None:
    messages = ["hiking boots for women", "hello", "a skillet for cooking under $50"]
    with instant_model() as model:
        async with api(shop, llm=model_settings(model.url), search_deadline_s=30, semantic_floor=0.99) as written:
            found = await waited(client, written, model, messages)
            answer = await written.post("/api/chat/message", json={"message": messages[0]})
    assert SENTENCES[0].strip() in answer.json()["message"]
    # A greeting asks no model, and shows no products.
    assert [turn.products is None for turn in found.built_in] == [False, True, False]
    assert {turn.written_by for turn in found.built_in} == {"built-in"}
    assert len({turn.written_by for turn in found.written}) == 2
    told = values(found)
    assert (told["turns"], told["asked_the_model"]) == (3, 2)
    assert all(0 < told[name]["p50"] <= told[name]["p95"] for name in (*LIMITS, "cpu_built_in", "before_the_model"))
    assert all(turn.products is None or turn.products <= turn.done for turn in (*found.built_in, *found.written))
    assert any("under 400 at p95" in line for line in lines(found))


def test_messages_come_from_the_scripts_again_and_again() -> None:
    few, many = first_messages(3), first_messages(1000)
    assert many[:3] == few
    assert len(many) == 1000
    assert len(set(many)) > 50
