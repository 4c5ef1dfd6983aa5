"""The trained reader of intents behind the conversation: a folder of weights over the sentence model that serves."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from app.chat.reading.intents import Guess, Intent
from embed.base import Embedder
from embed.errors import EmbedError
from shop.intents.errors import IntentModelUnusable
from shop.intents.examples import NONE
from shop.intents.model import DEFAULT, TrainedIntents, load

log = structlog.get_logger(__name__)

OFF: Final = "none"


class TrainedReader:
    """An IntentModel. `sentences` gives the sentence model that serves now. Where there is none, or another than the
    weights were trained with, `guess` says None and the rules decide alone; it takes some milliseconds of CPU: call it
    from a worker thread in async code."""

    def __init__(self, sentences: Callable[[], Embedder | None], folder: Path = DEFAULT) -> None:
        self._sentences, self._folder = sentences, folder
        self._loading = threading.Lock()
        self._embedder: Embedder | None = None
        self._model: TrainedIntents | None = None

    def guess(self, message: str) -> Guess | None:
        """What the message is about; None where the model refuses, or knows it by a name that is none of ours."""
        model = self._served()
        if model is None:
            return None
        try:
            answer = model.answer([message])[0]
        except EmbedError as error:
            log.warning("intent model failed", error=str(error))
            return None
        if answer.label == NONE or answer.label not in {intent.value for intent in Intent}:
            return None
        return Guess(Intent(answer.label), answer.confidence)

    def _served(self) -> TrainedIntents | None:
        """The model over the sentence model of this moment; read anew only where that has changed."""
        embedder = self._sentences()
        if embedder is None:
            return None
        with self._loading:
            if embedder is not self._embedder:
                self._embedder = embedder
                try:
                    self._model = load(self._folder, embedder)
                except IntentModelUnusable as error:
                    log.warning("no trained intents", reason=str(error))
                    self._model = None
            return self._model


def trained_reader(sentences: Callable[[], Embedder | None], setting: str) -> TrainedReader | None:
    """What SHOPSCOUT_CHAT_INTENT_MODEL names: a folder, empty for the model that comes with the product, or `none`."""
    if setting == OFF:
        return None
    return TrainedReader(sentences, Path(setting).expanduser() if setting else DEFAULT)
