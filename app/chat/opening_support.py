"""The tools about orders, accounts and the shop itself, over the adapters that come with the product."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from elasticsearch import AsyncElasticsearch

from app.chat.settings import ChatSettings
from app.chat.tools.judging import LearnedAnswers
from app.chat.tools.knowledge import KnowledgeTool
from app.chat.tools.named import Goods, OffersTool, StockTool
from app.chat.tools.offers import PromotionsTool
from app.chat.tools.table import Desk
from app.chat.tools.tool import Tool
from app.products.service import ProductService
from app.query_vectors import QueryVectors
from app.search.service import SearchService
from es.names import IndexNames
from shop.customers.store import CustomerStore
from shop.inventory.catalogue import CatalogueInventory
from shop.knowledge.answering.model import DEFAULT
from shop.knowledge.store import KnowledgeStore
from shop.orders.actions import OrderActions
from shop.orders.policy import read_policy
from shop.orders.store import OrderStore
from shop.products.reader import ProductReader
from shop.promotions.store import PromotionStore
from shop.reviews.store import ReviewStore
from shop.settings import OrderSettings
from shop.tickets.store import TicketStore


def support_tools(
    client: AsyncElasticsearch,
    names: IndexNames,
    settings: ChatSettings,
    reader: ProductReader,
    vectors: QueryVectors,
    orders: OrderSettings,
    search: SearchService,
    products: ProductService,
) -> dict[str, Tool[Any]]:
    """Every tool by its name. Another order, customer, stock or ticket system takes the place of a store here.

    Raises PolicyError where the policy file cannot be used: better no service than one with other rules.
    """
    limit = settings.deadline_s
    actions = OrderActions(
        OrderStore(client, names, deadline_s=limit),
        CustomerStore(client, names, deadline_s=limit),
        CatalogueInventory(reader, deadline_s=limit),
        read_policy(orders.policy),
    )
    desk = Desk(
        actions,
        TicketStore(client, names, deadline_s=limit),
        PromotionStore(client, names, deadline_s=limit),
        ReviewStore(client, names, deadline_s=limit),
    )
    goods = Goods(search, products)
    stock = StockTool(goods, actions.inventory)
    offers = OffersTool(goods, PromotionsTool(desk.promotions))
    judge = LearnedAnswers(Path(settings.answer_model).expanduser() if settings.answer_model else DEFAULT)
    knowledge = KnowledgeTool(KnowledgeStore(client, names, deadline_s=limit), vectors, judge)
    return {**desk.tools(), knowledge.name: knowledge, stock.name: stock, offers.name: offers}


def desk_counts(client: AsyncElasticsearch, names: IndexNames) -> dict[str, Callable[[], Awaitable[int | None]]]:
    """How many there are in the stores behind these tools, None where there was never one, for /health/ready."""
    return {
        "knowledge": KnowledgeStore(client, names).loaded,
        "orders": OrderStore(client, names).loaded,
        "customers": CustomerStore(client, names).loaded,
        "tickets": TicketStore(client, names).loaded,
    }
