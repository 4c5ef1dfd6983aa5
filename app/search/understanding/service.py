"""What understanding knows of the live catalogue, kept fresh in the background; the searches ask it."""

import asyncio
import time
from collections.abc import Sequence

import structlog

from app.catalogue import Catalogue
from app.search.understanding.contradictions import price_bounds
from app.search.understanding.found import KINDS, Applied, Constraint, Understanding
from app.search.understanding.language.things import GROUPS
from app.search.understanding.lexicon import LANGUAGE_ONLY, Lexicon
from app.search.understanding.remembering import Reader
from app.search.understanding.things import (
    Known,
    Near,
    Thing,
    called_first,
    is_called,
    is_kind,
    known,
    of_the_thing,
    things_in,
)
from app.search.understanding.tokens import stems_of
from app.settings import ServiceSettings
from app.waiting import time_left
from es.errors import EngineError
from shop.products.reader import ProductReader
from shop.products.vocabulary import Vocabulary, read_vocabulary
from shop.tasks import Background, cancelled

# What the conversation needs of it comes from here.
__all__ = [
    "GROUPS", "KINDS", "Applied", "Constraint", "Known", "Lexicon", "Near", "Thing", "Understanding",
    "UnderstandingService", "called_first", "is_called", "is_kind", "known", "of_the_thing", "price_bounds",
    "stems_of", "things_in",
]  # fmt: skip

log = structlog.get_logger(__name__)

UNREAD = "understanding: the words of the catalogue are being read; budgets are understood, brands and values not yet"


class UnderstandingService:
    """Makes constraints of words. The vocabulary is read anew every `vocabulary_refresh_s`, and at once when another
    generation is live; meanwhile the one before serves. Until there is one, only language is understood."""

    def __init__(self, reader: ProductReader, catalogue: Catalogue, settings: ServiceSettings) -> None:
        self._reader = reader
        self._catalogue = catalogue
        self._settings = settings
        self._words = Reader(LANGUAGE_ONLY)
        self._read_at = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._slow = False
        self._watcher = Background()

    def start(self) -> None:
        """Begins to watch the catalogue; call once, from the lifespan."""
        self._watcher.begin(self._watch())

    async def stop(self) -> None:
        await self._watcher.end()
        if self._task is not None:
            await cancelled(self._task)

    async def understand(self, text: str, keep_words: Sequence[str] = ()) -> tuple[Understanding, list[str]]:
        """What the text asks for, and what had to be gone without."""
        lexicon = await self.lexicon()
        return self._words.understand(text, keep_words), [UNREAD] if lexicon is LANGUAGE_ONLY else []

    async def ready(self) -> None:
        """Waits until the vocabulary of the live catalogue is there, however long that takes. Raises EngineError."""
        await self._reading()

    async def lexicon(self) -> Lexicon:
        """The newest look-ups. Where there are none yet, the search waits for them for half its time; where that
        is not enough, they are read in the background and no search waits for them again."""
        if self._words.lexicon is LANGUAGE_ONLY and not self._slow:
            try:
                async with asyncio.timeout(time_left(self._settings.search_deadline_s) / 2):
                    await asyncio.shield(self._reading())
            except TimeoutError:
                self._slow = True
            except EngineError as error:
                log.info("vocabulary not read", reason=str(error))
        return self._words.lexicon

    def _reading(self) -> "asyncio.Task[None]":
        """The one look at the vocabulary that is under way, begun where there is none."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._refresh())
        return self._task

    async def _refresh(self) -> None:
        """Reads the vocabulary where there is none, another generation is live, or it is old. Raises EngineError."""
        facts = await self._catalogue.facts()
        old = time.monotonic() - self._read_at > self._settings.vocabulary_refresh_s
        if facts.index == self._words.lexicon.index and not old:
            return
        began = time.monotonic()
        vocabulary = await read_vocabulary(self._reader, facts, deadline_s=self._settings.vocabulary_deadline_s)
        # In a thread: some tenths of a second in which searches go on.
        self._words = Reader(await asyncio.to_thread(Lexicon, vocabulary))
        self._read_at, self._slow = began, False
        log.info("vocabulary read", **_size(vocabulary), took_s=round(time.monotonic() - began, 2))

    async def _watch(self) -> None:
        while True:
            try:
                await asyncio.shield(self._reading())
            except EngineError as error:
                log.info("vocabulary not read", reason=str(error))
            await asyncio.sleep(self._settings.facts_refresh_s)


def _size(vocabulary: Vocabulary) -> dict[str, object]:
    values = sum(len(counts) for counts in vocabulary.values.values())
    return {"index": vocabulary.index, "brands": len(vocabulary.brands), "values": values}
