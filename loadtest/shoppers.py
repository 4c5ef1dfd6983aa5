"""Shoppers for locust: they search, refine, look at products and what is recommended, fill a cart, order, and ask.

What they type is in WORDS or comes from names of products that they have seen, and which values they choose comes from
the answers themselves, so that they fit any catalogue.
"""

from typing import Any, Final
from uuid import uuid4

from locust import task

from loadtest.answers import Found
from loadtest.users import Visitor, in_path

WORDS: Final = (
    "hiking backpack", "chef knife set", "fitness tracker", "running shoes", "wireless headphones", "coffee maker",
    "birthday gift for dad", "yoga mat", "laptop", "usb c charger", "summer dress", "silver necklace", "board game",
    "face cream", "car phone mount", "cookbook", "garden hose", "winter jacket", "bluetooth speaker", "desk lamp",
    "something warm for the tent", "present for a baker", "toy for a four year old", "waterproof bag",
)  # fmt: skip
MESSAGES: Final = (
    "I need a gift for my mom, under $80", "what is good for a long hike?", "show me something cheaper",
    "do you have it in black?", "compare the first two", "a present for a friend who loves to cook",
)  # fmt: skip
FACETS: Final = "brand,category,price_range,rating"
PAGE: Final = 24
LIST: Final = 8


class Shopper(Visitor):
    """One shopper. Each visit is a walk through the shop with time to think between two clicks."""

    abstract = False

    def on_start(self) -> None:
        super().on_start()
        self.names: list[str] = []
        self.asked: dict[str, Any] = {}
        self.answer: Found = {}
        self.cart: list[Found] = []

    @task
    def walk(self) -> None:
        """From the start page to, now and then, an order."""
        if self.happens(0.3):
            self.recommended("home")
            self.think()
        self.search(self.words())
        while self.answer.get("hits") and self.happens(0.75):
            self.think()
            if self.happens(0.35):
                self.refine()
            elif self.happens(0.15):
                self.next_page()
            else:
                self.open_product(self.draw.choice(self.answer["hits"]))
        if self.settings.writes and self.happens(0.1):
            self.talk()
        if self.cart and self.happens(0.5):
            self.think()
            self.order()

    def words(self) -> str:
        """A few words of a list, or of a name that was seen."""
        if self.names and self.happens(0.5):
            seen = self.draw.choice(self.names).split()
            start = self.draw.randrange(max(1, len(seen) - 1))
            return " ".join(seen[start : start + 2])
        return self.draw.choice(WORDS)

    def search(self, words: str) -> None:
        """Types some words; the list of suggestions comes up on the way."""
        if self.happens(0.5):
            self.get("suggest", "/api/suggest", q=words[: self.draw.randint(2, max(2, len(words)))])
        self.asked = {"q": words, "facets": FACETS, "size": PAGE}
        self.find("search")

    def refine(self) -> None:
        """Chooses a value of a facet, and what is in stock."""
        values = [
            (name, value["value"])
            for name, counted in self.answer.get("facets", {}).items()
            for value in counted
            if name != "rating" and value["count"]
        ]
        if values:
            name, value = self.draw.choice(values)
            self.asked = {**self.asked, name: value, "in_stock": "true"}
            self.find("refine")

    def next_page(self) -> None:
        """Goes on after the last hit."""
        if cursor := self.answer.get("next_cursor"):
            self.find("next page", cursor=cursor)

    def open_product(self, hit: Found) -> None:
        """Opens a hit: the product, what is similar, and a word to the shop that it was looked at."""
        product_id = hit["product_id"]

        def other(found: Found) -> str:
            return "" if found.get("product_id") == product_id else f"asked for {product_id}, got another product"

        found = self.get("product", f"/api/products/{in_path(product_id)}", other)
        if found is None:
            return
        self.recommended("similar", product_id=product_id)
        self.tell({"type": "view_product", "product_id": product_id})
        if search_id := self.answer.get("search_id"):
            self.tell({"type": "search_click", "product_id": product_id, "search_id": search_id})
        if self.happens(0.2):
            self.think()
            self.cart.append(found)
            self.tell({"type": "add_to_cart", "product_id": product_id, "quantity": 1})
            self.recommended("cart", cart=",".join(item["product_id"] for item in self.cart))

    def recommended(self, placement: str, **about: object) -> None:
        """A list of recommendations."""

        def too_many(found: Found) -> str:
            return "" if len(found["items"]) <= LIST else "more items than asked for"

        self.get(
            f"recommendations {placement}", "/api/recommendations", too_many,
            placement=placement, session_id=self.visit, limit=LIST, **about,
        )  # fmt: skip

    def talk(self) -> None:
        """Says two things to the assistant."""
        session: str | None = None
        for message in self.draw.sample(MESSAGES, 2):
            said = {"message": message, "session_id": session, "message_id": uuid4().hex}
            found = self.send("chat", "POST", "/api/chat/message", said)
            session = found["session_id"] if found else session
            self.think()

    def order(self) -> None:
        """Buys what is in the cart."""
        items = [{"product_id": item["product_id"], "quantity": 1, "price": item["price"]} for item in self.cart]
        self.tell({"type": "order_placed", "order_id": uuid4().hex, "items": items}, "order")
        self.cart = []

    def tell(self, event: Found, name: str = "event") -> None:
        """An event of this visit, where users write."""
        if self.settings.writes:
            sent = {**event, "event_id": uuid4().hex, "session_id": self.visit}
            self.send(name, "POST", "/api/events", sent, _not_taken)

    def find(self, name: str, **more: object) -> None:
        """One search, counted under `name`; its answer is what the next clicks are chosen from."""
        answer = self.get(name, "/api/search", _impossible, **self.asked, **more)
        self.answer = answer or {}
        self.names = [hit["name"] for hit in self.answer.get("hits", []) if hit.get("name")] or self.names


def _impossible(found: Found) -> str:
    if len(found["hits"]) > PAGE or found["total"] < len(found["hits"]):
        return "more hits than asked for or counted"
    return ""


def _not_taken(found: Found) -> str:
    return "" if not found["refused"] else f"the event was refused: {found['events'][0]['why']}"
