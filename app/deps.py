"""What a request may ask for: the services that the lifespan opened."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.analytics.service import AnalyticsService
from app.catalogue import Catalogue
from app.chat.reporting import ChatRecords
from app.chat.service import ChatService
from app.events.service import EventService
from app.health.service import HealthService
from app.llm.service import LanguageModelService
from app.metrics.service import MetricsService
from app.products.changes import ChangeService
from app.products.service import ProductService
from app.recommend.service import RecommendService
from app.rules.service import RuleService
from app.search.service import SearchService
from app.search.similar.service import SimilarService
from app.search.understanding.service import UnderstandingService
from app.suggest.service import SuggestService


@dataclass(frozen=True, slots=True)
class AppServices:
    """Every service of the app; one set a process."""

    catalogue: Catalogue
    search: SearchService
    similar: SimilarService
    suggest: SuggestService
    understanding: UnderstandingService
    products: ProductService
    changes: ChangeService
    events: EventService
    health: HealthService
    analytics: AnalyticsService
    rules: RuleService
    chat: ChatService
    chat_records: ChatRecords
    language_model: LanguageModelService
    recommend: RecommendService
    metrics: MetricsService


# Asynchronous, though it waits for nothing: a plain function would be sent to a worker thread on every request.
async def _services(request: Request) -> AppServices:
    services: AppServices = request.app.state.services
    return services


Services = Annotated[AppServices, Depends(_services)]
