"""Vectors of what is searched for: from memory at once, else made in a worker thread while other requests go on."""

import asyncio
import time
from dataclasses import dataclass

import numpy as np
import structlog
from numpy.typing import NDArray

from app.meter import meter
from embed.base import ModelSpec, Vector
from embed.cache import QueryCache
from embed.chain import EmbedderChain
from embed.errors import EmbedError, PictureRefused
from embed.lite import LiteEmbedder
from embed.load import picture_chain, text_chain
from embed.pictures import Picture
from embed.settings import EmbedSettings
from embed.watched import WatchedEmbedder

log = structlog.get_logger(__name__)

PICTURES_AT_ONCE = 2
"""Pictures that one worker decodes and embeds at the same time; others wait their turn."""


@dataclass(frozen=True, slots=True)
class Made:
    """A unit vector, shape (dims,), or None and why there is none."""

    vector: NDArray[np.float32] | None
    why_not: str = ""


class ServedModel:
    """One kind of model as it serves now, with its cache of queries. A model that comes back is noticed."""

    def __init__(self, chain: EmbedderChain, cache_size: int) -> None:
        self._chain = chain
        self._cache_size = cache_size
        self._source: WatchedEmbedder | None = None
        self.cache: QueryCache | None = None

    async def refresh(self) -> None:
        """Loads the model, or tries again one that could not be loaded; cheap where nothing is to be done."""
        found = await asyncio.to_thread(self._chain.current)
        if found is not None and found is not self._source:
            self._source, self.cache = found, QueryCache(found, self._cache_size)

    @property
    def embedder(self) -> WatchedEmbedder | None:
        return self._source

    @property
    def spec(self) -> ModelSpec | None:
        """The model that serves; None where there is none."""
        return self.cache.spec if self.cache else None

    @property
    def trouble(self) -> str:
        """Why no model serves, or none that works, in a sentence."""
        reasons = self._chain.status().reasons.values()
        return "; ".join(reasons) or "the model is being loaded"


class QueryVectors:
    """The text model and the model of words and pictures. `text_models` and `picture_models` replace the chains that
    the settings describe. The second is loaded when an index with pictures first needs it."""

    def __init__(
        self,
        settings: EmbedSettings,
        text_models: EmbedderChain | None = None,
        picture_models: EmbedderChain | None = None,
    ) -> None:
        self.meaning = ServedModel(text_models or text_chain(settings), settings.query_cache_size)
        self.look = ServedModel(picture_models or picture_chain(settings), settings.query_cache_size)
        self._pictures = asyncio.Semaphore(PICTURES_AT_ONCE)

    async def refresh(self, *, pictures: bool = False) -> None:
        """Loads what serves, or tries again what could not be loaded."""
        await self.meaning.refresh()
        if pictures or self.look.embedder is not None:
            await self.look.refresh()

    async def of_text(self, text: str, *, meaning: bool, look: bool) -> tuple[Made, Made]:
        """The places of one text among texts and among pictures, those that are asked for."""
        known_meaning = self.meaning.cache.get(text) if meaning and self.meaning.cache else None
        known_look = self.look.cache.get(text) if look and self.look.cache else None
        wanted = (meaning and known_meaning is None, look and known_look is None)
        if meaning:
            meter().cached("query_vectors", not wanted[0])
        if look:
            meter().cached("query_look_vectors", not wanted[1])
        if any(wanted):
            began = time.perf_counter()
            made = await asyncio.to_thread(self._embed, text, *wanted)
            well = all(one.vector is not None for one, asked in zip(made, wanted, strict=True) if asked)
            meter().model_call("text", "ok" if well else "failed", time.perf_counter() - began)
        else:
            made = (Made(None), Made(None))
        return Made(known_meaning) if known_meaning is not None else made[0], (
            Made(known_look) if known_look is not None else made[1]
        )

    async def of_picture(self, picture: Picture) -> Made:
        """The place of a picture. Raises PictureRefused."""
        embedder = self.look.embedder
        if embedder is None:
            return Made(None, self.look.trouble)
        try:
            async with self._pictures:
                return Made((await asyncio.to_thread(embedder.embed_images, [picture]))[0])
        except PictureRefused:
            raise
        except EmbedError as error:
            log.warning("picture not embedded", reason=str(error))
            return Made(None, str(error))

    def _embed(self, text: str, meaning: bool, look: bool) -> tuple[Made, Made]:
        """In a worker thread. Where the model of words and pictures holds the sentence model, one pass makes both."""
        if meaning and look and (both := self._both(text)) is not None:
            return both
        return (_embedded(self.meaning, text) if meaning else Made(None)), (
            _embedded(self.look, text) if look else Made(None)
        )

    def _both(self, text: str) -> tuple[Made, Made] | None:
        watched = self.look.embedder
        inner = watched.watched if watched is not None else None
        if not isinstance(inner, LiteEmbedder) or self.meaning.cache is None or self.look.cache is None:
            return None
        if inner.sentence_spec.id != self.meaning.cache.spec.id:
            return None
        try:
            shared, sentence = inner.embed_both([text])
        except EmbedError:
            return None  # each model is asked by itself, and says what is wrong
        return Made(self.meaning.cache.put(text, sentence[0])), Made(self.look.cache.put(text, shared[0]))


def _embedded(model: ServedModel, text: str) -> Made:
    if model.cache is None:
        return Made(None, model.trouble)
    try:
        vector: Vector = model.cache.embed_texts([text])[0]
    except EmbedError as error:
        log.warning("query not embedded", reason=str(error))
        return Made(None, str(error))
    return Made(vector)
