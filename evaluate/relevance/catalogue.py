"""The judged products in an index of their own, loaded again only when something about them has changed."""

import hashlib
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import embed
import es.mappings
import ingest.mapping
import shop.products
from embed.settings import EmbedSettings
from es.client import connect
from es.generations import Generations
from es.mappings.products import KIND
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.errors import DataMissing
from ingest.embedding import load_embedder
from ingest.feeds.feed import open_feeds
from ingest.load import FullLoad
from ingest.mapping.file import read_mapping
from ingest.mapping.mapper import Mapper
from ingest.progress import Progress
from ingest.rejects import RejectsFile, rejects_path
from ingest.settings import IngestSettings
from shop.products.store import ProductStore

# Code that decides what is stored of a product: when it changes, an index made by the old one is of no use.
_ROOMS = (shop.products, es.mappings, ingest.mapping)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of products and its mapping file."""

    products: Path
    mapping: Path


def ensure_loaded(feed: Feed, engine: EngineSettings, url: str, embedding: EmbedSettings) -> bool:
    """Makes the feed the live catalogue of `engine`'s prefix; False where it was already.

    Raises DataMissing, ingest.errors.IngestError, es.errors.EngineError, embed.errors.EmbedError.
    """
    for path in (feed.products, feed.mapping):
        if not path.is_file():
            raise DataMissing(f"There is no file {path}.")
    with connect(engine, url) as client:
        mark = fingerprint(feed, embedding)
        live = [g for g in Generations(client, IndexNames(engine.index_prefix), KIND).all() if g.live]
        if live and live[0].meta.get("source", {}).get("fingerprint") == mark:
            return False
        mapping = read_mapping(feed.mapping)
        settings = IngestSettings().model_copy(update={"keep": 1})
        feeds = open_feeds([str(feed.products)], mapping.feed_options)
        with load_embedder(embedding) as embedder, tempfile.TemporaryDirectory() as folder:
            rejects = RejectsFile(rejects_path(feed.products.name, Path(folder)))
            load = FullLoad(
                ProductStore(client, IndexNames(engine.index_prefix), embedder),
                feeds,
                Mapper(mapping, settings.currency),
                rejects,
                settings,
                progress=Progress(feeds, sys.stderr),
                stop=threading.Event(),
            )
            load.run({"fingerprint": mark})
            rejects.close()
    return True


def fingerprint(feed: Feed, embedding: EmbedSettings) -> str:
    """Changes with the products, their mapping, the text model, and the code that makes documents of them."""
    digest = hashlib.sha256(f"{embedding.text_model}\n".encode())
    code = [path for room in _ROOMS for path in Path(room.__path__[0]).glob("*.py")]
    weights = Path(embed.__path__[0]) / "weights" / embedding.text_model / "manifest.json"
    for path in (feed.products, feed.mapping, weights, *sorted(code)):
        if path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
