"""Shoppers for locust: they search, filter, count facets, turn pages and open products over HTTP.

`make loadtest` runs them against a service on this machine; LOCUST="-u 200 -r 20 -t 5m" changes how many and how
long. What they type is in WORDS; which filters they choose and what they open comes from the answers themselves,
so that they fit any catalogue.
"""

import random
from typing import Any, Final

from locust import HttpUser, between, task
from locust.clients import ResponseContextManager

WORDS: Final = (
    "hiking backpack", "chef knife set", "fitness tracker", "running shoes", "wireless headphones", "coffee maker",
    "birthday gift for dad", "yoga mat", "laptop", "usb c charger", "summer dress", "silver necklace", "board game",
    "face cream", "car phone mount", "cookbook", "garden hose", "winter jacket", "bluetooth speaker", "desk lamp",
    "something warm for the tent", "present for a baker", "toy for a four year old", "waterproof bag",
)  # fmt: skip
FACETS: Final = "brand,category,price_range,rating"
PAGE: Final = 24


class Shopper(HttpUser):
    """One shopper: thinks for a second or two between two clicks."""

    wait_time = between(0.5, 2)

    def on_start(self) -> None:
        self.words = random.choice(WORDS)
        self.answer: dict[str, Any] = {}

    @task(6)
    def search(self) -> None:
        """Types new words."""
        self.words = random.choice(WORDS)
        self.ask("search")

    @task(3)
    def filter(self) -> None:
        """Chooses a value of a facet of the last answer, and what is in stock."""
        values = [
            (name, value["value"])
            for name, counted in self.answer.get("facets", {}).items()
            for value in counted
            if name != "rating" and value["count"]
        ]
        if values:
            name, value = random.choice(values)
            self.ask("filter", **{name: str(value), "in_stock": "true"})

    @task(1)
    def next_page(self) -> None:
        """Goes on after the last hit."""
        cursor = self.answer.get("next_cursor")
        if cursor:
            self.ask("next page", cursor=str(cursor))

    @task(1)
    def browse(self) -> None:
        """Looks around without words, cheapest first."""
        self.words = ""
        self.ask("browse", sort="price_asc")

    @task(4)
    def open_product(self) -> None:
        """Opens one of the last hits."""
        hits = self.answer.get("hits")
        if not hits:
            return
        product_id = random.choice(hits)["product_id"]
        with self.client.get(f"/api/products/{product_id}", name="product", catch_response=True) as response:
            if _good(response) and response.json().get("product_id") != product_id:
                _fail(response, f"asked for {product_id}, got another product")

    def ask(self, name: str, **parameters: str) -> None:
        """One search, counted under `name`; its answer is what the next clicks are chosen from."""
        asked = {"q": self.words, "facets": FACETS, "size": str(PAGE), **parameters}
        with self.client.get("/api/search", params=asked, name=name, catch_response=True) as response:
            if not _good(response):
                return
            answer = response.json()
            if len(answer["hits"]) > PAGE or answer["total"] < len(answer["hits"]):
                _fail(response, "more hits than asked for or counted")
                return
            # A cursor belongs to its own search: with other filters it would be refused.
            self.answer = {**answer, "next_cursor": None} if name == "filter" else answer


def _good(response: ResponseContextManager) -> bool:
    """Whether the status is 200; any other is counted as a failure, with what the service says of it."""
    if response.status_code == 200:
        return True
    _fail(response, f"HTTP {response.status_code}: {str(response.text)[:200]}")
    return False


def _fail(response: ResponseContextManager, why: str) -> None:
    response.failure(why)  # type: ignore[no-untyped-call] # locust's own has no types
