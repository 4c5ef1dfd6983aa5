"""The recommenders put together over one shop."""

from collections.abc import Mapping

from elasticsearch import AsyncElasticsearch

from app.events.service import EventService
from app.llm.service import LanguageModelService
from app.recommend.contract import Recommender
from app.recommend.generations import LiveGenerations
from app.recommend.knowledge import Knowledge
from app.recommend.learned_rows import KINDS
from app.recommend.part_weights import PartWeights
from app.recommend.placements import PlacementPlan, read_placements
from app.recommend.reads import Reads
from app.recommend.recommenders.collaborative import BoughtTogether, Collaborative, Sequential
from app.recommend.recommenders.factorization import Factorization
from app.recommend.recommenders.hybrid import Hybrid
from app.recommend.recommenders.learned import Learned
from app.recommend.recommenders.lists import MostReviewed, NewArrivals, Popular, SlowMovers, Trending
from app.recommend.recommenders.llm import LanguageModelPicks
from app.recommend.recommenders.neighbours import ContentBased, Similar
from app.recommend.recording import Impressions
from app.recommend.service import RecommendService
from app.recommend.settings import RecommendSettings
from app.search.service import SearchService
from embed.similarity import Scale, scale_of
from es.mappings import products as fields
from es.names import IndexNames
from es.wire import Wire
from shop.recommenders.ranker_reader import RankerReader
from shop.recommenders.served_hybrid import ServedHybrid
from shop.recommenders.successor_index import SuccessorReader

NAMES = frozenset({
    "similar", "similar_looks", "content", "collaborative", "sequential", "hybrid", "bought_together", "trending",
    "popular", "most_reviewed", "new_arrivals", "slow_movers", "llm", "learned", "factorization",
})  # fmt: skip
"""Every recommender that placements may name."""


def open_recommendations(
    client: AsyncElasticsearch,
    wire: Wire,
    names: IndexNames,
    search: SearchService,
    events: EventService,
    settings: RecommendSettings,
    placements: Mapping[str, PlacementPlan],
    models: LanguageModelService,
) -> RecommendService:
    """The service; `start` and `stop` it."""
    live = LiveGenerations(client, names, KINDS, every_s=settings.generations_s, deadline_s=settings.deadline_s)
    reads = Reads(wire, deadline_s=settings.deadline_s)
    knowledge = Knowledge(reads, names, events.recent, live, rows=settings.rows_kept, warmed=settings.rows_read_ahead)
    weights = PartWeights(knowledge)
    recommenders = all_recommenders(
        knowledge, SuccessorReader(client, names), RankerReader(client, names), search, settings, models, weights
    )
    impressions = Impressions(events.record, limit=settings.log_queue)
    return RecommendService(knowledge, recommenders, search, impressions, settings, placements, weights)


def placements_of(settings: RecommendSettings) -> dict[str, PlacementPlan]:
    """The placements; before anything is opened. Raises PlacementsInvalid where the file is wrong."""
    return read_placements(settings.placements, NAMES)


def all_recommenders(
    knowledge: Knowledge,
    successors: SuccessorReader,
    rankers: RankerReader,
    search: SearchService,
    settings: RecommendSettings,
    models: LanguageModelService,
    weights: PartWeights,
) -> list[Recommender]:
    """Every recommender; placements choose among them by name."""

    async def decay() -> float:
        return await successors.decay(deadline_s=settings.deadline_s)

    async def ranker() -> ServedHybrid | None:
        return await rankers.ranker(deadline_s=settings.deadline_s)

    async def scale(field: str) -> Scale:
        facts = await search.catalogue.facts()
        return scale_of(facts.text_model if field == fields.TEXT_VECTOR else facts.image_model)

    least = search.settings.similarity_threshold
    collaborative, content = Collaborative(knowledge), ContentBased(knowledge)
    sequential = Sequential(knowledge, decay)
    hybrid = Hybrid([collaborative, content, sequential], weights)
    trending, popular, reviewed = Trending(knowledge), Popular(knowledge), MostReviewed(knowledge)
    # What the model chooses from: what fits the shopper first, then what fits all.
    sources: dict[Recommender, float] = {hybrid: 1.0, trending: 0.4, popular: 0.3, reviewed: 0.1}
    return [
        LanguageModelPicks(knowledge, models, sources),
        Similar(knowledge, scale, fields.TEXT_VECTOR, least),
        Similar(knowledge, scale, fields.IMAGE_VECTOR, least),
        content,
        collaborative,
        sequential,
        hybrid,
        Learned(knowledge, ranker),
        Factorization(knowledge),
        BoughtTogether(knowledge),
        trending,
        popular,
        reviewed,
        NewArrivals(knowledge, settings.new_days),
        SlowMovers(knowledge, settings.slow_stock),
    ]
