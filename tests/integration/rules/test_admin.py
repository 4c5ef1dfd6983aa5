"""Rules over HTTP on a real Elasticsearch: changes, two editors, history, undo, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.live_rules import LiveRules
from app.settings import ServiceSettings
from embed.fake import FakeEmbedder
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from evaluate.faults.proxy import State, proxy_to
from shop.rules.document import Rule
from shop.rules.errors import RuleConflict
from shop.rules.store import RuleStore
from tests.factory import product
from tests.shops import api, load

pytestmark = pytest.mark.needs_es

ADMIN = "/api/admin/rules"
ADA = {"X-Editor": "ada"}


def rule(rule_id: str = "r1", **given: Any) -> dict[str, Any]:  # noqa: ANN401
    pin = {"type": "pin", "product_id": "p1", "place": 1}
    return {"id": rule_id, "name": f"rule {rule_id}", "actions": [pin], **given}


@pytest_asyncio.fixture
async def client(engine_settings: EngineSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A shop with one product."""
    load(engine_settings, [product("p1")], FakeEmbedder(warn=False))
    async with api(engine_settings, search_deadline_s=30) as opened:
        yield opened


async def made(client: httpx.AsyncClient, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.post(ADMIN, json=rule(**given), headers=ADA)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_a_rule_is_made_read_changed_listed_and_deleted(client: httpx.AsyncClient) -> None:
    assert (await client.get(ADMIN)).json() == {"rules": []}
    answer = await made(client, priority=3)
    assert (answer["version"], answer["changed_by"], answer["notes"]) == (1, "ada", [])
    assert (await client.get(f"{ADMIN}/r1")).json() == answer
    changed = await client.put(f"{ADMIN}/r1?version=1", json=rule(name="other"), headers={"X-Editor": "bob"})
    assert (changed.json()["version"], changed.json()["rule"]["name"]) == (2, "other")
    await made(client, rule_id="r2", priority=9)
    await made(client, rule_id="r3", enabled=False)
    listed = (await client.get(ADMIN)).json()["rules"]
    assert [each["rule"]["id"] for each in listed] == ["r2", "r1", "r3"]
    gone = await client.delete(f"{ADMIN}/r1?version=2")
    assert (gone.status_code, gone.json()["after"]) == (200, None)
    assert (await client.get(f"{ADMIN}/r1")).status_code == 404
    assert (await client.delete(f"{ADMIN}/r1?version=3")).status_code == 404


async def test_two_editors_cannot_overwrite_one_another(client: httpx.AsyncClient) -> None:
    await made(client)
    first = await client.put(f"{ADMIN}/r1?version=1", json=rule(name="by ada"), headers=ADA)
    assert first.status_code == 200
    for late in (
        await client.put(f"{ADMIN}/r1?version=1", json=rule(name="by bob")),
        await client.delete(f"{ADMIN}/r1?version=1"),
        await client.post(f"{ADMIN}/r1/undo", json={"version": 1}),
    ):
        assert late.status_code == 409
        assert late.json()["type"] == "/problems/conflict"
        assert "at version 2, changed by ada" in late.json()["detail"]
        assert "Read it again" in late.json()["detail"]
    assert (await client.get(f"{ADMIN}/r1")).json()["rule"]["name"] == "by ada"
    taken = await client.post(ADMIN, json=rule())
    assert taken.status_code == 409
    assert 'a rule "r1" already' in taken.json()["detail"]


async def taken(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
    """The answer; asked again where there were too many at once, as the service asks for."""
    while True:
        response = await client.request(method, path, json=body)
        if response.status_code != 503 or response.json()["type"] != "/problems/overloaded":
            return response
        await asyncio.sleep(0.1)


async def test_of_twenty_editors_at_once_one_wins(client: httpx.AsyncClient) -> None:
    created = await asyncio.gather(*(taken(client, "POST", ADMIN, rule(note=str(n))) for n in range(20)))
    assert sorted(response.status_code for response in created) == [201] + [409] * 19
    changed = await asyncio.gather(
        *(taken(client, "PUT", f"{ADMIN}/r1?version=1", rule(note=f"change {n}")) for n in range(20))
    )
    assert sorted(response.status_code for response in changed) == [200] + [409] * 19
    (winner,) = [response.json() for response in changed if response.status_code == 200]
    stored = (await client.get(f"{ADMIN}/r1")).json()
    assert (stored["rule"]["note"], stored["version"]) == (winner["rule"]["note"], 2)
    versions = [change["version"] for change in (await client.get(f"{ADMIN}/r1/history")).json()["changes"]]
    assert versions == [2, 1]


async def test_the_first_rules_of_a_shop_may_come_at_once(engine_settings: EngineSettings) -> None:
    async with connect_async(engine_settings) as client:
        for shop in range(3):
            store = RuleStore(client, IndexNames(f"{engine_settings.index_prefix}-{shop}"))
            drafts = [Rule.model_validate(rule(f"r{n}")) for n in range(10)]
            kept = await asyncio.gather(*(store.create(draft, "ada") for draft in drafts))
            assert [one.rule.id for one in kept] == [draft.id for draft in drafts]


async def test_history_says_who_and_what_and_every_step_can_be_taken_back(client: httpx.AsyncClient) -> None:
    await made(client, name="one")
    await client.put(f"{ADMIN}/r1?version=1", json=rule(name="two"), headers={"X-Editor": "bob"})
    await client.delete(f"{ADMIN}/r1?version=2", headers={"X-Editor": "cyd"})

    back = await client.post(f"{ADMIN}/r1/undo", json={"version": 3}, headers=ADA)
    assert back.json()["after"]["name"] == "two"
    assert (await client.get(f"{ADMIN}/r1")).json()["version"] == 4
    older = await client.post(f"{ADMIN}/r1/undo", json={"version": 4, "to_version": 1}, headers=ADA)
    assert older.json()["after"]["name"] == "one"
    undone = await client.post(f"{ADMIN}/r1/undo", json={"version": 5}, headers=ADA)
    assert undone.json()["after"]["name"] == "two", "an undo can be undone"
    nowhere = await client.post(f"{ADMIN}/r1/undo", json={"version": 6, "to_version": 77})
    assert (nowhere.status_code, nowhere.json()["type"]) == (400, "/problems/refused")

    changes = (await client.get(f"{ADMIN}/r1/history")).json()["changes"]
    told = [(change["version"], change["action"], change["by"]) for change in changes]
    assert told == [
        (6, "undo", "ada"),
        (5, "undo", "ada"),
        (4, "undo", "ada"),
        (3, "delete", "cyd"),
        (2, "update", "bob"),
        (1, "create", "ada"),
    ]
    for newer, older_change in pairwise(changes):
        assert newer["before"] == older_change["after"]
    assert changes[-1]["before"] is None
    assert all(datetime.fromisoformat(change["at"]).tzinfo for change in changes)


async def test_an_undone_creation_is_gone_and_its_id_free(client: httpx.AsyncClient) -> None:
    await made(client)
    undone = await client.post(f"{ADMIN}/r1/undo", json={"version": 1})
    assert undone.json()["after"] is None
    assert (await client.get(f"{ADMIN}/r1")).status_code == 404
    assert (await made(client, name="again"))["version"] == 3


@pytest.mark.parametrize(
    ("given", "parameter", "told"),
    [
        ({"when": {"query_regex": "(a+)+$"}}, "when", "no regular expressions"),
        ({"actions": [{"type": "synonyms", "phrases": ["the", "sofa"]}]}, "actions.0.synonyms.phrases", "stop word"),
        ({"actions": [{"type": "explode"}]}, "actions.0", "'pin'"),
        ({"actions": [{"type": "filter", "filters": {"colour_": ["red"]}}]}, "actions.0.filters.colour_", "no filter"),
        (
            {"actions": [{"type": "hide", "products": {"filters": {"category": "nonsense"}}}]},
            "actions.0.filters.category",
            "there are: electronics",
        ),
        ({"when": {"schedule": {"time_zone": "Nowhere"}}}, "when.schedule.time_zone", "no time zone"),
    ],
)
async def test_what_is_refused_is_named(
    client: httpx.AsyncClient, given: dict[str, Any], parameter: str, told: str
) -> None:
    response = await client.post(ADMIN, json=rule(**given))
    assert response.status_code == 400, response.text
    (error,) = response.json()["errors"]
    assert error["parameter"] == parameter
    assert told in error["message"]
    assert (await client.get(ADMIN)).json() == {"rules": []}


async def test_the_id_of_the_address_is_that_of_the_body(client: httpx.AsyncClient) -> None:
    await made(client)
    response = await client.put(f"{ADMIN}/r1?version=1", json=rule("r2"))
    assert response.json()["errors"][0]["parameter"] == "id"
    assert (await client.put(f"{ADMIN}/r1", json=rule())).json()["errors"][0]["parameter"] == "version"


async def test_a_product_that_is_not_there_is_noted(client: httpx.AsyncClient) -> None:
    pin = {"type": "pin", "product_id": "long-gone", "place": 1}
    assert (await made(client, actions=[pin]))["notes"] == ['There is no product "long-gone" now; it is passed over.']


async def test_conflicts_are_listed(client: httpx.AsyncClient) -> None:
    await made(client, rule_id="a")
    pin = {"type": "pin", "product_id": "p2", "place": 1}
    await made(client, rule_id="b", actions=[pin, {"type": "replace", "words": "x", "by": "y"}])
    await made(client, rule_id="c", actions=[{"type": "replace", "words": "y", "by": "x"}])
    found = (await client.get(f"{ADMIN}/conflicts")).json()["conflicts"]
    assert {(told["kind"], tuple(told["rules"])) for told in found} == {
        ("same_place", ("a", "b")),
        ("circle", ("b", "c")),
    }


async def test_a_document_of_a_later_version_is_left_out_and_told(
    client: httpx.AsyncClient, engine_settings: EngineSettings
) -> None:
    await made(client)
    async with connect_async(engine_settings) as direct:
        later = {"rule_id": "z", "version": 1, "action": "create", "at": "2027-01-01T00:00:00+00:00", "by": "x"}
        rule_of_tomorrow = {"after": {"id": "z", "actions": [{"type": "teleport"}]}, "deleted": False}
        index = IndexNames(engine_settings.index_prefix).rules
        await direct.index(index=index, id="z", document=later | rule_of_tomorrow, refresh=True)
    assert [each["rule"]["id"] for each in (await client.get(ADMIN)).json()["rules"]] == ["r1"]
    check = (await client.get("/health/ready")).json()["checks"]["rules"]
    assert check["status"] == "degraded"
    assert "left out: z" in check["detail"]


async def test_two_writers_that_both_looked_before_either_wrote(engine_settings: EngineSettings) -> None:
    """Below the check of versions, Elasticsearch's own sequence numbers decide."""
    async with connect_async(engine_settings) as direct:
        names = IndexNames(engine_settings.index_prefix)
        store = RuleStore(direct, names)
        await store.create(Rule.model_validate(rule()), "ada")
        held = await store._seen("r1", 1)
        await store._write(held, "r1", "update", "bob", rule(name="bob's"))
        with pytest.raises(RuleConflict, match="at the same moment"):
            await store._write(held, "r1", "update", "cyd", rule(name="cyd's"))
        assert (await store.get("r1")).rule.name == "bob's"


async def test_rules_are_kept_while_elasticsearch_is_away(
    client: httpx.AsyncClient, engine_settings: EngineSettings
) -> None:
    await made(client)
    async with proxy_to(engine_settings.es_url) as proxy:
        behind = engine_settings.model_copy(update={"es_url": proxy.url})
        async with api(behind, search_deadline_s=1, rules_refresh_s=0.1) as other:
            assert (await other.get("/health/ready")).json()["checks"]["rules"]["status"] == "ok"
            proxy.set(State.CUT)
            await asyncio.sleep(0.5)
            check = (await other.get("/health/ready")).json()["checks"]["rules"]
            assert check["status"] == "degraded"
            assert check["detail"].startswith("rules enabled: 1, those of ")
            assert (await other.post(ADMIN, json=rule("r2"))).json()["type"] == "/problems/search-unavailable"
            proxy.set(State.OPEN)
            await asyncio.sleep(0.5)
            assert (await other.get("/health/ready")).json()["checks"]["rules"]["status"] == "ok"


async def test_a_clock_that_is_wrong_is_told(engine_settings: EngineSettings) -> None:
    async with connect_async(engine_settings) as direct:
        store = RuleStore(direct, IndexNames(engine_settings.index_prefix))
        for ahead_s, told in ((0, ""), (90, "s ahead of"), (-90, "s behind")):
            skew = timedelta(seconds=ahead_s)
            live = LiveRules(store, ServiceSettings(), clock=lambda skew=skew: datetime.now(UTC) + skew)
            await live.start()
            await asyncio.sleep(0.3)
            well, said = live.health()
            await live.stop()
            assert (well, told in said) == (not told, True), said
