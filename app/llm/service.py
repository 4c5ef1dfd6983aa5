"""The one way to a language model: within deadlines and caps; each call is tried as attempts.py says, and nowhere else
again."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final

import structlog

from app.llm.attempts import Attempts, Progress
from app.llm.breaker import Breaker
from app.llm.cohere import CohereModel
from app.llm.errors import AnswerUnusable, LanguageModelError, ModelBusy, ModelOff
from app.llm.ledger import Caps, Hold, Ledger
from app.llm.models import CitedText, Completion, Finished, Message, ModelEvent, Prompt, Spender, TextDelta, Tokens
from app.llm.plain_text import plain
from app.llm.port import LanguageModel
from app.llm.prices import Price, likely_tokens, most_tokens, read_prices
from app.llm.prompt_file import PromptFile, prompt_file
from app.llm.settings import LanguageModelSettings
from app.meter import meter
from shop.conversations.masking import masked
from shop.spending.store import SpendingStore
from shop.tasks import cancelled

__all__ = ["AnswerUnusable", "LanguageModelError", "LanguageModelService", "PromptFile", "plain", "prompt_file"]

log = structlog.get_logger(__name__)

OFF: Final = "off"


class LanguageModelService:
    """Calls of one process."""

    def __init__(
        self,
        settings: LanguageModelSettings,
        model: LanguageModel | None,
        ledger: Ledger,
        *,
        off: str = "",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._model = model
        self._ledger = ledger
        self._off = off or ("" if model else "no key is set; SHOPSCOUT_LLM_API_KEY turns it on")
        self._price: Price = read_prices(settings.prices)[settings.model]
        self._clock = clock
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_open_s, clock)
        self._in_flight = 0
        self._attempts = Attempts(model, settings, self._breaker, clock, sleep) if model else None
        self._background: set[asyncio.Task[None]] = set()
        self.counts: Counter[str] = Counter()
        """What recommendations count: recommend_hits, recommend_misses, recommend_calls."""

    @classmethod
    def over(cls, settings: LanguageModelSettings, store: SpendingStore | None) -> "LanguageModelService":
        """With the model that the settings name; without a key, or without the SDK, it is off."""
        model, off = None, ""
        if settings.api_key.get_secret_value():
            try:
                model = CohereModel(settings)
            except ModelOff as error:
                off = str(error)
                log.warning("language model off", why=off)
        caps = Caps(settings.turn_usd, settings.user_day_usd, settings.day_usd)
        return cls(settings, model, Ledger(caps, store), off=off)

    @property
    def model(self) -> str:
        """The model's name, whether it is on or off."""
        return self._settings.model

    @property
    def settings(self) -> LanguageModelSettings:
        return self._settings

    @property
    def enabled(self) -> bool:
        return self._model is not None

    def health(self) -> tuple[str, str]:
        """off, ok or degraded, and a sentence that says what is the matter."""
        if self._model is None:
            return OFF, self._off
        if trouble := self._breaker.trouble():
            return "degraded", f"{self.model} is not asked for now: {trouble}"
        well, said = self._ledger.health()
        return ("ok" if well else "degraded"), f"{self.model}: {said}"

    async def report(self) -> dict[str, Any]:
        """As app/llm/reporting.py has it."""
        status, detail = self.health()
        today = await self._ledger.today()
        hits, misses = self.counts["recommend_hits"], self.counts["recommend_misses"]
        served = {
            "hits": hits,
            "misses": misses,
            "calls": self.counts["recommend_calls"],
            "hit_rate": round(hits / (hits + misses), 4) if hits + misses else None,
        }
        told = {"model": self.model, "status": status, "detail": detail}
        return {**told, "today": today, "recommendations": served}

    async def open(self) -> None:
        """Makes the first call as quick as the others."""
        if self._model is not None:
            await self._model.prepare()
            await self._ledger.open()

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Does something with the model in the background; given up when the service is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def close(self) -> None:
        await cancelled(*self._background)
        if self._model is not None:
            await self._model.close()

    async def complete(self, prompt: Prompt, spender: Spender, *, deadline_s: float | None = None) -> Completion:
        """The whole answer at once. Raises LanguageModelError; an answer without text is AnswerUnusable."""
        text, citations = "", []
        async with aclosing(self.stream(prompt, spender, deadline_s=deadline_s)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    text += event.text
                elif isinstance(event, CitedText):
                    citations.append(event)
                else:
                    tokens = event.tokens or Tokens(0, 0)
                    if not text.strip():
                        raise AnswerUnusable("the model's answer is empty")
                    return Completion(text, tokens, event.cost_usd, self.model, tuple(citations))
        raise AnswerUnusable("the model's answer has no end")

    async def stream(
        self, prompt: Prompt, spender: Spender, *, deadline_s: float | None = None
    ) -> AsyncGenerator[ModelEvent, None]:
        """The answer as it comes; the last event is Finished, with tokens and cost.

        Text that is longer than SHOPSCOUT_LLM_MAX_ANSWER_CHARACTERS is cut there, as Finished says (MAX_TOKENS).
        `deadline_s`: in place of the settings' deadlines, for who is in no hurry for the first word. Close it
        (`contextlib.aclosing`) when it is left early.

        Raises ModelOff, ModelBusy, CapReached before anything is sent; ModelRefused, ModelUnavailable, ModelTimeout,
        AnswerUnusable before or between events.
        """
        if self._attempts is None:
            raise ModelOff(self._off)
        if self._in_flight >= self._settings.max_concurrent:
            raise ModelBusy(f"{self._in_flight} calls are in flight already (SHOPSCOUT_LLM_MAX_CONCURRENT)")
        if self._breaker.blocks():
            raise ModelBusy(f"{self.model} is not asked for now: {self._breaker.trouble()}")
        self._in_flight += 1
        started, progress, failure = self._clock(), Progress(), ""
        hold: Hold | None = None
        try:
            prompt = replace(prompt, messages=tuple(_masked(message) for message in prompt.messages))
            hold = await self._ledger.hold(spender, self._price.cost(most_tokens(prompt)))
            deadline = started + (deadline_s or self._settings.total_s)
            first_by = deadline if deadline_s else min(deadline, started + self._settings.first_token_s)
            async with aclosing(self._attempts.made(prompt, first_by, deadline, progress)) as events:
                async for event in events:
                    if not isinstance(event, Finished):
                        yield event
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            self._in_flight -= 1
            if hold is not None:
                cost = await self._settle(hold, prompt, progress, failure, started)
        yield Finished(progress.reason, progress.tokens, cost)

    async def _settle(self, hold: Hold, prompt: Prompt, progress: Progress, failure: str, started: float) -> float:
        tokens = progress.tokens
        if tokens is None:
            # Nothing is billed for what was refused; what was cut is, though nobody says how much.
            tokens = likely_tokens(prompt, progress.text) if progress.text else Tokens(0, 0)
            progress.tokens = tokens
        cost = self._price.cost(tokens)
        await self._ledger.settle(hold, tokens, cost, failed=bool(failure), sent=progress.sent)
        if progress.sent:
            meter().model_call("language", "failed" if failure else "ok", self._clock() - started, cost)
        log.info(
            "language model called",
            model=self.model,
            prompt=prompt.version,
            purpose=hold.spender.purpose,
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            cost_usd=round(cost, 6),
            took_ms=round((self._clock() - started) * 1000),
            failure=failure,
        )
        return cost


def _masked(message: Message) -> Message:
    return message if message.data else replace(message, text=masked(message.text))
