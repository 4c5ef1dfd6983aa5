"""Pairs, trends and profiles over a random shop, against figures counted by hand in Python."""

import math
import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from embed.fake import FakeEmbedder
from es.lease import Leases
from es.mappings import pairs as pairs_index
from es.mappings import profiles as profiles_index
from es.mappings import trends as trends_index
from es.settings import EngineSettings
from jobs import pairs, profiles
from jobs.job import Job, Workplace, run_job
from jobs.registry import job_named
from tests.factory import event, product
from tests.integration.jobs.conftest import store
from tests.shops import load

pytestmark = pytest.mark.needs_es

PRODUCTS = [f"p{n}" for n in range(8)]
CATEGORIES = ("electronics", "books")
WEIGHTS = {"view_product": 1.0, "add_to_cart": 3.0, "order_placed": 5.0}
Sent = dict[str, Any]


def shopping(now: datetime, seed: int = 5, sessions: int = 60) -> list[Sent]:
    """Sessions of a few customers and strangers over 60 days, with views, carts and orders."""
    chance = random.Random(seed)
    events: list[Sent] = []
    for number in range(sessions):
        at = now - timedelta(days=chance.uniform(0.01, 60))
        customer = chance.choice(["ann", "bob", "cyd", None])
        who: Sent = {"session_id": f"s{number}"} | ({"customer_id": customer} if customer else {})
        seen = chance.choices(PRODUCTS, weights=range(8, 0, -1), k=chance.randint(1, 5))
        for step, name in enumerate(seen):
            moment = (at + timedelta(seconds=20 * step)).isoformat()
            events.append(event("view_product", product_id=name, timestamp=moment, category="x") | who)
            if chance.random() < 0.3:
                events.append(event("add_to_cart", product_id=name, timestamp=moment) | who)
        if chance.random() < 0.5:
            items = [{"product_id": name, "quantity": chance.randint(1, 3), "price": 10} for name in sorted(set(seen))]
            moment = (at + timedelta(minutes=10)).isoformat()
            events.append(event("order_placed", order_id=f"o{number}", items=items, timestamp=moment) | who)
    for number, one in enumerate(events):
        one["event_id"] = f"e{number}"
    return events


def documents(place: Workplace, kind: str) -> dict[str, dict[str, Any]]:
    hits = place.client.search(index=place.names.alias(kind), size=1000)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in hits}


def at_of(one: Sent) -> datetime:
    return datetime.fromisoformat(one["timestamp"])


def products_of(one: Sent) -> list[str]:
    return [item["product_id"] for item in one["items"]] if one["type"] == "order_placed" else [one["product_id"]]


def figures(baskets: Iterable[set[str]], counts: dict[tuple[str, str], int], least: int) -> dict[str, dict[str, Any]]:
    """The definition in es/mappings/pairs.py, word for word."""
    listed = [basket for basket in baskets if basket]
    having = {name: sum(name in basket for basket in listed) for name in PRODUCTS}
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for (this, other), count in counts.items():
        if count >= least:
            confidence = count / having[this]
            found[this][other] = {
                "count": count,
                "support": count / len(listed),
                "confidence": confidence,
                "lift": confidence / (having[other] / len(listed)),
                "score": count / math.sqrt(having[this] * having[other]),
            }
    return found


def together(baskets: Iterable[set[str]], least: int) -> dict[str, dict[str, Any]]:
    listed = list(baskets)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for basket in listed:
        for pair in permutations(basket, 2):
            counts[pair] += 1
    return figures(listed, counts, least)


def bought_after(events: list[Sent], least: int) -> dict[str, dict[str, Any]]:
    first: dict[str, dict[str, datetime]] = defaultdict(dict)
    for one in sorted((e for e in events if e["type"] == "order_placed"), key=at_of):
        for name in products_of(one):
            first[one.get("customer_id") or one["session_id"]].setdefault(name, at_of(one))
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for times in first.values():
        for this, other in permutations(times, 2):
            counts[this, other] += timedelta(0) < times[other] - times[this] <= timedelta(days=90)
    return figures([set(times) for times in first.values()], counts, least)


def test_pairs_are_what_counting_by_hand_gives(place: Workplace, leases: Leases) -> None:
    events = shopping(place.now)
    store(place, events)
    report = run_job(job_named("pairs"), place, leases)
    viewed: dict[str, set[str]] = defaultdict(set)
    ordered: dict[str, set[str]] = defaultdict(set)
    for one in events:
        if one["type"] == "view_product":
            viewed[one["session_id"]] |= set(products_of(one))
        elif one["type"] == "order_placed":
            ordered[one["order_id"]] |= set(products_of(one))
    expected = {
        pairs_index.VIEWED_TOGETHER: together(viewed.values(), 3),
        pairs_index.BOUGHT_TOGETHER: together(ordered.values(), 2),
        pairs_index.BOUGHT_AFTER: bought_after(events, 2),
    }
    found = documents(place, pairs_index.KIND)
    assert report["products"] == len(found)
    assert report["pairs"] == sum(len(others) for by_product in expected.values() for others in by_product.values())
    for relation, by_product in expected.items():
        assert by_product, relation
        for name in PRODUCTS:
            listed = found.get(name, {}).get(relation, [])
            assert {one["product_id"]: {k: v for k, v in one.items() if k != "product_id"} for one in listed} == {
                other: pytest.approx(numbers) for other, numbers in by_product.get(name, {}).items()
            }
            assert [one["score"] for one in listed] == sorted((one["score"] for one in listed), reverse=True)


def test_trends_are_what_counting_by_hand_gives(
    place: Workplace, leases: Leases, engine_settings: EngineSettings
) -> None:
    events = shopping(place.now)
    store(place, events)
    catalogue = [product(name, category=CATEGORIES[n % 2]) for n, name in enumerate(PRODUCTS[:6])]
    load(engine_settings, catalogue, FakeEmbedder(warn=False))
    run_job(job_named("trends"), place, leases)
    found = documents(place, trends_index.KIND)
    score: dict[str, float] = defaultdict(float)
    orders: dict[str, int] = defaultdict(int)
    recent: dict[str, float] = defaultdict(float)
    before: dict[str, float] = defaultdict(float)
    for one in events:
        age = (place.now - at_of(one)).total_seconds() / 86_400
        pieces = {i["product_id"]: i["quantity"] for i in one["items"]} if one["type"] == "order_placed" else {}
        for name in products_of(one) if age < 30 else []:
            weight = WEIGHTS[one["type"]] * pieces.get(name, 1)
            score[name] += weight * 2 ** (-age / 7)
            orders[name] += pieces.get(name, 0)
            recent[name] += weight * (age < 1)
            before[name] += weight * (1 <= age < 15)
    assert set(found) == set(score)
    for name, document in found.items():
        mean = before[name] / 14
        # Ages are whole seconds in the job.
        assert document["score"] == pytest.approx(score[name], rel=1e-4)
        assert document["orders"] == orders[name]
        assert document["recent"] == pytest.approx(recent[name])
        assert document["spike"] == pytest.approx((recent[name] - mean) / math.sqrt(mean + 1))
        number = PRODUCTS.index(name)
        assert document["category"] == (CATEGORIES[number % 2] if number < 6 else "x")


def test_a_spike_stands_out(place: Workplace, leases: Leases) -> None:
    quiet = [
        event(
            "view_product",
            product_id=name,
            event_id=f"{name}-{day}",
            timestamp=(place.now - timedelta(days=day, hours=1)).isoformat(),
        )
        for name in ("steady", "sudden")
        for day in range(2, 14)
    ]
    burst = [
        event(
            "view_product",
            product_id="sudden",
            event_id=f"b{n}",
            timestamp=(place.now - timedelta(minutes=n)).isoformat(),
        )
        for n in range(40)
    ]
    store(place, quiet + burst)
    run_job(job_named("trends"), place, leases)
    found = documents(place, trends_index.KIND)
    assert found["sudden"]["spike"] > 3 > 0 > found["steady"]["spike"]


def test_profiles_are_what_counting_by_hand_gives(
    place: Workplace, leases: Leases, engine_settings: EngineSettings
) -> None:
    events = shopping(place.now)
    store(place, events)
    catalogue = [
        product(
            name, category=CATEGORIES[n % 2], brand=f"b{n % 3}", price=10 * (n + 1), specifications={"color": "Red"}
        )
        for n, name in enumerate(PRODUCTS)
    ]
    load(engine_settings, catalogue, FakeEmbedder(warn=False))
    run_job(job_named("profiles"), place, leases)
    found = documents(place, profiles_index.KIND)
    assert set(found) == {"ann", "bob", "cyd"}
    for customer, document in found.items():
        own = [one for one in events if one.get("customer_id") == customer]
        weights: dict[str, float] = defaultdict(float)
        last: dict[str, datetime] = {}
        for one in own:
            pieces = {i["product_id"]: i["quantity"] for i in one["items"]} if one["type"] == "order_placed" else {}
            age = (place.now - at_of(one)).total_seconds() / 86_400
            for name in products_of(one):
                weights[name] += WEIGHTS[one["type"]] * pieces.get(name, 1) * 2 ** (-age / 30)
                last[name] = max(last.get(name, at_of(one)), at_of(one))
        brands: dict[str, float] = defaultdict(float)
        for name, weight in weights.items():
            brands[f"b{PRODUCTS.index(name) % 3}"] += weight / sum(weights.values())
        assert {one["value"]: one["share"] for one in document["brands"]} == pytest.approx(dict(brands), rel=1e-4)
        assert document["colors"] == [{"value": "red", "share": pytest.approx(1)}]
        assert {one["product_id"]: one["weight"] for one in document["products"]} == pytest.approx(
            dict(weights), rel=1e-4
        )
        assert [one["product_id"] for one in document["products"]] == sorted(last, key=lambda n: last[n], reverse=True)
        orders = [one for one in own if one["type"] == "order_placed"]
        assert (document["events"], document["orders"]) == (len(own), len(orders))
        assert document["value_milli"] == sum(10_000 * i["quantity"] for one in orders for i in one["items"])
        assert 10_000 <= document["price"]["low"] <= document["price"]["median"] <= document["price"]["high"] <= 80_000
        assert ("repeat_buyer" in document["segments"]) == (len(orders) > 1)


def test_profiles_hold_a_vector_clusters_and_what_changed(
    place: Workplace, leases: Leases, engine_settings: EngineSettings
) -> None:
    """Thirty customers of lamps and thirty of books; the first of them came over from books to lamps."""
    names = {f"l{n}": f"desk lamp {n}" for n in range(4)} | {f"b{n}": f"crime novel {n}" for n in range(4)}
    catalogue = [
        product(key, name=name, category="electronics" if key.startswith("l") else "books")
        for key, name in names.items()
    ]
    embedder = FakeEmbedder(warn=False)
    load(engine_settings, catalogue, embedder)
    sent: list[Sent] = []
    for number in range(60):
        kind = "l" if number % 2 == 0 else "b"
        for step in range(6):
            ages = {2: kind, 60: "b" if number == 0 else kind}
            for days, shown in ages.items():
                at = (place.now - timedelta(days=days, minutes=step)).isoformat()
                seen = {"product_id": f"{shown}{step % 4}", "timestamp": at, "event_id": f"e{number}-{days}-{step}"}
                sent.append(event("view_product", customer_id=f"c{number:02}", session_id=f"s{number}", **seen))
    store(place, sent)
    report = run_job(job_named("profiles"), place, leases)
    found = documents(place, profiles_index.KIND)
    assert sorted(report["clusters"]) == ["books", "electronics"]
    for customer, document in found.items():
        cluster = document["clusters"][0]
        assert cluster["value"] == ("books" if int(customer[1:]) % 2 else "electronics")
        assert 0.5 < cluster["confidence"] <= 1
    stored = place.client.search(
        index=place.names.products, size=10, source={"includes": ["text_vector"], "exclude_vectors": False}
    )["hits"]["hits"]
    vectors = {hit["_id"]: hit["_source"]["text_vector"] for hit in stored}
    own = found["c03"]["products"]
    mean = [sum(p["weight"] * vectors[p["product_id"]][d] for p in own) for d in range(embedder.spec.dims)]
    length = math.sqrt(sum(number * number for number in mean))
    assert found["c03"]["vector"] == pytest.approx([number / length for number in mean], abs=1e-4)
    changed = found["c00"]["change"]
    assert (changed["divergence"], changed["activity"]) == (1, 3)
    assert (changed["more"][0]["value"], changed["less"][0]["value"]) == ("electronics", "books")
    assert "changed" in found["c00"]["segments"]
    assert found["c03"]["change"]["divergence"] == 0
    assert "changed" not in found["c03"]["segments"]


def test_what_was_done_before_signing_in_is_the_customers(place: Workplace, leases: Leases) -> None:
    day = (place.now - timedelta(days=1)).isoformat()
    store(
        place,
        [
            event("view_product", event_id="1", session_id="s", product_id="before", timestamp=day),
            event("view_product", event_id="2", session_id="s", product_id="after", customer_id="ann", timestamp=day),
            # A session that two people used belongs to neither.
            event("view_product", event_id="3", session_id="t", product_id="whose", timestamp=day),
            event("view_product", event_id="4", session_id="t", product_id="hers", customer_id="ann", timestamp=day),
            event("view_product", event_id="5", session_id="t", product_id="his", customer_id="bob", timestamp=day),
        ],
    )
    run_job(job_named("profiles"), place, leases)
    found = documents(place, profiles_index.KIND)
    products = {name: {one["product_id"] for one in document["products"]} for name, document in found.items()}
    assert products == {"ann": {"before", "after", "hers"}, "bob": {"his"}}


def test_bots_and_events_without_consent_teach_nothing_about_persons(place: Workplace, leases: Leases) -> None:
    day = (place.now - timedelta(days=1)).isoformat()
    crawler = {"user_agent": "Googlebot/2.1", "timestamp": day}
    store(
        place,
        [
            *(
                event("view_product", event_id=f"b{n}", product_id=f"p{n % 2}", session_id=f"b{n // 2}", **crawler)
                for n in range(20)
            ),
            *(event("view_product", event_id=f"c{n}", product_id="p9", consent=False, timestamp=day) for n in range(3)),
        ],
    )  # fmt: skip
    run_job(job_named("trends"), place, leases)
    assert {name: one["views"] for name, one in documents(place, trends_index.KIND).items()} == {"p9": 3}
    assert run_job(job_named("pairs"), place, leases)["products"] == 0
    assert run_job(job_named("profiles"), place, leases)["customers"] == 0


def test_an_empty_shop_has_nothing_to_learn_from(place: Workplace, leases: Leases) -> None:
    assert run_job(job_named("pairs"), place, leases)["products"] == 0
    assert run_job(job_named("trends"), place, leases)["products"] == 0
    assert run_job(job_named("profiles"), place, leases)["customers"] == 0
    assert documents(place, pairs_index.KIND) == {}


def test_a_second_run_gives_the_same_and_reads_no_month_again(place: Workplace, leases: Leases) -> None:
    store(place, shopping(place.now))
    told: list[str] = []
    watched = Workplace(place.client, place.names, place.settings, place.events, place.folder, place.now, told.append)
    run_job(job_named("pairs"), watched, leases)
    first, said = documents(place, pairs_index.KIND), len(told)
    run_job(job_named("pairs"), watched, leases)
    assert documents(place, pairs_index.KIND) == first
    assert len(told) == said > 0
    store(place, [event("view_product", event_id="new")])
    run_job(job_named("pairs"), watched, leases)
    assert len(told) == said + 4  # the four slices of this month
    names = {path.name for path in place.folder.iterdir()}
    assert not [name for name in names if "work-" in name or name.endswith(".part")]


def test_a_run_that_dies_half_way_leaves_what_was_live_and_is_taken_up(
    place: Workplace, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(place, shopping(place.now))
    run_job(job_named("pairs"), place, leases)
    before = documents(place, pairs_index.KIND)
    store(place, shopping(place.now, seed=6)[:40])

    class Killed(BaseException):
        pass

    def dies(*_: object) -> Iterable[Any]:
        yield "p0", {"product_id": "p0"}
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(pairs, "_documents", dies)
        with pytest.raises(Killed):
            run_job(Job("pairs", "", timedelta(days=1), pairs.run), place, leases)
    assert documents(place, pairs_index.KIND) == before
    generations = place.client.indices.get(index=place.names.generations_pattern(pairs_index.KIND))
    assert len(generations) == 1
    run_job(job_named("pairs"), place, leases)
    assert documents(place, pairs_index.KIND) != before


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["new", "active"]),
        ({"events": 5}, ["new", "active", "browser"]),
        ({"orders": 1, "events": 9}, ["new", "active", "buyer"]),
        ({"orders": 2, "big_spender": True}, ["new", "active", "buyer", "repeat_buyer", "big_spender"]),
        ({"days": 40, "idle": 20}, ["lapsing"]),
        ({"days": 400, "idle": 100}, ["lapsed"]),
    ],
)
def test_segments_follow_their_rules(changes: dict[str, Any], expected: list[str]) -> None:
    now = datetime(2026, 11, 21)
    totals = {"events": 1, "orders": 0, "big_spender": False, "days": 1, "idle": 1} | changes
    row = totals | {
        "first_at": now - timedelta(days=totals["days"]),
        "last_at": now - timedelta(days=totals["idle"]),
    }
    assert profiles.segments(row, now) == expected
