"""Who uses the shop while things go wrong: shoppers, pages that send events, somebody who chats, merchants."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx

from evaluate.faults.ledger import Change, Goods, Ledger, Sent

WORDS: Final = ("lamp", "red kettle", "gift for mom under $50", "tent", "wireless headphones", "kettel")
MESSAGES: Final = ("show me lamps", "something cheaper", "a kettle under $40", "compare the first two")
SEARCH, SUGGEST, RECOMMEND, PRODUCT, EVENTS, CHANGE, BULK, CHAT = (
    "search", "suggest", "recommend", "product", "events", "change", "bulk", "chat",
)  # fmt: skip
Answer = dict[str, Any]


@dataclass(slots=True)
class Crowd:
    """Everybody of one run, over one client. Each goes on until `stop` is set; `name` marks what is the run's."""

    client: httpx.AsyncClient
    name: str
    began: float
    ledger: Ledger = field(default_factory=Ledger)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, kind: str, method: str, path: str, **more: Any) -> tuple[int, Answer]:  # noqa: ANN401
        """One request, written into the ledger: its status (0: no answer) and its JSON."""
        request_id, at = uuid4().hex, time.monotonic()
        status, retry_after, told = 0, False, ""
        found: Answer = {}
        try:
            answer = await self.client.request(method, path, headers={"X-Request-Id": request_id}, **more)
            status, retry_after = answer.status_code, "retry-after" in answer.headers
            found = answer.json() if answer.content else {}
            told = "" if status < 300 else answer.text[:200]
        except (httpx.HTTPError, ValueError) as error:
            told = repr(error)
            await asyncio.sleep(0.1)
        took = time.monotonic() - at
        self.ledger.sent.append(Sent(request_id, kind, at - self.began, took, status, retry_after, told))
        return status, found

    async def pause(self, draw: random.Random) -> None:
        await asyncio.sleep(draw.uniform(0.02, 0.15))

    async def shopper(self, number: int) -> None:
        """Searches, looks at products and at what is recommended."""
        draw = random.Random(f"{self.name}-shopper-{number}")
        while not self.stop.is_set():
            words = draw.choice(WORDS)
            _, found = await self.send(SEARCH, "GET", "/api/search", params={"q": words, "facets": "brand,category"})
            await self.send(SUGGEST, "GET", "/api/suggest", params={"q": words[:4]})
            if hits := found.get("hits"):
                product_id = draw.choice(hits)["product_id"]
                await self.send(PRODUCT, "GET", f"/api/products/{product_id}")
                about = {"placement": "similar", "product_id": product_id}
                await self.send(RECOMMEND, "GET", "/api/recommendations", params=about)
            await self.send(RECOMMEND, "GET", "/api/recommendations", params={"placement": "home"})
            await self.pause(draw)

    async def page(self) -> None:
        """Sends events in batches, and again what was not acknowledged, as pages do."""
        draw = random.Random(f"{self.name}-page")
        while not self.stop.is_set():
            for _ in range(3):
                self.ledger.events[f"{self.name}-{uuid4().hex}"] = False
            await self.resend_events()
            await self.pause(draw)

    async def resend_events(self) -> None:
        """Everything that was not acknowledged yet."""
        left = [event_id for event_id, sure in self.ledger.events.items() if not sure][:50]
        batch = [
            {"type": "view_product", "product_id": "lamp1", "session_id": self.name, "event_id": event_id}
            for event_id in left
        ]
        status, found = await self.send(EVENTS, "POST", "/api/events", json=batch) if batch else (0, {})
        if status == 200:
            for event in found["events"]:
                if event["status"] in ("accepted", "duplicate"):
                    self.ledger.events[event["event_id"]] = True

    async def talker(self) -> None:
        """Chats; a message without an answer is sent again under its name."""
        draw = random.Random(f"{self.name}-talker")
        while not self.stop.is_set():
            session: str | None = None
            for _ in range(3):
                session = await self.say(draw.choice(MESSAGES), session)
                await self.pause(draw)
                if session is None or self.stop.is_set():
                    break

    async def say(self, message: str, session: str | None) -> str | None:
        """The session; None where nothing came of it."""
        said = {"message": message, "session_id": session, "message_id": uuid4().hex}
        for _ in range(2):
            status, found = await self.send(CHAT, "POST", "/api/chat/message", json=said)
            if session is not None:
                self.ledger.messages.setdefault(session, {}).setdefault(said["message_id"] or "", False)
            if status == 200:
                session = found["session_id"]
                self.ledger.messages.setdefault(session, {})[said["message_id"] or ""] = True
                return session
            if self.stop.is_set():
                break
        return None

    async def merchant(self, number: int) -> None:
        """Makes products, changes their prices, deletes some; each product is this merchant's alone."""
        draw = random.Random(f"{self.name}-merchant-{number}")
        mine: list[str] = []
        while not self.stop.is_set():
            if len(mine) < 8 and draw.random() < 0.5:
                product_id = f"{self.name}-m{number}-{len(mine)}"
                mine.append(product_id)
                self.ledger.goods[product_id] = Goods()
                await self.put(product_id, draw)
            elif mine and draw.random() < 0.3:
                await self.change_many(draw.sample(mine, min(4, len(mine))), draw)
            elif mine:
                await self.change(draw.choice(mine), draw)
            await self.pause(draw)

    async def put(self, product_id: str, draw: random.Random) -> None:
        """A new product."""
        change = self._next(product_id, _price(draw))
        body = {"name": f"{self.name} thing", "brand": self.name, "price": change.price}
        path = f"/api/products/{product_id}?version={change.version}"
        self._settle(product_id, change, (await self.send(CHANGE, "PUT", path, json=body))[0])

    async def change(self, product_id: str, draw: random.Random) -> None:
        """Another price; now and then it is deleted, and after that left alone."""
        goods = self.ledger.goods[product_id]
        if goods.changes[-1].price is None:
            return
        if not goods.sure:
            await self.put(product_id, draw)
            return
        path = f"/api/products/{product_id}?version={len(goods.changes) + 1}"
        if draw.random() < 0.1:
            change = self._next(product_id, None)
            status, _ = await self.send(CHANGE, "DELETE", path)
        else:
            change = self._next(product_id, _price(draw))
            status, _ = await self.send(CHANGE, "PATCH", path, json={"price": change.price})
        self._settle(product_id, change, status)

    async def change_many(self, product_ids: list[str], draw: random.Random) -> None:
        """New prices of several products in one request."""
        goods = self.ledger.goods
        chosen = {p: _price(draw) for p in product_ids if goods[p].sure and goods[p].changes[-1].price is not None}
        changes = {product_id: self._next(product_id, price) for product_id, price in chosen.items()}
        lines = [
            f'{{"op":"patch","product_id":"{product_id}","version":{change.version},"fields":{{"price":{change.price}}}}}'
            for product_id, change in changes.items()
        ]
        if not lines:
            return
        status, found = await self.send(BULK, "POST", "/api/products/_bulk", content="\n".join(lines).encode())
        for item in found.get("items", ()) if status == 200 else ():
            done = item["result"] in ("changed", "unchanged", "queued", "created")
            self._settle(item["product_id"], changes[item["product_id"]], 200 if done else 503)

    def _next(self, product_id: str, price: float | None) -> Change:
        goods = self.ledger.goods[product_id]
        goods.changes.append(Change(len(goods.changes) + 1, price))
        return goods.changes[-1]

    def _settle(self, product_id: str, change: Change, status: int) -> None:
        # 404 to a deletion: it is gone, as was asked for.
        if 200 <= status < 300:
            self.ledger.goods[product_id].sure = change.version


def _price(draw: random.Random) -> float:
    return draw.randrange(1, 100_000) / 100
