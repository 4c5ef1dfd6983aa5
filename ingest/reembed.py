"""Vectors of the live catalogue made anew, after a change of model: a new generation with the same products.

What another run has embedded already comes from the cache, so that one that was stopped goes on where it was.
"""

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from es.errors import GenerationError
from es.mappings import products as fields
from ingest.connection import Connection
from ingest.errors import LoadRefused
from ingest.generation import Replacing
from ingest.pipeline import BulkPipeline
from ingest.progress import Progress
from ingest.rejects import RejectsFile
from ingest.settings import IngestSettings
from ingest.summary import Summary
from shop.pictures.vectors import PictureProblem
from shop.products.checks import SMOKE_SAMPLES
from shop.products.document import Product
from shop.products.scan import KEPT, StoredProduct, stored_products
from shop.products.since import StoredWrite
from shop.products.store import ProductStore, VersionedProduct
from shop.products.stored import product_of

LABEL = "live catalogue"


class LiveProducts:
    """How many products there are and have been read, for progress."""

    def __init__(self) -> None:
        self.size_bytes: int | None = 0
        self.read = 0

    def bytes_read(self) -> int:
        """Products read so far."""
        return self.read


class ReEmbedding:
    """One run over the live catalogue."""

    def __init__(
        self,
        connection: Connection,
        rows: LiveProducts,
        rejects: RejectsFile,
        settings: IngestSettings,
        *,
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        self.summary = Summary(verb="embedded")
        self._connection = connection
        self._rows = rows
        self._rejects = rejects
        self._settings = settings
        self._progress = progress
        self._stop = stop
        self._sample: list[Product] = []
        generations = connection.store.generations
        live = connection.store.retrying(generations.live)
        if live is None:
            raise GenerationError("Nothing is loaded yet, so there is nothing to embed; load a catalogue first.")
        self._live = live
        self._meta = connection.store.retrying(lambda: generations.meta(live))
        if self._meta.get("schema_version") != fields.SCHEMA_VERSION:
            raise LoadRefused(f"{live} was made by another version of shopscout; load the whole catalogue instead.")

    def due(self, *, text: bool, pictures: bool) -> frozenset[str]:
        """The vector fields to make: those that are asked for; if none is, those that another model than ours made,
        or that are missing although we have one. Raises LoadRefused where pictures are asked for that nobody knows."""
        models = {fields.TEXT_VECTOR: self._connection.embedder, fields.IMAGE_VECTOR: self._connection.pictures}
        asked = {fields.TEXT_VECTOR: text, fields.IMAGE_VECTOR: pictures}
        if pictures and self._connection.pictures is None:
            raise LoadRefused("The last load found no pictures; say where they are: --pictures DIR, FILE.zip or web.")
        if text and self._connection.embedder is None:
            raise LoadRefused("SHOPSCOUT_TEXT_MODEL is `none`: set it to the model that should embed the texts.")
        if any(asked.values()):
            return frozenset(name for name, wanted in asked.items() if wanted)
        if self._connection.pictures is None and self._made_by(fields.IMAGE_VECTOR):
            self._progress.say("picture vectors stay as they are: --pictures does not say where the pictures are")
        return frozenset(name for name, ours in models.items() if ours and ours.spec.id != self._made_by(name))

    def run(self, due: Collection[str], places: Sequence[str]) -> Summary:
        """Makes the vectors of these fields, keeps the others, and swaps. `places`: where pictures are, for the next
        time. Raises LoadRefused, EngineError; the live generation then stays as it is."""
        started = time.monotonic()
        store = self._connection.store.only(text=fields.TEXT_VECTOR in due, pictures=fields.IMAGE_VECTOR in due)
        source = dict(self._meta.get("source", {}))
        if places:
            source["pictures"] = list(places)
        kept = {
            name: fields.VectorSpace(model["model"], model["dims"])
            for name, model in self._meta.get("models", {}).items()
            if name not in due
        }
        # A vector of the same model is better than none, should its picture be out of reach today.
        renewed = {name for name in due if self._made_by(name) != self._makes(name)}
        self._replacing = Replacing(
            store,
            WrittenMeanwhile(renewed),
            progress=self._progress,
            keep=self._settings.keep,
            stop=self._stop,
        )
        replaced = self._replacing.run(
            lambda: store.begin_load(source, kept),
            lambda index: self._fill(store, index, renewed),
            lambda: store.checks(self.summary.indexed, self._sample, writes=self.summary.written, kept=kept),
        )
        self.summary.index, self.summary.replaced_index = replaced.index, replaced.before
        self.summary.seconds = time.monotonic() - started
        return self.summary

    def _fill(self, store: ProductStore, index: str, renewed: Collection[str]) -> None:
        started = time.monotonic()
        if store.generations.live() != self._live:
            raise LoadRefused("Another catalogue went live a moment ago; nothing was changed. Run it again.")
        self._rows.size_bytes = next((g.documents for g in store.generations.all() if g.live), 0)
        pipeline = BulkPipeline(
            store,
            index,
            self._settings,
            stop=self._stop,
            on_failed=self._refused,
            on_picture=self._without_picture,
            on_written=self._replacing.filled,
        )
        with pipeline:
            for stored in stored_products(self._connection.client, self._live):
                self._rows.read += 1
                if len(self._sample) < SMOKE_SAMPLES:
                    self._sample.append(stored.product)
                pipeline.put(_versioned(stored, renewed), self._rows.read)
            outcome = pipeline.finish()
        summary = self.summary
        summary.read = summary.good = self._rows.read
        summary.indexed, summary.written, summary.stale = self._rows.read, outcome.written, outcome.stale
        summary.writing_seconds = time.monotonic() - started
        if not store.has_picture_vectors():
            raise LoadRefused("Not one picture of these products could be had; the live catalogue stays as it is.")

    def _made_by(self, name: str) -> str | None:
        model: str | None = self._meta.get("models", {}).get(name, {}).get("model")
        return model

    def _makes(self, name: str) -> str | None:
        ours = self._connection.embedder if name == fields.TEXT_VECTOR else self._connection.pictures
        return ours.spec.id if ours is not None else None

    def _without_picture(self, origin: int, problem: PictureProblem) -> None:
        self.summary.pictures_refused += 1
        self._rejects.warn(LABEL, "record", origin, problem)

    def _refused(self, origin: int, product_id: str, reason: str) -> None:
        raise LoadRefused(f"Elasticsearch refused product {product_id} (record {origin}): {reason}")


class WrittenMeanwhile:
    """Brings along what was written while vectors are made: the live product, whole."""

    whole = True

    def __init__(self, renewed: Collection[str]) -> None:
        self._renewed = renewed

    def item(
        self,
        write: StoredWrite,
        before: StoredWrite | None,  # noqa: ARG002 - of a bringing
        there: Mapping[str, Any] | None,  # noqa: ARG002
    ) -> VersionedProduct:
        """As Bringing.item."""
        kept = {name: write.source[name] for name in KEPT if name in write.source}
        return _versioned(StoredProduct(product_of(write.source), write.version, kept), self._renewed)


def _versioned(stored: StoredProduct, renewed: Collection[str]) -> VersionedProduct:
    kept = {name: vector for name, vector in stored.vectors.items() if name not in renewed}
    return VersionedProduct(stored.product, stored.version, kept)
