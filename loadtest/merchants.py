"""Merchants for locust: they change prices one by one and many at once. Only where users may write."""

import json
from typing import Final

from locust import task

from loadtest.answers import Found
from loadtest.users import Visitor, in_path

AT_ONCE: Final = 50


class Merchant(Visitor):
    """Changes prices of products that it finds in the shop, up and down by a twentieth at most."""

    abstract = False

    def on_start(self) -> None:
        super().on_start()
        self.products: dict[str, float] = {}

    @task(8)
    def change_price(self) -> None:
        """One price."""
        if product_id := self.any_product():
            price = self.new_price(product_id)
            self.send("price change", "PATCH", f"/api/products/{in_path(product_id)}", {"price": price})

    @task(1)
    def load_prices(self) -> None:
        """Many prices in one request."""
        if self.any_product():
            chosen = self.draw.sample(sorted(self.products), min(AT_ONCE, len(self.products)))
            lines = [
                json.dumps({"op": "patch", "product_id": one, "fields": {"price": self.new_price(one)}})
                for one in chosen
            ]
            self.send("bulk load", "POST", "/api/products/_bulk", "\n".join(lines).encode(), _not_made)

    def any_product(self) -> str:
        """A product of the shop; empty where none is found."""
        if not self.products or self.happens(0.1):
            order = self.draw.choice(("newest", "price_asc", "price_desc", "popularity"))
            found = self.get("merchant's list", "/api/search", q="", size=100, sort=order) or {}
            self.products |= {hit["product_id"]: float(hit["price"]) for hit in found.get("hits", []) if hit["price"]}
        return self.draw.choice(sorted(self.products)) if self.products else ""

    def new_price(self, product_id: str) -> float:
        """Near the first one that was seen, so that a long test does not drift."""
        return max(0.01, round(self.products[product_id] * self.draw.uniform(0.95, 1.05), 2))


def _not_made(found: Found) -> str:
    bad = {result: count for result, count in found["results"].items() if result in ("refused", "unavailable")}
    return f"changes were not made: {bad}" if bad else ""
