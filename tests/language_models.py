"""A language model without a network: it plays what it is given, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from pydantic import SecretStr

from app.llm.ledger import Caps, Ledger
from app.llm.models import Finished, ModelEvent, Prompt, TextDelta, Tokens
from app.llm.service import LanguageModelService
from app.llm.settings import LanguageModelSettings
from shop.spending.store import SpendingStore

BILL = Tokens(1000, 100)
Step = ModelEvent | Exception | float


def said(*texts: str, reason: str = "COMPLETE", tokens: Tokens | None = BILL) -> list[Step]:
    """A whole answer."""
    return [*(TextDelta(text) for text in texts), Finished(reason, tokens)]


class ScriptedModel:
    """A LanguageModel: `plays` has one list of steps a call, the last one again and again. A number is a wait."""

    name = "command-r-plus-08-2024"

    def __init__(self, *plays: Sequence[Step]) -> None:
        self.plays = list(plays)
        self.asked: list[Prompt] = []
        self.closed = False

    async def stream(self, prompt: Prompt) -> AsyncGenerator[ModelEvent, None]:
        self.asked.append(prompt)
        for step in self.plays[min(len(self.asked), len(self.plays)) - 1]:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, float):
                await asyncio.sleep(step)
            else:
                yield step

    async def prepare(self) -> None:
        pass

    async def close(self) -> None:
        self.closed = True


class Clock:
    """Time that passes when it is slept."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def settings_for_tests(**changes: Any) -> LanguageModelSettings:  # noqa: ANN401
    """Nothing from the environment decides what a test sees."""
    return LanguageModelSettings(**{"api_key": SecretStr("")} | changes)


def service_over(
    model: ScriptedModel | None,
    store: SpendingStore | None = None,
    clock: Clock | None = None,
    **changes: Any,  # noqa: ANN401
) -> LanguageModelService:
    """The real service over a scripted model."""
    settings = settings_for_tests(**changes)
    ledger = Ledger(Caps(settings.turn_usd, settings.user_day_usd, settings.day_usd), store)
    if clock is None:
        return LanguageModelService(settings, model, ledger)
    return LanguageModelService(settings, model, ledger, clock=clock, sleep=clock.sleep)
