"""The service through the real SDK, against a server that is slow, silent, endless or busy."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from app.llm.errors import LanguageModelError, ModelBusy, ModelRefused, ModelTimeout, ModelUnavailable
from app.llm.models import Finished, Message, Prompt, Spender, TextDelta
from app.llm.service import LanguageModelService
from tests.cohere_server import (
    KEY,
    FakeCohere,
    Scene,
    cut_after,
    endless,
    fake_cohere,
    says,
    silent,
    stalls_after,
    status,
)
from tests.language_models import settings_for_tests

ASKED = Prompt("test@1", (Message("user", "Which boots?"),), max_tokens=100)
ANN = Spender("ann", "turn-1")


@asynccontextmanager
async def asking(
    *scenes: Scene,
    key: str = KEY,
    **changes: Any,  # noqa: ANN401
) -> AsyncIterator[tuple[LanguageModelService, FakeCohere]]:
    with fake_cohere(*scenes) as server:
        settings = settings_for_tests(api_key=SecretStr(key), base_url=server.url, **changes)
        service = LanguageModelService.over(settings, None)
        try:
            yield service, server
        finally:
            await service.close()


async def test_busy_for_a_second_then_answered() -> None:
    async with asking(status(429, Retry_After="1"), says("Yes.")) as (service, server):
        started = time.monotonic()
        assert (await service.complete(ASKED, ANN)).text == "Yes."
        assert time.monotonic() - started >= 1.0
        assert len(server.requests) == 2


async def test_an_error_of_the_server_is_tried_again() -> None:
    async with asking(status(500), cut_after(), says("Yes.")) as (service, server):
        assert (await service.complete(ASKED, ANN)).text == "Yes."
        assert len(server.requests) == 3


async def test_silence_is_left_in_time() -> None:
    async with asking(silent(), first_token_s=0.3) as (service, _):
        started = time.monotonic()
        with pytest.raises(ModelTimeout):
            await service.complete(ASKED, ANN)
        assert time.monotonic() - started < 3.0


async def test_a_stall_is_left_in_time_and_the_words_before_it_stay() -> None:
    async with (
        asking(stalls_after("The blue "), total_s=0.5) as (service, _),
        aclosing(service.stream(ASKED, ANN)) as got,
    ):
        assert await anext(got) == TextDelta("The blue ")
        with pytest.raises(ModelTimeout):
            await anext(got)


async def test_an_endless_answer_is_cut_and_its_connection_closed() -> None:
    async with asking(endless(), max_answer_characters=1000) as (service, _):
        events = [event async for event in service.stream(ASKED, ANN)]
        assert sum(len(event.text) for event in events if isinstance(event, TextDelta)) == 1000
        assert isinstance(events[-1], Finished)
        assert events[-1].cost_usd > 0


async def test_a_cut_connection_in_the_middle() -> None:
    async with asking(cut_after("The blue ")) as (service, server):
        with pytest.raises(ModelUnavailable):
            await service.complete(ASKED, ANN)
        assert len(server.requests) == 1


async def test_a_wrong_key_is_asked_once_and_told_in_health() -> None:
    async with asking(says("Yes."), key="wrong") as (service, _):
        with pytest.raises(ModelRefused):
            await service.complete(ASKED, ANN)
        with pytest.raises(ModelBusy):
            await service.complete(ASKED, ANN)
        assert "SHOPSCOUT_LLM_API_KEY" in service.health()[1]


async def test_many_at_once_all_end() -> None:
    async with asking(says("Yes.", pause_s=0.05), max_concurrent=8) as (service, _):
        answers = await asyncio.gather(
            *(service.complete(ASKED, Spender(f"u{i}")) for i in range(40)), return_exceptions=True
        )
        texts = [answer for answer in answers if not isinstance(answer, BaseException)]
        assert len(texts) == 8
        assert all(isinstance(answer, LanguageModelError) for answer in answers if isinstance(answer, BaseException))
