"""Nothing over the budget: random queries with a budget in words, over random catalogues, in every mode."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from decimal import Decimal

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factory import BRANDS, COLORS, NOUNS, WORDS, catalogue
from tests.shops import api, shop_of

pytestmark = pytest.mark.needs_es
SEEDS = (1, 2, 3)
COUNT = 120

AT_MOST = (
    "under ${}", "below {} dollars", "less than ${}", "up to ${}", "max ${}", "{} bucks max", "{} dollars or less",
    "cheaper than ${}", "no more than {} usd", "not over ${}", "price under {}", "my budget is ${}", "${} tops",
    "i don't want to spend more than {} dollars", "not more than {} bucks", "$5 - ${}", "between $5 and ${}",
    "from 5 to {} dollars", "under {}", "less than {}", "for {} dollars", "at most US${}", "price <= {}", "<{}$",
)  # fmt: skip
EXTRAS = ("", "cheapest", "well rated", "not red", "without zebra", "in stock", "newest", "cheap", "for men", "or blue")

words = st.sampled_from([*WORDS, *NOUNS, *(b for b in BRANDS if b), *COLORS])
amounts = st.sampled_from(["9.99", "15", "19.99", "20", "24.99", "99", "100", "499.99", "1,000", "2k", "12345.49"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shops(es_url: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """The service over each of three random catalogues."""
    async with AsyncExitStack() as opened:
        clients = []
        for seed in SEEDS:
            engine = opened.enter_context(shop_of(es_url, catalogue(seed, COUNT)))
            clients.append(await opened.enter_async_context(api(engine, knn_k=10, search_deadline_s=30)))
        yield clients


def number_of(amount: str) -> Decimal:
    thousand = amount.endswith("k")
    return Decimal(amount.rstrip("k").replace(",", "")) * (1000 if thousand else 1)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shop=st.integers(0, len(SEEDS) - 1),
    before=st.lists(words, max_size=3),
    budget=st.sampled_from(AT_MOST),
    amount=amounts,
    after=st.sampled_from(EXTRAS),
    mode=st.sampled_from(["hybrid", "lexical", "semantic"]),
    sort=st.sampled_from(["relevance", "price_desc", "rating"]),
)
async def test_no_hit_is_over_the_budget(
    shops: list[httpx.AsyncClient],
    shop: int,
    before: list[str],
    budget: str,
    amount: str,
    after: str,
    mode: str,
    sort: str,
) -> None:
    query = " ".join([*before, budget.format(amount), after]).strip()
    asked = {"q": query, "mode": mode, "sort": sort, "size": "100"}
    response = await shops[shop].get("/api/search", params=asked)
    assert response.status_code == 200, response.text
    body = response.json()
    told = [c for c in body["understood"]["constraints"] if c["field"] == "price" and c["op"] == "lte"]
    assert any(Decimal(str(c["value"])) == number_of(amount) and c["applied"] == "filter" for c in told), told
    over = [hit for hit in body["hits"] if Decimal(str(hit["price"])) > number_of(amount)]
    assert over == [], query
    page = body
    while page["next_cursor"]:
        page = (await shops[shop].get("/api/search", params={**asked, "cursor": page["next_cursor"]})).json()
        assert [hit for hit in page["hits"] if Decimal(str(hit["price"])) > number_of(amount)] == []
