"""The HTTP service put together. Nothing happens at import: `create_app` makes an app, its lifespan opens it."""

import html
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app import logs, openapi, problems
from app.access.guard import Guard
from app.access.service import Gate
from app.access.settings import AccessSettings
from app.analytics.routes import router as analytics_routes
from app.analytics.service import AnalyticsService
from app.body_limit import BodyLimit
from app.catalogue import Catalogue
from app.chat.opening import open_chat
from app.chat.opening_support import desk_counts, support_tools
from app.chat.reading.trained import trained_reader
from app.chat.routes import router as chat_routes
from app.chat.settings import ChatSettings
from app.deps import AppServices
from app.events.models import schemas as event_schemas
from app.events.opening import open_events
from app.events.routes import router as event_routes
from app.health.routes import router as health_routes
from app.health.service import HealthService
from app.lexicon import LexiconKeeper
from app.live_rules import LiveRules
from app.llm.routes import router as language_model_routes
from app.llm.service import LanguageModelService
from app.llm.settings import LanguageModelSettings
from app.meter import meter
from app.metrics.routes import router as metric_routes
from app.metrics.service import MetricsService
from app.products.change_routes import router as change_routes
from app.products.opening import open_changes
from app.products.routes import router as product_routes
from app.products.service import ProductService
from app.prometheus.routes import router as prometheus_routes
from app.prometheus.service import sampled
from app.query_vectors import QueryVectors
from app.recommend.opening import open_recommendations, placements_of
from app.recommend.routes import router as recommend_routes
from app.recommend.settings import RecommendSettings
from app.rules.routes import router as rule_routes
from app.rules.service import RuleService
from app.search.picture_routes import router as picture_routes
from app.search.routes import router as search_routes
from app.search.service import SearchService
from app.search.similar.routes import router as similar_routes
from app.search.similar.service import SimilarService
from app.search.spelling import Speller
from app.search.understanding.routes import router as understand_routes
from app.search.understanding.service import UnderstandingService
from app.settings import ServiceSettings
from app.suggest.routes import router as suggest_routes
from app.suggest.service import SuggestService
from embed.chain import EmbedderChain
from embed.settings import EmbedSettings
from embed.vocabulary import common_words
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from es.wire import Wire
from shop.events.scan import EventScan
from shop.feedback.store import FeedbackReader
from shop.lexicon.reader import LexiconReader
from shop.products.reader import ProductReader
from shop.queries.log import QueryLog
from shop.queries.reader import QueryLogReader
from shop.rules.store import RuleStore
from shop.settings import ChangeSettings, EventSettings, OrderSettings, QueryLogSettings
from shop.spending.store import SpendingStore

WEB = Path(__file__).parent.parent / "web"

# The page runs nothing but its own files; a shop's pictures may come from anywhere.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https: http: data: blob:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'; object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Asked for again each time, so that a new version is seen at once; 304 where nothing changed.
    "Cache-Control": "no-cache",
}

DESCRIPTION = """
Search for online shops on Elasticsearch: words and meaning together, facets that count exactly, filters on any
attribute.

Errors are `application/problem+json` (RFC 9457): `type` is stable, `detail` says what to do, `errors` names each
wrong parameter. 503 answers carry `Retry-After`.
"""


def create_app(
    settings: ServiceSettings | None = None,
    engine: EngineSettings | None = None,
    embedding: EmbedSettings | None = None,
    *,
    es_url: str = "",
    text_models: EmbedderChain | None = None,
    picture_models: EmbedderChain | None = None,
    events: EventSettings | None = None,
    query_log: QueryLogSettings | None = None,
    recommend: RecommendSettings | None = None,
    access: AccessSettings | None = None,
    language_model: LanguageModelSettings | None = None,
    streaming: ChangeSettings | None = None,
) -> FastAPI:
    """An app over one shop. Settings that are None are read from the environment; `es_url` overrides the engine's,
    `text_models` and `picture_models` the models that `embedding` names."""
    settings = settings or ServiceSettings()
    engine = engine or EngineSettings()
    embedding = embedding or EmbedSettings()
    events = events or EventSettings()
    access = access or AccessSettings()
    gate = Gate(access, settings.host)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        models, llm = (text_models, picture_models), language_model
        async with open_services(
            settings, engine, embedding, es_url, *models, events, query_log, recommend, gate, llm, streaming
        ) as services:
            app.state.services = services
            yield

    app = FastAPI(title="shopscout", version=version("shopscout"), description=DESCRIPTION, lifespan=lifespan)
    app.add_middleware(BodyLimit, max_bytes=int(settings.max_body_mb * 1e6))
    app.add_middleware(Guard, gate=gate, settings=access)
    app.add_middleware(logs.RequestLog)
    problems.install(app)
    searching = (search_routes, understand_routes, suggest_routes, picture_routes, similar_routes, analytics_routes)
    shopping = (product_routes, change_routes, event_routes, rule_routes, recommend_routes, chat_routes, metric_routes)
    operating = (language_model_routes, health_routes, prometheus_routes)
    for router in (*searching, *shopping, *operating):
        app.include_router(router)
    _serve_pages(app, engine, access.page_key)
    openapi.describe(app, event_schemas())
    return app


@asynccontextmanager
async def open_services(
    settings: ServiceSettings,
    engine: EngineSettings,
    embedding: EmbedSettings,
    es_url: str = "",
    text_models: EmbedderChain | None = None,
    picture_models: EmbedderChain | None = None,
    event_settings: EventSettings | None = None,
    query_log: QueryLogSettings | None = None,
    recommend: RecommendSettings | None = None,
    gate: Gate | None = None,
    language_model: LanguageModelSettings | None = None,
    streaming: ChangeSettings | None = None,
) -> AsyncIterator[AppServices]:
    """Opens what the service needs and closes it at the end, in the opposite order, and also where opening stops half
    way. Elasticsearch need not be there yet."""
    recommend = recommend or RecommendSettings()
    placements = placements_of(recommend)
    counted = meter().engine_call
    names = IndexNames(engine.index_prefix)
    query_log = query_log or QueryLogSettings()
    async with AsyncExitStack() as opened:
        client = connect_async(engine, es_url, counted)
        opened.push_async_callback(client.close)
        wire = Wire(engine, es_url, counted)
        opened.push_async_callback(wire.close)
        reader = ProductReader(client, wire, names)
        queries = QueryLog(client, names, query_log)
        streaming, kept = streaming or ChangeSettings(), event_settings or EventSettings()
        redis_url = streaming.redis_url.get_secret_value()
        events = await opened.enter_async_context(open_events(engine, es_url, settings, kept, redis_url, queries))
        vectors = QueryVectors(embedding, text_models, picture_models)
        catalogue = Catalogue(reader, vectors, settings)
        searched = QueryLogReader(client, names, least_people=query_log.popular_least_people)
        lexicon = LexiconKeeper(LexiconReader(client, names), catalogue, settings, searched)
        speller = Speller(lexicon, reader, common_words(embedding))
        rules = LiveRules(RuleStore(client, names, deadline_s=settings.search_deadline_s), settings)
        understanding = UnderstandingService(reader, catalogue, settings)
        # Loaded before the first request, so that none is answered without meaning only because it came early.
        await vectors.refresh()
        for part in (catalogue, understanding, queries, lexicon, rules):
            opened.push_async_callback(part.stop)
        catalogue.start()
        lexicon.start()
        queries.start()
        await rules.start()
        await understanding.lexicon()
        understanding.start()
        search = SearchService(reader, catalogue, settings, queries, speller, rules, understanding)
        similar, products = SimilarService(reader, catalogue, settings), ProductService(reader, settings)
        talk = ChatSettings()
        intents = trained_reader(lambda: vectors.meaning.embedder, talk.intent_model)
        model = LanguageModelService.over(language_model or LanguageModelSettings(), SpendingStore(client, names))
        desk = support_tools(client, names, talk, reader, vectors, OrderSettings(), search, products)
        chat, chat_records = open_chat(
            client, names, talk, search, similar, products, understanding, model, desk, intents
        )
        gate = gate or Gate(AccessSettings(), settings.host)
        await opened.enter_async_context(gate.opened(client, names))
        await opened.enter_async_context(sampled(queries))
        changes = await opened.enter_async_context(open_changes(engine, es_url, vectors, settings, streaming))
        recommendations = open_recommendations(client, wire, names, search, events, recommend, placements, model)
        opened.push_async_callback(recommendations.stop)
        await recommendations.start()
        opened.push_async_callback(model.close)
        await model.open()
        yield AppServices(
            catalogue=catalogue,
            search=search,
            similar=similar,
            suggest=SuggestService(reader, lexicon, settings, search.visible),
            understanding=understanding,
            products=products,
            changes=changes,
            events=events,
            health=HealthService(
                catalogue, queries, rules, lexicon, gate, model, changes.road, events, desk_counts(client, names)
            ),
            analytics=AnalyticsService(searched, queries),
            rules=RuleService(rules, search, reader, settings.search_deadline_s),
            chat=chat,
            chat_records=chat_records,
            recommend=recommendations,
            language_model=model,
            metrics=MetricsService(
                EventScan(client, names), FeedbackReader(client, names), reader, catalogue, recommendations
            ),
        )


def _serve_pages(app: FastAPI, engine: EngineSettings, key: str) -> None:
    """The search page with its key, and the pictures of the demo catalogue where there are any."""

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def page() -> Response:
        if not key:
            return FileResponse(WEB / "index.html", headers=PAGE_HEADERS)
        told = f'<meta name="shopscout-key" content="{html.escape(key)}">'
        text = (WEB / "index.html").read_text(encoding="utf-8").replace("<head>", f"<head>\n  {told}", 1)
        return HTMLResponse(text, headers=PAGE_HEADERS)

    app.mount("/static", PageFiles(directory=WEB / "static", check_dir=False), name="static")
    pictures = engine.cache_dir / "demo" / "pictures"
    app.mount("/pictures", PageFiles(directory=pictures, check_dir=False), name="pictures")


class PageFiles(StaticFiles):
    """Files of a folder that may not be there yet: without the demo there are no pictures of it."""

    async def check_config(self) -> None:
        try:
            await super().check_config()
        except RuntimeError:
            raise HTTPException(404) from None
