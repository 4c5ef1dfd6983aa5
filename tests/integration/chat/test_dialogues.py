"""The scripted dialogues (evaluate/dialogues/scripts) with the built-in writer, over the demo catalogue and the real
sentence model: one load for all of them."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from embed.chain import EmbedderChain
from embed.onnx import OnnxTextEmbedder
from es.settings import EngineSettings
from evaluate.dialogues.script import Dialogue, read_dialogues
from evaluate.dialogues.talking import Talker
from tests.shops import api

DIALOGUES = read_dialogues()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talker(demo_shop: EngineSettings, sentences: OnnxTextEmbedder) -> AsyncIterator[Talker]:
    models = EmbedderChain([("sentence", lambda: sentences)])
    async with api(demo_shop, models, search_deadline_s=30) as client:
        yield Talker(client)


def test_there_are_a_hundred_dialogues_of_every_kind() -> None:
    assert len(DIALOGUES) >= 100
    topics = {dialogue.topic for dialogue in DIALOGUES}
    assert topics >= {"gift", "search", "compare", "expert", "order", "return", "mixed", "hostile"}


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: f"{one.topic}/{one.name}")
async def test_a_dialogue_goes_as_it_should(talker: Talker, dialogue: Dialogue) -> None:
    held = await talker.hold(dialogue)
    assert "\n".join(held.failures) == ""


async def test_a_dialogue_that_goes_wrong_is_told(talker: Talker) -> None:
    """The bench is of use only if it can fail."""
    wrong = {"intent": ["cancel_order"], "least": 50, "max_price": 1, "context": {"budget": "7"}, "says": ["xyzzy"]}
    dialogue = Dialogue.model_validate({"name": "wrong", "topic": "x", "turns": [{"say": "tents", "expect": wrong}]})
    held = await talker.hold(dialogue)
    told = "\n".join(held.failures)
    expected = ("expected cancel_order", "expected 50 or more", "expected 0 to 1", "expected 7", "does not say xyzzy")
    for words in expected:
        assert words in told


async def test_a_shop_that_is_gone_is_told() -> None:
    from evaluate.errors import MeasurementFailed

    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as client:
        with pytest.raises(MeasurementFailed, match="does not answer"):
            await Talker(client).hold(DIALOGUES[0])
