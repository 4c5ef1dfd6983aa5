"""Every index that the shop writes: nothing of a person is left in any of them but what is named in the output."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from jobs.job import Workplace
from shop.conversations.document import Conversation, StoredLine, owner_digest
from shop.conversations.store import ConversationStore, Held
from shop.customers.store import CustomerStore
from shop.orders.store import OrderStore
from shop.persons import Persons
from shop.reviews.document import Review
from shop.reviews.store import ReviewStore
from shop.spending.store import Account, Bill, SpendingStore
from shop.tickets.document import NewTicket
from shop.tickets.store import TicketStore
from tests.factory import event
from tests.integration.jobs.conftest import store
from tests.integration.jobs.test_persons import lines, run
from tests.orders import customer, delivered, order

pytestmark = pytest.mark.needs_es

NOW = datetime.now(UTC)
MARK = "quillfeather"
"""A word that stands in all that is Ann's, and nowhere else."""


async def _talk(store: ConversationStore, session_id: str, owner: str | None, said: str) -> None:
    line = StoredLine("user", said, NOW, "m1")
    held = Held(Conversation(session_id, owner_digest(owner), NOW, NOW.replace(year=NOW.year + 1), {}, (line,)))
    await store.save(held)
    await store.log_turn(
        {"turn_id": f"t-{session_id}", "session_id": session_id, "at": NOW.isoformat(), "message": said}
    )


async def _fill(engine: EngineSettings) -> None:
    names = IndexNames(engine.index_prefix)
    async with connect_async(engine) as client:
        address = {"line1": f"1 {MARK} Street", "city": "Leeds", "postcode": "LS1", "country": "UK", "region": ""}
        hers = customer(first_name="Ann", last_name=MARK, email=f"{MARK}@mail.example", address=address)
        his = customer("bob", first_name="Bob", last_name="Roe")
        await CustomerStore(client, names, deadline_s=60).load([hers, his])
        parcel = [{"tracking_ids": [f"{MARK}-1"], "carrier": "Post"}]
        orders = [delivered(address=address, shipments=parcel), order(order_id="W300", customer_id="bob")]
        await OrderStore(client, names, deadline_s=60).load(orders)
        tickets = TicketStore(client, names, deadline_s=60)
        await tickets.create(NewTicket(subject=f"{MARK} one", customer_id="ann"), "r1")
        await tickets.create(NewTicket(subject=f"{MARK} two", conversation="talk-ann"), "r2")
        await tickets.create(NewTicket(subject="of nobody", conversation="talk-other"), "r3")
        talks = ConversationStore(client, names, deadline_s=60)
        await _talk(talks, "talk-ann", "ann", f"I am {MARK}")
        await _talk(talks, "talk-bob", "bob", "I am Bob")
        reviews = [{"product_id": "mug", "rating": 5, "text": f"by {who}", "author": who} for who in ("Bob Roe", "Cy")]
        reviews.append({"review_id": "hers", "product_id": "mug", "text": "good", "author": f"Ann {MARK}"})
        await ReviewStore(client, names, deadline_s=60).load([Review.model_validate(review) for review in reviews])
        spending = SpendingStore(client, names, deadline_s=60)
        for user in ("ann", "bob"):
            accounts = [Account(NOW.date(), user, 1_000_000)]
            assert await spending.hold(accounts, 10) is None
            await spending.settle(accounts, 10, Bill(spent=5, calls=1))


@pytest.fixture
def shop(place: Workplace, engine_settings: EngineSettings) -> Workplace:
    store(place, [event("search", event_id="e-ann", customer_id="ann", session_id="s-1", query=MARK)])
    store(place, [event("search", event_id="e-bob", customer_id="bob", session_id="s-2", query="lamp")])
    search = {"session_id": "s-1", "raw": MARK, "time": NOW.isoformat()}
    visitor = {"visitor_id": "ann", "raw": MARK, "time": NOW.isoformat()}
    index = f"{place.names.queries}-m202611"
    naming = {name: {"type": "keyword"} for name in ("session_id", "visitor_id")}
    place.client.indices.create(index=index, mappings={"properties": naming})
    for number, document in enumerate((search, visitor)):
        place.client.index(index=index, id=f"q{number}", document=document)
    asyncio.run(_fill(engine_settings))
    return place


def stored(place: Workplace) -> list[dict[str, Any]]:
    """Every document of the shop, as it is stored."""
    place.client.indices.refresh(index=place.names.everything)
    found: list[dict[str, Any]] = place.client.search(index=place.names.everything, size=1000)["hits"]["hits"]
    return found


def about_ann(hits: list[dict[str, Any]]) -> list[str]:
    return [f"{hit['_index']}/{hit['_id']}" for hit in hits if MARK in json.dumps(hit) or '"ann"' in json.dumps(hit)]


def test_all_of_a_person_is_given_out_and_erased(
    shop: Workplace, engine_settings: EngineSettings, tmp_path: Path
) -> None:
    kinds = {hit["_index"].removeprefix(f"{shop.names.prefix}-") for hit in stored(shop) if MARK in json.dumps(hit)}
    given = list(Persons(shop.client, shop.names).records("ann"))
    exported = {record.index.removeprefix(f"{shop.names.prefix}-") for record in given}
    assert exported >= kinds >= {"customers", "orders", "tickets", "conversations", "conversation-turns", "reviews"}
    assert "llm-spending" in exported
    others = {hit["_id"] for hit in stored(shop)} - {record.record_id for record in given}

    erased = lines(run(engine_settings, tmp_path, "erase-person", "ann"))[0]
    left = stored(shop)
    assert about_ann(left) == [f"{shop.names.reviews}/hers"]
    assert erased["reviews_under_the_name"]["ids"] == ["hers"]
    assert erased["kept"]["orders"] == ["W100"]
    assert "tax law" in erased["kept"]["why"]
    kept = next(hit["_source"] for hit in left if hit["_id"] == "W100")
    assert (kept["customer_id"], kept["document"]["customer_id"]) == ("erased", "erased")
    assert [item["price"] for item in kept["document"]["items"]] == ["12.50", "40.00"]
    assert {hit["_id"] for hit in left} >= others
    assert len([hit for hit in left if hit["_index"] == shop.names.llm_spending]) == 1

    too = Persons(shop.client, shop.names).erase("bob", orders=True)
    assert (too.kept, too.by_name != []) == ([], True)
    assert "W300" not in {hit["_id"] for hit in stored(shop)}
    assert Persons(shop.client, shop.names).erase("bob", orders=True).total == 0
