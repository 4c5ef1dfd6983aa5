"""Offers, stock by size, what goes with what, complaints and other languages, asked for in words over HTTP."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from embed.fake import FakeEmbedder
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from shop.knowledge.document import KnowledgeDocument, Passage
from shop.knowledge.store import KnowledgeStore
from shop.products.document import Product
from shop.promotions.document import Promotion
from shop.promotions.store import PromotionStore
from shop.tickets.store import TicketStore
from tests.factory import product
from tests.integration.chat.test_orders_in_chat import Talk
from tests.shops import api, shop_of

pytestmark = pytest.mark.needs_es

NOW = datetime.now(UTC)


def goods() -> list[Product]:
    tees = [
        product(f"tee-{size}", name="Harbour tee", price="25", parent_id="tee", in_stock=stocked, stock_quantity=left,
                brand="Northpeak", category="clothing", specifications={"size": size, "material": "cotton"})
        for size, stocked, left in (("S", True, 9), ("M", False, 0), ("L", True, 2))
    ]  # fmt: skip
    case = product(
        "case", name="Clip case", price="15", in_stock=True, specifications={"compatible_with": "Orbit 12, Orbit 13"},
        description="A case of soft silicone. It also fits the Orbit 11 if the camera ring is taken off.",
    )  # fmt: skip
    lamp = product("lamp", name="Tripod lamp", price="80", in_stock=False, specifications={"socket": "E27"})
    return [*tees, case, lamp]


PROMOTIONS = (
    Promotion(promotion_id="spring", title="20 % off all Northpeak", code="SPRING20", percent=20, brands=["Northpeak"]),
    Promotion(promotion_id="case", title="two cases for one", product_ids=["case"]),
    Promotion(promotion_id="over", title="half price", ends_at=NOW - timedelta(days=1)),
)
MANUAL = Passage("Bulbs", "The Tripod lamp takes any dimmable bulb of at most 60 watts with an E27 base.")


@pytest.fixture(scope="module")
def engine(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, goods()) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def client(engine: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    names = IndexNames(engine.index_prefix)
    async with connect_async(engine) as es, api(engine, search_deadline_s=30, semantic_floor=0.99) as opened:
        await PromotionStore(es, names).load(PROMOTIONS)
        model = FakeEmbedder(64, name="fake", warn=False)
        knowledge = KnowledgeStore(es, names)
        await knowledge.prepare(model.spec)
        manual = KnowledgeDocument("manual.md", "Manual of the Tripod lamp", "manual.md", (MANUAL,))
        await knowledge.replace(manual, "1", model.embed_texts([f"{manual.title}\n{MANUAL.section}\n{MANUAL.text}"]))
        yield opened


async def told(client: httpx.AsyncClient, *messages: str) -> dict[str, Any]:
    talk = Talk(client, None)
    answer: dict[str, Any] = {}
    for message in messages:
        answer = await talk.say(message)
    return answer


@pytest.mark.parametrize(
    ("messages", "words", "without"),
    [
        (("are there any discount codes?",), ("SPRING20", "two cases for one"), "half price"),
        (("do you have any offers at the moment?",), ("There are 2 promotions at the moment",), "half price"),
        (("any offers on the Clip case?",), ("1 promotion", "two cases for one"), "SPRING20"),
        (("any deals on tees?",), ("SPRING20",), "two cases"),
        (("are there discounts on the Tripod lamp?",), ("There is no promotion on",), "SPRING20"),
        (("show me the clip case", "is it on sale?"), ("two cases for one",), "SPRING20"),
    ],
)
async def test_offers(
    client: httpx.AsyncClient, messages: tuple[str, ...], words: tuple[str, ...], without: str
) -> None:
    answer = await told(client, *messages)
    assert answer["intent"] == "promotions"
    assert all(word in answer["message"] for word in words), answer["message"]
    assert without not in answer["message"]


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        (
            ("is the Harbour tee in stock in size M?",),
            "in size M is out of stock at the moment. In L and S there is some.",
        ),
        (("is the harbour tee available in L",), "in size L is in stock, 2 left."),
        (
            ("show me the harbour tee", "does it come in size XXL?"),
            "does not come in size XXL; it comes in L, M and S.",
        ),
        (("is the tripod lamp in stock?",), "Tripod lamp is out of stock at the moment."),
        (("when is the tripod lamp back in stock?",), "When it will be back, the shop's data does not say."),
        (("is the Zibbel vacuum in stock?",), "I find no product called “Zibbel vacuum” in the shop."),
    ],
)
async def test_stock_in_words(client: httpx.AsyncClient, messages: tuple[str, ...], words: str) -> None:
    answer = await told(client, *messages)
    assert answer["intent"] == "availability"
    assert words in answer["message"], answer["message"]


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        (("show me the clip case", "does it work with the Orbit 13?"), "Orbit 13"),
        (("show me the clip case", "is it compatible with an Orbit 11?"), "It also fits the Orbit 11"),
        (("does the Clip case fit on an Orbit 12?",), "Compatible with of Clip case: Orbit 12, Orbit 13."),
        (("show me the clip case", "will it work with a Nova 7?"), "does not say whether it goes with that"),
        (("does the Tripod lamp work with a dimmable bulb?",), "takes any dimmable bulb of at most 60 watts"),
    ],
)
async def test_what_goes_with_what(client: httpx.AsyncClient, messages: tuple[str, ...], words: str) -> None:
    answer = await told(client, *messages)
    assert answer["intent"] == "compatibility"
    assert words in answer["message"], answer["message"]


async def test_a_complaint_becomes_a_ticket_after_a_yes(client: httpx.AsyncClient, engine: EngineSettings) -> None:
    talk = Talk(client, None)
    asked = await talk.say("I want to complain")
    assert (asked["intent"], asked["proposal"]) == ("ticket", None)
    assert "What is it about?" in asked["message"]
    proposed = await talk.say("the courier threw my parcel over the fence")
    assert "the courier threw my parcel over the fence" in proposed["proposal"]["summary"]
    done = await talk.say("yes")
    ticket_id = done["records"][0]["fields"]["ticket_id"]
    async with connect_async(engine) as es:
        ticket = await TicketStore(es, IndexNames(engine.index_prefix)).get(ticket_id)
    assert ticket is not None
    assert ticket.subject == "the courier threw my parcel over the fence"


async def test_a_complaint_that_says_what_of_is_proposed_at_once(client: httpx.AsyncClient) -> None:
    answer = await told(client, "please open a ticket about the broken zip of my jacket")
    assert "the broken zip of my jacket" in answer["proposal"]["summary"]
    denied = await told(client, "open a ticket about a torn box", "no")
    assert (denied["proposal"], denied["records"]) == (None, [])


async def test_other_languages_get_a_polite_answer_and_no_products(client: httpx.AsyncClient) -> None:
    answer = await told(client, "Ich suche ein Geschenk für meine Mutter")
    assert answer["intent"] == "other_language"
    assert answer["message"].startswith("Leider verstehe ich bisher nur Englisch. I understand English only")
    assert answer["recommendations"] == []
