"""The same rules in recommendations: what is hidden is not shown, what is pinned stands at its place."""

from typing import Any

import httpx
import pytest

from tests.integration.rules.conftest import Steer
from tests.integration.rules.test_steering import pin, rule

pytestmark = pytest.mark.needs_es


async def shown(client: httpx.AsyncClient, **asked: Any) -> list[str]:  # noqa: ANN401
    response = await client.get("/api/recommendations", params=asked)
    assert response.status_code == 200, response.text
    return [item["product_id"] for item in response.json()["items"]]


async def test_hide_pin_filter_and_bury(client: httpx.AsyncClient, steer: Steer) -> None:
    before = await shown(client, limit=10)
    assert "sofa-1" not in before
    first, second = before[0], before[1]
    await steer(
        rule("hide", {"type": "hide", "products": {"product_ids": [first]}}),
        rule("bury", {"type": "bury", "products": {"product_ids": [second]}, "factor": 0.1}),
        rule("pin", pin("sofa-1", 2), pin("gone-1", 1)),
    )
    after = await shown(client, limit=10)
    assert first not in after
    assert after[1] == "sofa-1"
    assert "gone-1" not in after
    assert second not in after[:5]


async def test_filters_hold_and_rules_for_search_alone_do_not(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(rule("only", {"type": "filter", "filters": {"brand": ["Nord"]}}, surfaces=["recommend"]))
    assert set(await shown(client, limit=10)) == {"sofa-1", "couch-1"}
    await steer(rule("other", {"type": "hide", "products": {"product_ids": ["sofa-1"]}}, surfaces=["search"]))
    assert "sofa-1" in await shown(client, limit=10)


async def test_a_pin_that_is_excluded_or_too_dear_is_passed_over(client: httpx.AsyncClient, steer: Steer) -> None:
    await steer(rule("pin", pin("sofa-1", 1)))
    assert (await shown(client))[0] == "sofa-1"
    assert "sofa-1" not in await shown(client, cart="sofa-1")
    assert "sofa-1" not in await shown(client, budget="5")
