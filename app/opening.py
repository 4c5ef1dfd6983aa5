"""The services of one app: opened in the order in which they need one another, closed in the opposite one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from elasticsearch import AsyncElasticsearch

from app.access.service import Gate
from app.access.settings import AccessSettings
from app.analytics.service import AnalyticsService
from app.catalogue import Catalogue
from app.chat.guardrails.learned import LearnedDangers, learned_dangers
from app.chat.opening import open_chat
from app.chat.opening_support import desk_counts, support_tools
from app.chat.reading.trained import trained_reader
from app.chat.reading.vectors import MessageVectors
from app.chat.reporting import ChatRecords
from app.chat.service import ChatService
from app.chat.settings import ChatSettings
from app.deps import AppServices
from app.events.opening import open_events
from app.garbage import seldom_collected, set_aside
from app.health.service import HealthService
from app.lexicon import LexiconKeeper
from app.live_rules import LiveRules
from app.llm.service import LanguageModelService
from app.llm.settings import LanguageModelSettings
from app.meter import meter
from app.metrics.service import MetricsService
from app.products.opening import open_changes
from app.products.service import ProductService
from app.prometheus.service import sampled
from app.query_vectors import QueryVectors
from app.recommend.opening import open_recommendations, placements_of
from app.recommend.service import RecommendService
from app.recommend.settings import RecommendSettings
from app.rules.service import RuleService
from app.search.service import SearchService
from app.search.similar.service import SimilarService
from app.search.spelling import Speller
from app.search.understanding.service import UnderstandingService
from app.settings import ServiceSettings
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All settings of one app; what is not given is read from the environment. `es_url` overrides the engine's,
    `text_models` and `picture_models` the models that `embedding` names."""

    service: ServiceSettings = field(default_factory=ServiceSettings)
    engine: EngineSettings = field(default_factory=EngineSettings)
    embedding: EmbedSettings = field(default_factory=EmbedSettings)
    access: AccessSettings = field(default_factory=AccessSettings)
    events: EventSettings = field(default_factory=EventSettings)
    streaming: ChangeSettings = field(default_factory=ChangeSettings)
    query_log: QueryLogSettings = field(default_factory=QueryLogSettings)
    recommend: RecommendSettings = field(default_factory=RecommendSettings)
    language_model: LanguageModelSettings = field(default_factory=LanguageModelSettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    orders: OrderSettings = field(default_factory=OrderSettings)
    es_url: str = ""
    text_models: EmbedderChain | None = None
    picture_models: EmbedderChain | None = None


@dataclass(frozen=True, slots=True)
class _Connections:
    """The ways to Elasticsearch, and the models that make vectors of a request."""

    client: AsyncElasticsearch
    wire: Wire
    names: IndexNames
    reader: ProductReader
    vectors: QueryVectors


@dataclass(frozen=True, slots=True)
class _Finding:
    """What finds products, and what it keeps in memory to do so."""

    catalogue: Catalogue
    lexicon: LexiconKeeper
    rules: LiveRules
    understanding: UnderstandingService
    queries: QueryLog
    searched: QueryLogReader
    search: SearchService
    similar: SimilarService
    products: ProductService


@dataclass(frozen=True, slots=True)
class _Talking:
    """The conversation, what was said in it, and what watches over it."""

    chat: ChatService
    records: ChatRecords
    dangers: LearnedDangers


@asynccontextmanager
async def open_services(asked: Configuration, gate: Gate | None = None) -> AsyncIterator[AppServices]:
    """Opens what the service needs and closes it at the end, in the opposite order, and also where opening stops half
    way. Elasticsearch need not be there yet. `gate`: the one that requests pass, where there is one already."""
    settings, engine, es_url = asked.service, asked.engine, asked.es_url
    placements = placements_of(asked.recommend)
    async with AsyncExitStack() as opened:
        opened.enter_context(seldom_collected())
        to = _connect(opened, asked)
        queries = QueryLog(to.client, to.names, asked.query_log)
        events = await opened.enter_async_context(
            open_events(engine, es_url, settings, asked.events, asked.streaming.redis_url.get_secret_value(), queries)
        )
        found = await _open_finding(opened, asked, to, queries)
        model = LanguageModelService.over(asked.language_model, SpendingStore(to.client, to.names))
        gate = gate or Gate(asked.access, settings.host)
        await opened.enter_async_context(gate.opened(to.client, to.names))
        await opened.enter_async_context(sampled(queries))
        changes = await opened.enter_async_context(open_changes(engine, es_url, to.vectors, settings, asked.streaming))
        recommendations = open_recommendations(
            to.client, to.wire, to.names, found.search, events, asked.recommend, placements, model
        )
        talking = _open_talking(asked, to, found, model, recommendations)
        opened.push_async_callback(recommendations.stop)
        await recommendations.start()
        opened.push_async_callback(model.close)
        await model.open()
        set_aside(unseen=True)
        yield AppServices(
            catalogue=found.catalogue,
            search=found.search,
            similar=found.similar,
            suggest=SuggestService(to.reader, found.lexicon, settings, found.search.visible),
            understanding=found.understanding,
            products=found.products,
            changes=changes,
            events=events,
            health=HealthService(
                catalogue=found.catalogue,
                queries=queries,
                rules=found.rules,
                lexicon=found.lexicon,
                gate=gate,
                language_model=model,
                changes=changes.road,
                events=events,
                desk=desk_counts(to.client, to.names),
                guardrails=talking.dangers.health,
            ),
            analytics=AnalyticsService(found.searched, queries),
            rules=RuleService(found.rules, found.search, to.reader, settings.search_deadline_s),
            chat=talking.chat,
            chat_records=talking.records,
            recommend=recommendations,
            language_model=model,
            metrics=MetricsService(
                scan=EventScan(to.client, to.names),
                feedback=FeedbackReader(to.client, to.names),
                reader=to.reader,
                catalogue=found.catalogue,
                recommend=recommendations,
            ),
        )


def _connect(opened: AsyncExitStack, asked: Configuration) -> _Connections:
    counted = meter().engine_call
    client = connect_async(asked.engine, asked.es_url, counted)
    opened.push_async_callback(client.close)
    wire = Wire(asked.engine, asked.es_url, counted)
    opened.push_async_callback(wire.close)
    names = IndexNames(asked.engine.index_prefix)
    vectors = QueryVectors(asked.embedding, asked.text_models, asked.picture_models)
    return _Connections(client, wire, names, ProductReader(client, wire, names), vectors)


async def _open_finding(opened: AsyncExitStack, asked: Configuration, to: _Connections, queries: QueryLog) -> _Finding:
    settings = asked.service
    catalogue = Catalogue(to.reader, to.vectors, settings)
    searched = QueryLogReader(to.client, to.names, least_people=asked.query_log.popular_least_people)
    lexicon = LexiconKeeper(LexiconReader(to.client, to.names), catalogue, settings, searched)
    rules = LiveRules(RuleStore(to.client, to.names, deadline_s=settings.search_deadline_s), settings)
    understanding = UnderstandingService(to.reader, catalogue, settings)
    # Loaded before the first request, so that none is answered without meaning only because it came early.
    await to.vectors.refresh()
    for part in (catalogue, understanding, queries, lexicon, rules):
        opened.push_async_callback(part.stop)
    catalogue.start()
    lexicon.start()
    queries.start()
    await rules.start()
    await understanding.lexicon()
    understanding.start()
    speller = Speller(lexicon, common_words(asked.embedding))
    return _Finding(
        catalogue=catalogue,
        lexicon=lexicon,
        rules=rules,
        understanding=understanding,
        queries=queries,
        searched=searched,
        search=SearchService(to.reader, catalogue, settings, queries, speller, rules, understanding),
        similar=SimilarService(to.reader, catalogue, settings),
        products=ProductService(to.reader, settings),
    )


def _open_talking(
    asked: Configuration,
    to: _Connections,
    found: _Finding,
    model: LanguageModelService,
    recommendations: RecommendService,
) -> _Talking:
    spoken = MessageVectors(lambda: to.vectors.meaning.embedder)
    dangers = learned_dangers(spoken, asked.chat.danger_model)
    chat, records = open_chat(
        to.client,
        to.names,
        asked.chat,
        search=found.search,
        similar=found.similar,
        products=found.products,
        recommendations=recommendations,
        understanding=found.understanding,
        models=model,
        support=support_tools(
            to.client, to.names, asked.chat, to.reader, to.vectors, asked.orders, found.search, found.products
        ),
        intents=trained_reader(spoken, asked.chat.intent_model),
        dangers=dangers,
    )
    return _Talking(chat, records, dangers)
