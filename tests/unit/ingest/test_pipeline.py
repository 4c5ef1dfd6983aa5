"""The pipeline tells what its threads have failed with, whoever feeds it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from embed.base import Vectors
from embed.errors import ModelUnavailable
from embed.fake import FakeEmbedder
from es.client import connect
from es.names import IndexNames
from ingest.pipeline import BulkPipeline
from ingest.settings import IngestSettings
from shop.products.store import ProductStore, VersionedProduct
from tests.engines import engine_at
from tests.factory import product


class Away(FakeEmbedder):
    def embed_texts(self, texts: object) -> Vectors:
        raise ModelUnavailable(f"it is away: {texts}")


def feed() -> None:
    engine = engine_at("http://127.0.0.1:9")
    with connect(engine) as client:
        store = ProductStore(client, IndexNames(engine.index_prefix), Away(warn=False))
        stop = threading.Event()
        pipeline = BulkPipeline(
            store, "nowhere", IngestSettings(), stop=stop, on_failed=print, on_picture=print, on_written=print
        )
        with pipeline:
            pipeline.put(VersionedProduct(product("p1"), 1), "line 1")
            pipeline.finish()


def test_a_failure_reaches_whoever_feeds_it() -> None:
    with pytest.raises(ModelUnavailable, match="it is away"):
        feed()


def test_a_failure_reaches_a_thread_that_feeds_it() -> None:
    with ThreadPoolExecutor(1) as threads, pytest.raises(ModelUnavailable, match="it is away"):
        threads.submit(feed).result(timeout=60)
