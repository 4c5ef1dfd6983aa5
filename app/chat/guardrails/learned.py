"""The trained reader of dangers behind the conversation: weights over the sentence model that serves."""

import threading
from pathlib import Path
from typing import Final

import structlog

from app.chat.guardrails.guard import Danger
from app.chat.reading.vectors import MessageVectors
from embed.base import Embedder
from shop.dangers.errors import DangerModelUnusable
from shop.dangers.model import DEFAULT, TrainedDangers, load

log = structlog.get_logger(__name__)

OFF: Final = "none"
_KNOWN: Final = {danger.value for danger in Danger}


class LearnedDangers:
    """A DangerModel over `vectors`. Where there is no sentence model, or another than the weights were trained with,
    `danger` says None and the patterns decide alone, which `health` says; it comes back by itself. `folder`: None where
    the setting turns it off. Some milliseconds of CPU: call it from a worker thread in async code."""

    def __init__(self, vectors: MessageVectors, folder: Path | None = DEFAULT) -> None:
        self._vectors, self._folder = vectors, folder
        self._loading = threading.Lock()
        self._embedder: Embedder | None = None
        self._model: TrainedDangers | None = None
        self._trouble = ""

    def danger(self, message: str) -> Danger | None:
        """What no shop should answer as a wish; None where the model is not sure of any, or cannot tell."""
        embedder = self._vectors.embedder if self._folder is not None else None
        model = None if embedder is None else self._served(embedder)
        vector = None if model is None or embedder is None else self._vectors.of(message, embedder)
        if model is None or vector is None:
            return None
        label = model.suspicions(vector, [message])[0].label
        return Danger(label) if label in _KNOWN else None

    def health(self) -> tuple[str, str]:
        """(status, detail) for /health/ready: ok, degraded, or off."""
        if self._folder is None:
            return "off", "guardrails know dangers by patterns alone (SHOPSCOUT_CHAT_DANGER_MODEL is `none`)"
        embedder = self._vectors.embedder
        if embedder is None:
            return "degraded", "guardrails know dangers by patterns alone: there is no sentence model"
        if (model := self._served(embedder)) is None:
            return "degraded", f"guardrails know dangers by patterns alone: {self._trouble}"
        return "ok", f"guardrails know dangers by patterns and by the model {model.manifest['version']}"

    def _served(self, embedder: Embedder) -> TrainedDangers | None:
        """The model for this sentence model; read anew only where that has changed."""
        assert self._folder is not None
        with self._loading:
            if embedder is not self._embedder:
                self._embedder = embedder
                try:
                    self._model, self._trouble = load(self._folder, embedder.spec.id), ""
                except DangerModelUnusable as error:
                    log.warning("no trained guardrails", reason=str(error))
                    self._model, self._trouble = None, str(error)
            return self._model


def learned_dangers(vectors: MessageVectors, setting: str) -> LearnedDangers:
    """What SHOPSCOUT_CHAT_DANGER_MODEL names: a folder, empty for the model that comes with the product, or `none`."""
    if setting == OFF:
        return LearnedDangers(vectors, None)
    return LearnedDangers(vectors, Path(setting).expanduser() if setting else DEFAULT)
