"""What every language model has in common, whoever provides it."""

from collections.abc import AsyncGenerator
from typing import Protocol

from app.llm.models import ModelEvent, Prompt


class LanguageModel(Protocol):
    """Sends one prompt, once: deadlines, retries and accounts are the service's."""

    @property
    def name(self) -> str:
        """The model, as the provider calls it."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[ModelEvent, None]:
        """The answer as it comes, the last event being Finished; without that it was cut.

        Raises ModelRefused, ModelUnavailable, AnswerUnusable.
        """
        ...

    async def prepare(self) -> None:
        """Does before the first call what would delay it; sends nothing."""
        ...

    async def close(self) -> None: ...
