"""What a command works with: a server, the product store on it, and the models that make its vectors."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from embed.settings import EmbedSettings
from es.client import connect
from es.generations import Generations
from es.mappings import products as fields
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from ingest.embedding import MeteredEmbedder, load_embedder
from ingest.progress import Progress
from ingest.settings import IngestSettings
from ingest.summary import Summary
from shop.pictures.errors import SourceUnusable
from shop.pictures.opening import open_pictures
from shop.pictures.vectors import ProductPictures
from shop.products.store import ProductStore
from shop.settings import PictureSettings


@dataclass(frozen=True, slots=True)
class Connection:
    """A product store with what it needs. `embedder` and `pictures` are None where no vectors of the kind are made."""

    client: Elasticsearch
    store: ProductStore
    embedder: MeteredEmbedder | None
    pictures: ProductPictures | None

    def counted(self, summary: Summary) -> None:
        """Puts into the summary what was embedded."""
        if self.embedder is not None:
            summary.embedding = self.embedder.counts()
        if self.pictures is not None:
            summary.pictures = self.pictures.counts()


@contextmanager
def connected(
    settings: IngestSettings,
    progress: Progress,
    stop: threading.Event,
    *,
    text: bool,
    places: Sequence[str] = (),
    remembered: bool = False,
) -> Iterator[Connection]:
    """A product store on the configured server, or on the embedded one, started if it must be.

    `places`: where pictures are. With `remembered`, and no places, they are where the live catalogue's load found them.
    """
    engine = EngineSettings()

    def waiting(seconds: float, error: Exception) -> None:
        progress.say(f"{error} Trying again in {seconds:.1f} s.")

    with ExitStack() as stack:
        embedder = stack.enter_context(load_embedder(EmbedSettings())) if text else None
        pictures = _opened(stack, places) if places else None
        client = stack.enter_context(connect(engine, ensure_server(engine)))
        names = IndexNames(engine.index_prefix)
        if remembered and not places:
            known = remembered_places(Generations(client, names, fields.KIND))
            try:
                pictures = _opened(stack, known) if known else None
            except SourceUnusable as error:
                progress.say(f"{error} Until then no picture is looked at.")
        store = ProductStore(
            client,
            names,
            embedder,
            pictures=pictures,
            vector_index=settings.vector_index,
            retry_for_s=settings.retry_for_s,
            on_wait=waiting,
            stop=stop,
        )
        yield Connection(client, store, embedder, pictures)


def remembered_places(generations: Generations) -> list[str]:
    """Where the load of the live catalogue found its pictures; empty where it looked for none."""
    live = generations.live()
    if live is None:
        return []
    return [str(place) for place in generations.meta(live).get("source", {}).get("pictures", [])]


def _opened(stack: ExitStack, places: Sequence[str]) -> ProductPictures:
    return stack.enter_context(open_pictures(places, EmbedSettings(), PictureSettings()))
