"""`python -m evaluate chat-overhead`: how long a shopper waits for us alone, with the built-in writer and with a model
that takes no time."""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import numpy as np
from pydantic import SecretStr

from app.llm.settings import LanguageModelSettings
from embed.load import bulk_embedder, text_embedder
from embed.settings import EmbedSettings
from es.reach import ensure_server
from es.settings import EngineSettings
from evaluate.dialogues.measure import load_demo, served
from evaluate.dialogues.script import SCRIPTS, read_dialogues
from evaluate.errors import MeasurementFailed
from evaluate.overhead.model import InstantModel, instant_model

PREFIX: Final = "overhead"
_WARM: Final = 20
_TIMEOUT_S: Final = 60.0
# What may be waited for, in ms at p95.
LIMITS: Final = {"first_products": 300.0, "built_in_answer": 500.0, "overhead": 400.0}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its answer, in ms since it was sent. `cpu`: CPU time of this process meanwhile."""

    products: float | None
    text: float | None
    done: float
    cpu: float
    written_by: str


@dataclass(frozen=True, slots=True)
class Waited:
    """Turns with the built-in writer; turns with the model, and of each that asked it the ms until it was asked and
    from its first token to the first words that the shopper read."""

    built_in: tuple[Turn, ...]
    written: tuple[Turn, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]


async def timed(client: httpx.AsyncClient, message: str) -> Turn:
    """Says something in a session of its own. Raises MeasurementFailed where the shop does not answer."""
    started, cpu = time.perf_counter(), time.process_time()
    products: float | None = None
    text: float | None = None
    by = ""
    headers = {"accept": "text/event-stream"}
    async with client.stream("POST", "/api/chat/message", json={"message": message}, headers=headers) as response:
        if response.status_code != httpx.codes.OK:
            raise MeasurementFailed(f"The shop answers “{message}” with the status {response.status_code}.")
        async for line in response.aiter_lines():
            if not line.startswith("data: "):
                continue
            part = json.loads(line.removeprefix("data: "))
            now = (time.perf_counter() - started) * 1000
            if part["type"] == "products" and products is None:
                products = now
            elif part["type"] == "text" and text is None:
                text = now
            elif part["type"] == "done":
                by = part["answer"]["written_by"]
    done = (time.perf_counter() - started) * 1000
    return Turn(products, text, done, (time.process_time() - cpu) * 1000, by)


async def waited(
    built_in: httpx.AsyncClient, written: httpx.AsyncClient, model: InstantModel, messages: Sequence[str]
) -> Waited:
    """Every message to both shops in turn, so that what slows the machine slows both."""
    without, with_model, before, after = [], [], [], []
    for message in messages:
        without.append(await timed(built_in, message))
        asked, started = len(model.asked_at), time.perf_counter()
        turn = await timed(written, message)
        with_model.append(turn)
        if len(model.asked_at) == asked + 1 and len(model.began_at) == asked + 1 and turn.text is not None:
            before.append((model.asked_at[-1] - started) * 1000)
            after.append(max(0.0, turn.text - (model.began_at[-1] - started) * 1000))
    return Waited(tuple(without), tuple(with_model), tuple(before), tuple(after))


def first_messages(count: int) -> list[str]:
    """The first messages of the scripted dialogues, and the same again where more are asked for."""
    found = [one.turns[0].say for one in read_dialogues(SCRIPTS) if one.turns[0].session == "own"]
    found = [say for say in found if 0 < len(say.strip()) <= 300]
    return [found[number % len(found)] for number in range(count)]


def model_settings(url: str) -> LanguageModelSettings:
    """The model at this address, with nothing that would stop it from being asked."""
    return LanguageModelSettings(
        api_key=SecretStr("measuring"), base_url=url, turn_usd=0, user_day_usd=0, day_usd=0, retries=0
    )


async def measure(given: argparse.Namespace) -> Waited:
    """Both shops over the demo catalogue, on this machine. Raises MeasurementFailed, EngineError, EmbedError."""
    settings, engine = EmbedSettings(), EngineSettings()
    own = engine.model_copy(update={"index_prefix": f"{engine.index_prefix}-{PREFIX}"})
    url = await asyncio.to_thread(ensure_server, engine)
    with bulk_embedder(settings, text_embedder(settings)) as embedder:
        await asyncio.to_thread(load_demo, own, url, embedder)
    off = LanguageModelSettings(api_key=SecretStr(""))

    def shop(language_model: LanguageModelSettings) -> AbstractAsyncContextManager[str]:
        return served(own, url, settings, language_model)

    with instant_model() as model:
        async with (
            shop(off) as plain,
            shop(model_settings(model.url)) as with_model,
            httpx.AsyncClient(base_url=plain, timeout=_TIMEOUT_S) as built_in,
            httpx.AsyncClient(base_url=with_model, timeout=_TIMEOUT_S) as written,
        ):
            await waited(built_in, written, model, first_messages(_WARM))
            return await waited(built_in, written, model, first_messages(given.turns))


def values(found: Waited) -> dict[str, Any]:
    """The figures as JSON, in ms. `overhead`: until the model was asked, and from its first token to the first
    words."""
    turns = [*found.built_in, *found.written]
    overhead = [one + other for one, other in zip(found.before, found.after, strict=True)]
    return {
        "turns": len(found.built_in),
        "asked_the_model": len(found.before),
        "first_products": _times([turn.products for turn in turns if turn.products is not None]),
        "built_in_answer": _times([turn.done for turn in found.built_in]),
        "before_the_model": _times(found.before),
        "after_its_first_token": _times(found.after),
        "overhead": _times(overhead),
        "answer_with_model": _times([turn.done for turn in found.written]),
        "cpu_built_in": _times([turn.cpu for turn in found.built_in]),
        "cpu_with_model": _times([turn.cpu for turn in found.written]),
    }


def lines(found: Waited) -> Iterator[str]:
    """The figures, for people."""
    told = values(found)
    yield f"{told['turns']} turns with each writer; {told['asked_the_model']} asked the model"
    for name, times in told.items():
        if isinstance(times, dict):
            limit = f"   (under {LIMITS[name]:.0f} at p95)" if name in LIMITS else ""
            yield f"{name.replace('_', ' '):22} p50 {times['p50']:7.1f} ms   p95 {times['p95']:7.1f} ms{limit}"


def _times(found: Sequence[float]) -> dict[str, float]:
    if not found:
        return {"p50": 0.0, "p95": 0.0}
    return {f"p{at}": round(float(np.percentile(found, at)), 1) for at in (50, 95)}
