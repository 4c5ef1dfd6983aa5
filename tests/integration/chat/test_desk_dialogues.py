"""The scripted dialogues about orders (evaluate/dialogues/desk), with customers, orders and documents
of the demo shop."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from embed.chain import EmbedderChain
from embed.onnx import OnnxTextEmbedder
from es.settings import EngineSettings
from evaluate.dialogues.at_a_desk import load_desk
from evaluate.dialogues.script import DESK, Dialogue, read_dialogues
from evaluate.dialogues.talking import Talker
from tests.shops import api

DIALOGUES = read_dialogues(DESK)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def held_with(
    demo_shop: EngineSettings, sentences: OnnxTextEmbedder, es_url: str
) -> AsyncIterator[tuple[Talker, dict[str, Dialogue]]]:
    dialogues = await load_desk(demo_shop, es_url, sentences, DIALOGUES)
    models = EmbedderChain([("sentence", lambda: sentences)])
    async with api(demo_shop, models, search_deadline_s=30) as client:
        yield Talker(client), {one.name: one for one in dialogues}


@pytest.mark.parametrize("name", [one.name for one in DIALOGUES])
async def test_a_dialogue_about_orders_goes_as_it_should(
    held_with: tuple[Talker, dict[str, Dialogue]], name: str
) -> None:
    talker, dialogues = held_with
    held = await talker.hold(dialogues[name])
    assert "\n".join(held.failures) == ""
