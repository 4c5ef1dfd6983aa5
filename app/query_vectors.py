"""Vectors of queries: from memory at once, else made in a worker thread while other requests go on."""

import asyncio

import numpy as np
import structlog
from numpy.typing import NDArray

from embed.base import Embedder
from embed.cache import QueryCache
from embed.chain import EmbedderChain
from embed.errors import EmbedError
from embed.load import text_chain
from embed.settings import EmbedSettings

log = structlog.get_logger(__name__)


class QueryVectors:
    """The text model that serves now, with its cache of queries. A model that comes back is noticed.

    `models` replaces the chain that the settings describe.
    """

    def __init__(self, settings: EmbedSettings, models: EmbedderChain | None = None) -> None:
        self._chain = models or text_chain(settings)
        self._cache_size = settings.query_cache_size
        self._cache: QueryCache | None = None
        self._source: Embedder | None = None

    async def refresh(self) -> None:
        """Loads the model, or tries again one that could not be loaded; cheap where nothing is to be done."""
        found = await asyncio.to_thread(self._chain.current)
        if found is not None and found is not self._source:
            self._source, self._cache = found, QueryCache(found, self._cache_size)

    @property
    def model(self) -> str | None:
        """Id of the model that serves; None where there is none."""
        return self._cache.spec.id if self._cache else None

    @property
    def trouble(self) -> str:
        """Why no model serves, in a sentence."""
        reasons = self._chain.status().reasons.values()
        return "; ".join(reasons) or "the text model is being loaded"

    async def vector(self, text: str) -> tuple[NDArray[np.float32] | None, str]:
        """The unit vector of one query, shape (dims,), or None and why not."""
        if self._cache is None:
            return None, self.trouble
        known = self._cache.get(text)
        if known is not None:
            return known, ""
        try:
            return (await asyncio.to_thread(self._cache.embed_texts, [text]))[0], ""
        except EmbedError as error:
            log.warning("query not embedded", reason=str(error))
            return None, str(error)
