"""The product store: a load into a new generation, writes in bulk, and what a finished load must pass.

Blocking, for loads and commands; the HTTP service reads through shop/products/reader.py.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
import orjson
from elasticsearch import Elasticsearch
from numpy.typing import NDArray
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_delay,
    stop_any,
    stop_when_event_set,
    wait_random_exponential,
)

from embed.base import Embedder
from es.client import BUSY_STATUSES, translated
from es.errors import EngineUnavailable, ModelMismatch
from es.generations import Check, CheckResult, Generations
from es.mappings import products as fields
from es.names import IndexNames
from shop.pictures.vectors import PictureProblem, PictureVectors, ProductPictures
from shop.products import checks
from shop.products.document import Product
from shop.products.stored import embedding_text, stored_form

T = TypeVar("T")

Spaces: TypeAlias = Mapping[str, fields.VectorSpace | None]
"""The model of each vector field."""

RETRY_FOR_S = 300.0
RETRY_WAIT_MAX_S = 20.0


@dataclass(frozen=True, slots=True)
class VersionedProduct:
    """A product with the version that decides against other writes of it: milliseconds since 1970, or any
    number that grows with time. A write whose version is lower than the stored one changes nothing. `kept`: vectors as
    they were stored, by field, for where no new ones are made; `settled`: fields for which none is to be made."""

    product: Product
    version: int
    kept: Mapping[str, Any] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()


@dataclass(slots=True)
class BulkOutcome:
    """What became of the documents of one bulk write; `failed` holds (product id, reason)."""

    created: int = 0
    replaced: int = 0
    stale: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def written(self) -> int:
        return self.created + self.replaced


class ProductStore:
    """Products of one shop on one server.

    `embedder` is None where no text model can be had: products are then stored without vectors, for lexical
    search. `pictures` likewise: without it no product has a vector of its pictures. `on_wait(seconds, error)` is told
    before each retry. Once `stop` is set, nothing is tried again.
    """

    def __init__(
        self,
        client: Elasticsearch,
        names: IndexNames,
        embedder: Embedder | None,
        *,
        pictures: ProductPictures | None = None,
        shards: int = 1,
        vector_index: fields.VectorIndex = fields.VectorIndex.INT8_HNSW,
        retry_for_s: float = RETRY_FOR_S,
        on_wait: Callable[[float, Exception], None] | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        self.client = client
        self._embedder = embedder
        self._pictures = pictures
        self._shards = shards
        self._vector_index = vector_index
        self._on_wait = on_wait
        self._retry_for_s = retry_for_s
        self._stop = stop or threading.Event()
        self.names = names
        self.generations = Generations(client, names, fields.KIND)

    def begin_load(
        self, source: dict[str, Any] | None = None, kept: Spaces | None = None, copy: dict[str, Any] | None = None
    ) -> str:
        """Creates the generation that a full load fills; returns its index name. `source` is kept in its `_meta`:
        where the products come from. `kept`: models of vectors that are copied, where we make none of the kind. `copy`
        as for `Generations.create`."""
        spaces = self._spaces(kept)
        definition = fields.definition(
            spaces[fields.TEXT_VECTOR], spaces[fields.IMAGE_VECTOR], shards=self._shards, index=self._vector_index
        )
        if source is not None:
            definition["mappings"]["_meta"]["source"] = source
        return self.retrying(lambda: self.generations.create(definition, copy))

    def only(self, *, text: bool, pictures: bool) -> "ProductStore":
        """This store, making vectors of these kinds alone."""
        return ProductStore(
            self.client,
            self.names,
            self._embedder if text else None,
            pictures=self._pictures if pictures else None,
            vector_index=self._vector_index,
            shards=self._shards,
            retry_for_s=self._retry_for_s,
            on_wait=self._on_wait,
            stop=self._stop,
        )

    def _spaces(self, kept: Spaces | None) -> Spaces:
        ours = {fields.TEXT_VECTOR: _space(self._embedder), fields.IMAGE_VECTOR: _space(self._pictures)}
        return {name: space or (kept or {}).get(name) for name, space in ours.items()}

    def vector_fields(self, index: str) -> frozenset[str]:
        """Which vectors the products of this index have: the field names of those whose model is ours.

        Raises ModelMismatch if another text model than ours made the text vectors, or another picture model than ours
        the picture vectors. Where we have no pictures to look at, those of the index are none of our business.
        """
        models = self.generations.models(index)
        text, image = models.get(fields.TEXT_VECTOR), models.get(fields.IMAGE_VECTOR)
        found = set()
        if text is not None:
            self._same_model(index, text["model"], self._embedder, "SHOPSCOUT_TEXT_MODEL")
            found.add(fields.TEXT_VECTOR)
        if image is not None and self._pictures is not None:
            self._same_model(index, image["model"], self._pictures, "SHOPSCOUT_CLIP_MODEL")
            found.add(fields.IMAGE_VECTOR)
        return frozenset(found)

    def _same_model(self, index: str, made_by: str, ours: Embedder | ProductPictures | None, setting: str) -> None:
        if ours is None or made_by != ours.spec.id:
            here = f"the model here is {ours.spec.id}" if ours else "there is no model here"
            raise ModelMismatch(
                f"The vectors of {index} come from {made_by}, and {here}: two models cannot be mixed. Set {setting} to "
                "that model, or run `python -m ingest embed`."
            )

    def vectors(self, products: Sequence[Product]) -> Sequence[NDArray[np.float32] | None]:
        """One unit vector a product, shape (dims,); None where there is no model."""
        if self._embedder is None:
            return [None] * len(products)
        return list(self._embedder.embed_texts([embedding_text(product) for product in products]))

    def picture_vectors(self, products: Sequence[Product]) -> PictureVectors:
        """One unit vector a product of its pictures; None where it has none that can be read, or we have no model."""
        if self._pictures is None:
            return PictureVectors([None] * len(products))
        return self._pictures.vectors(products)

    def has_picture_vectors(self) -> bool:
        """False where pictures were asked for and not one product has got a vector of one."""
        return self._pictures is None or self._pictures.counts().products > 0

    def encode(
        self, products: Sequence[VersionedProduct], on_picture: Callable[[PictureProblem], None] | None = None
    ) -> list[bytes]:
        """The lines of a bulk request: an action and a document for each product, in order. `on_picture` is told of
        each picture that could not be had or read; its product is there all the same."""
        pictures = self.picture_vectors([i.product for i in products if fields.IMAGE_VECTOR not in i.settled])
        if on_picture is not None:
            for problem in pictures.problems:
                on_picture(problem)
        texts = iter(self.vectors([i.product for i in products if fields.TEXT_VECTOR not in i.settled]))
        images = iter(pictures.vectors)
        lines: list[bytes] = []
        for item in products:
            text = None if fields.TEXT_VECTOR in item.settled else next(texts)
            image = None if fields.IMAGE_VECTOR in item.settled else next(images)
            action = {"_id": item.product.product_id, "version": item.version, "version_type": "external_gte"}
            lines.append(orjson.dumps({"index": action}))
            lines.append(orjson.dumps({**item.kept, **stored_form(item.product, text, image)}))
        return lines

    def send(self, index: str, lines: Sequence[bytes]) -> BulkOutcome:
        """Sends encoded lines to one index; items that the server was too busy for are sent again.

        Raises EngineUnavailable when the server stays away longer than the retries last; nothing is lost
        then, as the same lines may be sent again (their versions make a repeated write harmless).
        """
        outcome = BulkOutcome()
        pending = list(lines)
        give_up_at = time.monotonic() + self._retry_for_s
        wait_s = 0.5
        while pending:
            body = pending
            pending = _sort_out(self.bulk(index, body), body, outcome)
            if pending and (time.monotonic() > give_up_at or self._stop.is_set()):
                raise EngineUnavailable("Elasticsearch kept refusing part of the load as overloaded.")
            if pending:
                if self._on_wait is not None:
                    self._on_wait(wait_s, EngineUnavailable("Elasticsearch is overloaded."))
                self._stop.wait(wait_s)
                wait_s = min(RETRY_WAIT_MAX_S, wait_s * 2)
        return outcome

    def bulk(self, index: str, lines: Sequence[bytes]) -> list[dict[str, Any]]:
        """One bulk request, made again while Elasticsearch is away; the answer's items, in order."""

        def request() -> list[dict[str, Any]]:
            with translated():
                answer = self.client.bulk(
                    index=index,
                    operations=cast(Any, list(lines)),
                    filter_path="items.*._id,items.*.status,items.*.error",
                )
            return list(answer["items"])

        return self.retrying(request)

    def write(self, index: str, products: Sequence[VersionedProduct]) -> BulkOutcome:
        """Encodes and sends in one go."""
        return self.send(index, self.encode(products)) if products else BulkOutcome()

    def checks(
        self, expected: int, sample: Sequence[Product], *, writes: int | None = None, kept: Spaces | None = None
    ) -> list[Check]:
        """What a finished generation must pass before it goes live: its count, its mapping, and that a few of
        its products are found by their own names and vectors.

        `writes`: how many successful writes the load made. Where the index has seen more, changes reached it
        during the load (they may add and delete), and the count may differ by as many. `kept` as for `begin_load`.
        """
        spaces = self._spaces(kept)
        pictures: list[Check] = [checks.check_pictures] if self._pictures is not None else []
        return [
            lambda client, index: checks.check_count(client, index, expected, writes),
            lambda client, index: checks.check_mapping(client, index, spaces),
            lambda client, index: self._check_smoke(client, index, sample[: checks.SMOKE_SAMPLES]),
            *pictures,
        ]

    def retrying(self, call: Callable[[], T]) -> T:
        """Runs a call, again after a growing, jittered wait while Elasticsearch is away or overloaded."""
        retries = Retrying(
            retry=retry_if_exception_type(EngineUnavailable),
            wait=wait_random_exponential(multiplier=0.5, max=RETRY_WAIT_MAX_S),
            stop=stop_any(stop_after_delay(self._retry_for_s), stop_when_event_set(self._stop)),
            sleep=sleep_using_event(self._stop),
            before_sleep=self._tell,
            reraise=True,
        )
        return retries(call)

    def _tell(self, state: Any) -> None:  # noqa: ANN401 - tenacity's RetryCallState
        if self._on_wait is not None and state.outcome is not None:
            self._on_wait(state.next_action.sleep, state.outcome.exception())

    def _check_smoke(self, client: Elasticsearch, index: str, sample: Iterable[Product]) -> CheckResult:
        for product in sample:
            vector = self.vectors([product])[0]
            if not checks.finds_by_name(client, index, product):
                return CheckResult("smoke", f"product {product.product_id} is not found by its own name")
            if vector is not None and not checks.finds_by_vector(client, index, fields.TEXT_VECTOR, vector.tolist()):
                return CheckResult("smoke", f"product {product.product_id} is not found by its own vector")
        return CheckResult("smoke")


def _sort_out(items: Sequence[dict[str, Any]], lines: Sequence[bytes], outcome: BulkOutcome) -> list[bytes]:
    """Counts the answers of a bulk request into `outcome`; returns the lines that must be sent again."""
    again: list[bytes] = []
    for position, item in enumerate(items):
        result = item["index"]
        status = result["status"]
        if status == 201:
            outcome.created += 1
        elif status == 200:
            outcome.replaced += 1
        elif status == 409:
            outcome.stale += 1
        elif status in BUSY_STATUSES:
            again += lines[2 * position : 2 * position + 2]
        else:
            outcome.failed.append((result["_id"], str(result.get("error", {}).get("reason", status))))
    return again


def _space(model: Embedder | ProductPictures | None) -> fields.VectorSpace | None:
    return fields.VectorSpace(model.spec.id, model.spec.dims) if model is not None else None
