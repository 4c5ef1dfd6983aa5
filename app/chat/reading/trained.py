"""The trained reader of intents behind the conversation: a folder of weights over the sentence model that serves."""

import threading
from pathlib import Path
from typing import Final

import structlog

from app.chat.reading.intents import Guess, Intent
from app.chat.reading.vectors import MessageVectors
from embed.base import Embedder
from shop.intents.errors import IntentModelUnusable
from shop.intents.examples import NONE
from shop.intents.model import DEFAULT, TrainedIntents, load

log = structlog.get_logger(__name__)

OFF: Final = "none"


class TrainedReader:
    """An IntentModel over `vectors`. Where there is no sentence model, or another than the weights were trained with,
    `guess` says None and the rules decide alone; it takes some milliseconds of CPU: call it from a worker thread in
    async code."""

    def __init__(self, vectors: MessageVectors, folder: Path = DEFAULT) -> None:
        self._vectors, self._folder = vectors, folder
        self._loading = threading.Lock()
        self._embedder: Embedder | None = None
        self._model: TrainedIntents | None = None

    def guess(self, message: str) -> Guess | None:
        """What the message is about; None where the model refuses, or knows it by a name that is none of ours."""
        embedder = self._vectors.embedder
        model = None if embedder is None else self._served(embedder)
        vector = None if model is None or embedder is None else self._vectors.of(message, embedder)
        if model is None or vector is None:
            return None
        answer = model.answer_of(vector, [message])[0]
        if answer.label == NONE or answer.label not in {intent.value for intent in Intent}:
            return None
        return Guess(Intent(answer.label), answer.confidence)

    def _served(self, embedder: Embedder) -> TrainedIntents | None:
        """The model over this sentence model; read anew only where that has changed."""
        with self._loading:
            if embedder is not self._embedder:
                self._embedder = embedder
                try:
                    self._model = load(self._folder, embedder)
                except IntentModelUnusable as error:
                    log.warning("no trained intents", reason=str(error))
                    self._model = None
            return self._model


def trained_reader(vectors: MessageVectors, setting: str) -> TrainedReader | None:
    """What SHOPSCOUT_CHAT_INTENT_MODEL names: a folder, empty for the model that comes with the product, or `none`."""
    if setting == OFF:
        return None
    return TrainedReader(vectors, Path(setting).expanduser() if setting else DEFAULT)
