"""The synthetic catalogue in an index of its own, kept between runs."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

import es.mappings
import shop.products
from embed.base import Embedder, ImageEmbedder
from es.client import connect
from es.embedded.progress import say
from es.generations import Generations
from es.mappings.products import IMAGE_VECTOR, KIND, SCHEMA_VERSION, VectorSpace
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate import synthetic
from evaluate.errors import MeasurementFailed
from shop.products.store import ProductStore
from shop.products.stored import stored_form

BATCH: Final = 500
# Code that decides what is stored: an index made by other code is not what would be measured.
_CODE = (Path(synthetic.__file__), synthetic.WORDS)
_ROOMS = (shop.products, es.mappings)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The catalogue that is live now; `seconds` is None where it was there already."""

    products: int
    seconds: float | None
    index_mb: float


def ensure_loaded(
    engine: EngineSettings, embedder: Embedder, products: int, look: ImageEmbedder | None = None
) -> Loaded:
    """Makes the catalogue of this size the live one of `engine`'s prefix, merged to one segment. With `look`, products
    have vectors as if of pictures: around the place of their family's words in that model's space."""
    with connect(engine) as client:
        store = ProductStore(client, IndexNames(engine.index_prefix), embedder)
        mark = fingerprint(embedder.spec.id + (look.spec.id if look else ""), products)
        seconds = None
        if not any(g.live and g.meta.get("source", {}).get("fingerprint") == mark for g in store.generations.all()):
            started = time.monotonic()
            _load(store, embedder, products, mark, look)
            seconds = time.monotonic() - started
        live = next(g for g in store.generations.all() if g.live)
        return Loaded(live.documents, seconds, live.size_bytes / 1e6)


def clone_loaded(engine: EngineSettings, prefix: str) -> None:
    """A copy of the catalogue that is live under `engine`'s prefix, live under another: to be changed and thrown away.
    Its files are links, so it takes a second."""
    with connect(engine) as client:
        live = next(g.index for g in Generations(client, IndexNames(engine.index_prefix), KIND).all() if g.live)
        names = IndexNames(prefix)
        index = names.generation(KIND)
        client.indices.put_settings(index=live, settings={"blocks.write": True})
        try:
            client.indices.clone(index=live, target=index, settings={"index.blocks.write": None})
        finally:
            client.indices.put_settings(index=live, settings={"blocks.write": None})
        client.indices.put_alias(index=index, name=names.alias(KIND), is_write_index=True)


def fingerprint(model: str, products: int) -> str:
    """Changes with the model, the size, the generator and the code that makes documents."""
    digest = hashlib.sha256(f"{model}\n{products}\n{SCHEMA_VERSION}".encode())
    code = [path for room in _ROOMS for path in sorted(Path(room.__path__[0]).glob("*.py"))]
    for path in (*_CODE, *code):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _load(store: ProductStore, embedder: Embedder, products: int, mark: str, look: ImageEmbedder | None) -> None:
    say(f"loading {products:,} synthetic products; later runs use them again")
    vectors = synthetic.FamilyVectors(embedder)
    looks = synthetic.FamilyVectors(look) if look is not None else None
    # The looks come from no picture, so the store cannot know their model.
    kept = {IMAGE_VECTOR: VectorSpace(look.spec.id, look.spec.dims)} if look is not None else {}
    index = store.begin_load({"fingerprint": mark}, kept)
    said = time.monotonic()
    for start in range(0, products, BATCH):
        outcome = store.send(index, _lines(vectors, looks, range(start, min(start + BATCH, products))))
        if outcome.failed:
            raise MeasurementFailed(f"Elasticsearch refused a product: {outcome.failed[0]}")
        if time.monotonic() - said > 10:
            said = time.monotonic()
            say(f"{start + BATCH:,} products")
    store.generations.finish(index)
    checks = store.checks(products, [], kept=kept)
    problems = [r.problem for r in store.generations.check(index, checks) if r.problem]
    if problems:
        raise MeasurementFailed(f"The synthetic catalogue is not as it should be: {'; '.join(problems)}")
    store.generations.swap(index)
    store.generations.prune(keep=1)


def _lines(vectors: synthetic.FamilyVectors, looks: synthetic.FamilyVectors | None, numbers: range) -> list[bytes]:
    lines: list[bytes] = []
    for number in numbers:
        product = synthetic.product(number)
        lines.append(orjson.dumps({"index": {"_id": product.product_id}}))
        lines.append(
            orjson.dumps(stored_form(product, vectors.vector(number), looks.vector(number) if looks else None))
        )
    return lines
