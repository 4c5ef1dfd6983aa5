"""A preview shows what would be, and changes nothing."""

from typing import Any

import httpx
import pytest

from tests.integration.rules.conftest import Steer

pytestmark = pytest.mark.needs_es

PREVIEW = "/api/admin/rules/preview"


def pin(product_id: str, place: int) -> dict[str, Any]:
    return {"type": "pin", "product_id": product_id, "place": place}


def rule(rule_id: str, *actions: dict[str, Any], **given: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": rule_id, "name": f"rule {rule_id}", "actions": list(actions), **given}


async def preview(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:  # noqa: ANN401
    response = await client.post(PREVIEW, json={"mode": "lexical", **body})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def ids(side: dict[str, Any]) -> list[str]:
    return [hit["product_id"] for hit in side["hits"]]


async def test_drafts_are_shown_and_not_published(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(rule("live", pin("couch-1", 1), when={"query_contains": ["sofa"]}))
    draft = rule("draft", pin("settee-1", 1), priority=5)
    told = await preview(client, q="oak sofa", drafts=[draft])
    assert ids(told["before"]) == ["couch-1", "sofa-1", "gone-1"]
    assert ids(told["after"]) == ["settee-1", "couch-1", "sofa-1", "gone-1"]
    assert told["moves"] == [
        {"product_id": "settee-1", "before": None, "after": 1},
        {"product_id": "couch-1", "before": 1, "after": 2},
        {"product_id": "sofa-1", "before": 2, "after": 3},
        {"product_id": "gone-1", "before": 3, "after": 4},
    ]
    assert told["after"]["hits"][0]["rules"] == [{"id": "draft", "action": "pin", "place": 1}]
    assert told["skipped"] == [
        {"rule": "live", "action": "pin", "by": "draft", "why": "place 1 is taken; product couch-1 goes to place 2"}
    ]
    real = (await client.get("/api/search", params={"q": "oak sofa", "mode": "lexical"})).json()
    assert ids(real) == ids(told["before"])
    listed = (await client.get("/api/admin/rules")).json()["rules"]
    assert [each["rule"]["id"] for each in listed] == ["live"]


async def test_any_time_and_without_some_rule(client: httpx.AsyncClient, steer: Steer) -> None:
    window = {"starts": "2099-11-27T00:00", "ends": "2099-11-28T00:00", "time_zone": "America/New_York"}
    await steer(rule("friday", pin("couch-1", 1), when={"schedule": window}), rule("always", pin("daybed-1", 1)))
    for at, first in (
        ("2099-11-27T04:59:59Z", "daybed-1"),
        ("2099-11-27T05:00:00Z", "daybed-1"),
        ("2099-11-27T00:00:00-05:00", "daybed-1"),
        ("2099-11-28T05:00:00Z", "daybed-1"),
    ):
        told = await preview(client, q="sofa", at=at)
        inside = "2099-11-27T05:00" <= told["after"]["at"] < "2099-11-28T05:00"
        assert ids(told["after"])[0] == first
        assert ("couch-1" in ids(told["after"])) is inside, "of equal priority: the first id has the place"
    alone = await preview(client, q="sofa", at="2099-11-27T12:00", without=["always"])
    assert ids(alone["after"])[0] == "couch-1"
    assert ids(alone["before"])[0] == "daybed-1"
    plain = await preview(client, q="sofa")
    assert set(ids(plain["before"])) == {"sofa-1", "gone-1"}, "without anything to try: beside no rules at all"


async def test_why_a_pin_is_not_shown(client: httpx.AsyncClient) -> None:
    pins = [pin("no-such", 1), pin("gone-1", 2), pin("settee-1", 3), pin("daybed-1", 4)]
    draft = rule("d", *pins, {"type": "hide", "products": {"product_ids": ["daybed-1"]}})
    told = await preview(client, q="oak sofa", filters={"brand": "Nord"}, drafts=[draft])
    assert {(each["why"], each["by"]) for each in told["skipped"]} == {
        ("product daybed-1 is hidden", "d"),
        ("product no-such does not exist", ""),
        ("product gone-1 is out of stock", ""),
        ("product settee-1 does not pass the filters, or is hidden", ""),
    }
    sorted_by_price = await preview(client, q="sofa", sort="price_asc", drafts=[rule("d", pin("couch-1", 1))])
    assert "sorted by price_asc" in sorted_by_price["skipped"][0]["why"]


async def test_a_draft_that_makes_no_sense_is_refused(client: httpx.AsyncClient) -> None:
    hide = {"type": "hide", "products": {"filters": {"category": "nonsense"}}}
    response = await client.post(PREVIEW, json={"q": "sofa", "drafts": [rule("d", hide)]})
    assert response.json()["errors"][0]["parameter"] == "drafts.0.actions.0.filters.category"
    wrong = await client.post(PREVIEW, json={"q": "sofa", "sort": "sideways"})
    assert wrong.json()["errors"][0]["parameter"] == "sort"
