"""The conversation put together from the services of the app."""

from collections.abc import Mapping
from typing import Any

from elasticsearch import AsyncElasticsearch

from app.chat.composing.builtin import BuiltInComposer
from app.chat.composing.cohere import CohereComposer
from app.chat.composing.composer import Composer
from app.chat.grounding.check import Checker
from app.chat.guardrails.guard import DangerModel
from app.chat.hearing import Hearing
from app.chat.reading.intents import IntentModel
from app.chat.reporting import ChatRecords
from app.chat.service import ChatService
from app.chat.sessions import Sessions
from app.chat.settings import ChatSettings
from app.chat.toolbox import Toolbox
from app.chat.tools.recommending import RecommendTool
from app.chat.tools.searching import SearchTool
from app.chat.tools.shopping import CompareTool, DetailsTool, SimilarTool
from app.chat.tools.tool import Tool
from app.llm.service import LanguageModelService
from app.products.service import ProductService
from app.recommend.service import RecommendService
from app.search.service import SearchService
from app.search.similar.service import SimilarService
from app.search.understanding.service import UnderstandingService
from es.names import IndexNames
from shop.conversations.store import ConversationStore


def open_chat(
    client: AsyncElasticsearch,
    names: IndexNames,
    settings: ChatSettings,
    search: SearchService,
    similar: SimilarService,
    products: ProductService,
    recommendations: RecommendService,
    understanding: UnderstandingService,
    models: LanguageModelService,
    support: Mapping[str, Tool[Any]],
    intents: IntentModel | None = None,
    dangers: DangerModel | None = None,
) -> tuple[ChatService, ChatRecords]:
    """The service that answers, and the one that tells what was said. `support`: tools about orders and the shop."""
    store = ConversationStore(client, names, deadline_s=settings.deadline_s)
    sessions = Sessions(store, lifetime_s=settings.session_lifetime_s, turn_s=settings.turn_s)
    tools = Toolbox({**shopping_tools(search, similar, products, recommendations), **support})
    hearing = Hearing(understanding, tools, search, intents, dangers)
    chat = ChatService(sessions, store, hearing, tools, writers(models), Checker)
    return chat, ChatRecords(sessions, store)


def writers(models: LanguageModelService) -> list[Composer]:
    """Who writes answers, the first to be asked first; the last one cannot fail."""
    return [CohereComposer(models), BuiltInComposer()] if models.enabled else [BuiltInComposer()]


def shopping_tools(
    search: SearchService, similar: SimilarService, products: ProductService, recommendations: RecommendService
) -> Mapping[str, Tool[Any]]:
    """The tools over the catalogue, by name."""
    tools: list[Tool[Any]] = [
        SearchTool(search, products),
        DetailsTool(products),
        CompareTool(products),
        SimilarTool(similar, products),
        RecommendTool(recommendations, products),
    ]
    return {tool.name: tool for tool in tools}
