"""A call tried until it works: within its time, the budget of retries and what the breaker allows.

It is tried again only before the first word of an answer has come.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import structlog

from app.llm.breaker import Breaker
from app.llm.errors import AnswerUnusable, ModelBusy, ModelRefused, ModelTimeout, ModelUnavailable
from app.llm.models import Finished, ModelEvent, Prompt, TextDelta, Tokens
from app.llm.port import LanguageModel
from app.llm.retries import Retries
from app.llm.settings import LanguageModelSettings

log = structlog.get_logger(__name__)

_LONGEST_AWAY_S: Final = 300.0


@dataclass(slots=True)
class Progress:
    """How far a call has come. `sent`: something went to the provider."""

    sent: bool = False
    text: str = ""
    tokens: Tokens | None = None
    reason: str = ""


class Attempts:
    """The attempts of one process at one model. `clock`: seconds, from any moment on."""

    def __init__(
        self,
        model: LanguageModel,
        settings: LanguageModelSettings,
        breaker: Breaker,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._breaker = breaker
        self._settings = settings
        self._model = model
        self._clock = clock
        self._sleep = sleep
        self._retries = Retries(settings.retries, clock)

    async def made(
        self, prompt: Prompt, first_by: float, deadline: float, progress: Progress
    ) -> AsyncGenerator[ModelEvent, None]:
        """Events of the first attempt that works; the last is Finished, unless the text is longer than it may be.
        Raises LanguageModelError."""
        self._retries.earn()
        attempt = 0
        while True:
            attempt += 1
            if not self._breaker.allows():
                raise ModelBusy(f"{self._settings.model} is not asked for now: {self._breaker.trouble()}")
            try:
                async with aclosing(self._attempt(prompt, first_by, deadline, progress)) as events:
                    async for event in events:
                        yield event
            except (ModelUnavailable, AnswerUnusable) as error:
                asked = error.retry_after_s if isinstance(error, ModelUnavailable) else None
                # Asked to stay away for longer than there is time, others need not try before.
                away = asked is not None and self._clock() + asked >= first_by
                self._breaker.failed(str(error), at_once=away, open_s=min(asked or 0.0, _LONGEST_AWAY_S))
                over = progress.text or self._breaker.trouble()
                wait = None if over else self._retries.wait_before(attempt, asked, first_by)
                if wait is None:
                    raise
                log.warning("language model tried again", error=str(error), attempt=attempt, wait_s=round(wait, 2))
                await self._sleep(wait)
            except ModelRefused as error:
                if error.key:
                    self._breaker.failed(str(error), at_once=True)
                else:
                    log.error("language model refused a request of ours", prompt=prompt.version, error=str(error))
                    self._breaker.gave_up()
                raise
            except BaseException:
                self._breaker.gave_up()
                raise
            else:
                self._breaker.worked()
                return

    async def _attempt(
        self, prompt: Prompt, first_by: float, deadline: float, progress: Progress
    ) -> AsyncGenerator[ModelEvent, None]:
        begun = False
        progress.sent = True
        async with aclosing(self._model.stream(prompt)) as events:
            while True:
                by = deadline if begun else first_by
                try:
                    async with asyncio.timeout(max(0.0, by - self._clock())):
                        event = await anext(events, None)
                except TimeoutError:
                    waited = "the rest of the answer" if begun else "the first word"
                    raise ModelTimeout(f"the model took too long for {waited}") from None
                if event is None:
                    raise ModelUnavailable("the model's answer was cut")
                begun = True
                if isinstance(event, Finished):
                    progress.tokens, progress.reason = event.tokens, event.reason
                    if event.reason in ("ERROR", "TIMEOUT", "ERROR_TOXIC", "ERROR_LIMIT"):
                        raise ModelUnavailable(f"the model stopped with {event.reason}")
                    yield event
                    return
                if isinstance(event, TextDelta):
                    room = self._settings.max_answer_characters - len(progress.text)
                    progress.text += event.text[:room]
                    yield TextDelta(event.text[:room])
                    if len(event.text) >= room:
                        progress.reason = "MAX_TOKENS"
                        return
                else:
                    yield event
