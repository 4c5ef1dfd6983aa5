"""A shop for tests: products loaded into the run's Elasticsearch, and the real service over them."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import httpx
from fastapi import FastAPI

from app.access.settings import AccessMode, AccessSettings
from app.llm.settings import LanguageModelSettings
from app.main import create_app
from app.opening import Configuration
from app.recommend.settings import RecommendSettings
from app.settings import ServiceSettings
from embed.base import Embedder
from embed.chain import EmbedderChain
from embed.errors import ModelUnavailable
from embed.fake import FakeEmbedder
from es.client import connect
from es.names import IndexNames
from es.settings import EngineSettings
from shop.pictures.vectors import ProductPictures
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct
from shop.settings import ChangeSettings, EventSettings, QueryLogSettings
from tests.engines import own_engine
from tests.language_models import settings_for_tests

WORDS_ALONE: Final = FakeEmbedder(warn=False)
"""The fake text model, which knows no meaning; as `fake_models` serve it."""


def load(
    engine: EngineSettings,
    products: Sequence[Product],
    embedder: Embedder | None,
    pictures: ProductPictures | None = None,
) -> str:
    """Loads the products as a new generation and makes it the live one; returns its index."""
    with connect(engine) as client:
        store = ProductStore(client, IndexNames(engine.index_prefix), embedder, pictures=pictures)
        index = store.begin_load()
        store.write(index, [VersionedProduct(product, 1) for product in products])
        store.generations.finish(index)
        store.generations.swap(index)
        return index


@contextmanager
def shop_of(
    es_url: str, products: Sequence[Product], embedder: Embedder | None = WORDS_ALONE
) -> Iterator[EngineSettings]:
    """The engine of a shop with those products, which is gone afterwards."""
    with own_engine(es_url) as engine:
        load(engine, products, embedder)
        yield engine


def fake_models(dims: int = 64, name: str = "fake") -> EmbedderChain:
    """A chain that serves the fake model: words, not meaning."""
    return EmbedderChain([(name, lambda: FakeEmbedder(dims, name=name, warn=False))])


def no_models(reason: str = "its file is not there") -> EmbedderChain:
    """A chain that has no model to serve."""

    def load_nothing() -> Embedder:
        raise ModelUnavailable(reason)

    return EmbedderChain([("missing", load_nothing)])


def service(
    engine: EngineSettings,
    models: EmbedderChain | None = None,
    pictures: EmbedderChain | None = None,
    events: EventSettings | None = None,
    recommend: RecommendSettings | None = None,
    access: AccessSettings | None = None,
    llm: LanguageModelSettings | None = None,
    **settings: Any,  # noqa: ANN401
) -> FastAPI:
    """The service over one shop, with the fake text model unless another chain is given; `pictures` replaces the
    model of words and pictures that comes with the product."""
    logging = {name: settings.pop(name) for name in QueryLogSettings.model_fields if name in settings}
    streaming = {name: settings.pop(name) for name in ChangeSettings.model_fields if name in settings}
    asked = Configuration(
        service=ServiceSettings(**settings),
        engine=engine,
        text_models=models or fake_models(),
        picture_models=pictures,
        events=events or EventSettings(),
        query_log=QueryLogSettings(**{"query_log_flush_s": 0.1, **logging}),
        recommend=recommend or RecommendSettings(),
        access=access or AccessSettings(access=AccessMode.OPEN),
        language_model=llm or settings_for_tests(),
        streaming=ChangeSettings(**streaming),
    )
    return create_app(asked)


@asynccontextmanager
async def api(
    engine: EngineSettings,
    models: EmbedderChain | None = None,
    pictures: EmbedderChain | None = None,
    events: EventSettings | None = None,
    recommend: RecommendSettings | None = None,
    access: AccessSettings | None = None,
    llm: LanguageModelSettings | None = None,
    **settings: Any,  # noqa: ANN401
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service, which is opened and closed around it. An error that no handler turned into an
    answer is raised in the test."""
    app = service(engine, models, pictures, events, recommend, access, llm, **settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example", timeout=60) as client:
            yield client
