"""Dialogues held with a shop over HTTP, as a storefront holds them: answers come in parts, and parts are timed."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from evaluate.dialogues.judging import always, failures
from evaluate.dialogues.script import Dialogue, ScriptTurn
from evaluate.errors import MeasurementFailed

_UNKNOWN: Final = "a-session-that-nobody-was-ever-given"


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as it went. `products_ms`: until the first products, None where none came; `done_ms`: until the end."""

    say: str
    answer: dict[str, Any]
    status: int
    products_ms: float | None
    done_ms: float


@dataclass(frozen=True, slots=True)
class Held:
    """A dialogue as it went, with a sentence for each thing that was not as expected."""

    dialogue: Dialogue
    turns: tuple[Said, ...]
    failures: tuple[str, ...]


@dataclass(slots=True)
class Talker:
    """Holds dialogues with the shop behind `client`."""

    client: httpx.AsyncClient
    products: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def hold(self, dialogue: Dialogue) -> Held:
        """All turns of a dialogue in a session of its own; it goes on after a failure."""
        session: str | None = None
        before: list[str] = []
        turns: list[Said] = []
        wrong: list[str] = []
        for number, turn in enumerate(dialogue.turns, 1):
            said = await self.say(turn.say, _UNKNOWN if turn.session == "unknown" else session, dialogue.customer)
            turns.append(said)
            told = await self._judged(turn, said, before)
            wrong += [f"turn {number} “{turn.say[:60]}”: {sentence}" for sentence in told]
            if said.status == httpx.codes.OK and said.answer:
                session = said.answer["session_id"]
                shown = [product["product_id"] for product in said.answer["shopping_context"]["shown"]]
                before = shown or before
        return Held(dialogue, tuple(turns), tuple(wrong))

    async def _judged(self, turn: ScriptTurn, said: Said, before: Sequence[str]) -> list[str]:
        if said.status != turn.expect.status:
            return [f"status {said.status}, expected {turn.expect.status}"]
        if said.status != httpx.codes.OK:
            return []
        if not said.answer:
            return ["the answer has no end"]
        wanted = [item["product"]["product_id"] for item in said.answer["recommendations"]]
        await self._learn([*wanted, *before])
        untrue = always(said.answer, self.products, turn.say)
        return [*untrue, *failures(turn.expect, said.answer, before, self.products)]

    async def say(self, message: str, session: str | None, customer: str = "") -> Said:
        """One message, its answer read part by part. `customer`: who is signed in."""
        body = {"message": message, "session_id": session}
        started = time.perf_counter()
        products_ms: float | None = None
        answer: dict[str, Any] = {}
        headers = {"accept": "text/event-stream", **({"X-Customer-Id": customer} if customer else {})}
        try:
            async with self.client.stream("POST", "/api/chat/message", json=body, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    return Said(message, {}, response.status_code, None, _since(started))
                async for line in response.aiter_lines():
                    if not line.startswith("data: "):
                        continue
                    part = json.loads(line.removeprefix("data: "))
                    if part["type"] == "products" and products_ms is None:
                        products_ms = _since(started)
                    if part["type"] == "done":
                        answer = part["answer"]
        except httpx.HTTPError as error:
            raise MeasurementFailed(f"The shop does not answer: {type(error).__name__} {error}") from error
        return Said(message, answer, 200, products_ms, _since(started))

    async def _learn(self, ids: Sequence[str]) -> None:
        """Reads records that are not known yet."""
        unknown = [i for i in dict.fromkeys(ids) if i not in self.products]
        if unknown:
            found = await self.client.post("/api/products/batch", json={"product_ids": unknown})
            self.products |= {product["product_id"]: product for product in found.json()["products"]}


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
