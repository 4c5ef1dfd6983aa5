"""Nothing over the budget: 500 random dialogues over a random catalogue. What the budget is by now is worked out here,
from what was said, and not asked of the shop."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest_asyncio

from tests.factory import COLORS, NOUNS, WORDS, catalogue
from tests.shops import api, shop_of

DIALOGUES, AT_ONCE = 500, 8
Range = tuple[float, float]
NO_LIMIT: Range = (0.0, float("inf"))

AT_MOST = (
    "under ${}", "something under ${} would be great", "no more than {} dollars", "my budget is ${}", "max ${}",
    "ok, make it under ${}", "less than ${} please", "{} dollars at most", "actually below ${}", "cheaper than ${}",
)  # fmt: skip
AT_LEAST = ("over ${}", "more than {} dollars", "at least ${}")
BETWEEN = ("between ${} and ${}", "from {} to {} dollars")
TAKEN_BACK = ("the price doesn't matter", "start over", "forget the budget", "ignore the budget!!")
WISHES = (
    "show me {}", "I need {}", "what about {}?", "{}", "a gift for my mom who loves {}", "present for a friend, {}",
    "{} in {colour}", "something {colour}", "not {colour}", "another {}", "{} lovers", "I'd like {} for my dad",
)  # fmt: skip
OTHER = (
    "show me more", "compare the first two", "tell me about the second one", "how much is the cheapest one?",
    "anything similar to the first one?", "where is my order 12345?", "thanks", "is it in stock?",
    "show me everything", "the most expensive ones please", "back to what we had", "yes", "🎁", "and for my wife?",
)  # fmt: skip
KINDS = ("most", "least", "between", "back", "wish", "both", "other")
SHOWS_OFFERS = ("search", "gift", "similar", "resume")


@dataclass(slots=True)
class Script:
    """Draws messages and knows the budget after each."""

    drawn: random.Random
    budget: Range = NO_LIMIT

    def next(self) -> str:
        kind = self.drawn.choices(KINDS, (6, 1, 2, 1, 8, 3, 5))[0]
        low, high = sorted(self.drawn.sample((5, 12, 20, 35, 50, 80, 150, 400), 2))
        if kind == "most":
            self.budget = (0.0, high)
            return self.drawn.choice(AT_MOST).format(high)
        if kind == "least":
            self.budget = (low, float("inf"))
            return self.drawn.choice(AT_LEAST).format(low)
        if kind == "between":
            self.budget = (low, high)
            return self.drawn.choice(BETWEEN).format(low, high)
        if kind == "back":
            self.budget = NO_LIMIT
            return self.drawn.choice(TAKEN_BACK)
        if kind == "other":
            return self.drawn.choice(OTHER)
        colour = self.drawn.choice(COLORS)
        wish = self.drawn.choice(WISHES).format(self.drawn.choice((*NOUNS, *WORDS)), colour=colour)
        if kind == "both":
            self.budget = (0.0, high)
            return f"{wish} under ${high}"
        return wish


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talk(es_url: str) -> AsyncIterator[httpx.AsyncClient]:
    with shop_of(es_url, catalogue(7, 150)) as engine:
        async with api(engine, knn_k=10, search_deadline_s=30) as client:
            yield client


async def held(client: httpx.AsyncClient, seed: int) -> tuple[list[str], int]:
    """What was over or under the budget in one dialogue, and how many products were offered within one."""
    script = Script(random.Random(seed))
    session, said, wrong, within = None, [], [], 0
    for _ in range(script.drawn.randint(2, 5)):
        message = script.next()
        said.append(message)
        got = await client.post("/api/chat/message", json={"message": message, "session_id": session})
        assert got.status_code == 200, (said, got.text)
        answer = got.json()
        session = answer["session_id"]
        if answer["intent"] not in SHOWS_OFFERS or script.budget == NO_LIMIT:
            continue
        low, high = script.budget
        prices = [item["product"]["price"] for item in answer["recommendations"]]
        within += len(prices)
        wrong += [f"{price} is not in {low} to {high}: {said}" for price in prices if not low <= price <= high]
    return wrong, within


async def test_nothing_is_over_the_budget_in_500_dialogues(talk: httpx.AsyncClient) -> None:
    wrong: list[str] = []
    offered = 0
    for start in range(0, DIALOGUES, AT_ONCE):
        seeds = range(start, min(start + AT_ONCE, DIALOGUES))
        for found, within in await asyncio.gather(*(held(talk, seed) for seed in seeds)):
            wrong += found
            offered += within
    assert wrong == []
    assert offered > DIALOGUES  # the law was put to the test
