"""`python -m evaluate dialogues`: how many scripted dialogues go as they should, and how quickly."""

import argparse
import asyncio
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn

from app.llm.settings import LanguageModelSettings
from app.main import create_app
from app.opening import Configuration
from embed.base import Embedder
from embed.load import bulk_embedder, text_embedder
from embed.settings import EmbedSettings
from es.client import connect
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from evaluate.dialogues.at_a_desk import load_desk
from evaluate.dialogues.script import DESK, SCRIPTS, Dialogue, read_dialogues
from evaluate.dialogues.talking import Held, Talker
from shop.demo.catalogue import read_catalogue
from shop.products.document import Product
from shop.products.store import ProductStore, VersionedProduct

_TIMEOUT_S = 60.0
PREFIX = "dialogues"


async def hold_all(client: httpx.AsyncClient, dialogues: Sequence[Dialogue]) -> list[Held]:
    """Every dialogue, one after another: side by side they would slow one another down."""
    talker = Talker(client)
    return [await talker.hold(dialogue) for dialogue in dialogues]


def load_demo(engine: EngineSettings, url: str, embedder: Embedder) -> None:
    """The demo catalogue as the live generation of the engine's prefix."""
    with connect(engine, url) as client:
        store = ProductStore(client, IndexNames(engine.index_prefix), embedder)
        index = store.begin_load()
        store.write(index, [VersionedProduct(Product.model_validate(row), 1) for row in read_catalogue()])
        store.generations.finish(index)
        store.generations.swap(index)
        store.generations.prune(keep=1)


async def measure(given: argparse.Namespace) -> list[Held]:
    """The dialogues with the shop at --url, or with one of our own over the demo catalogue.

    Raises DataWrong, MeasurementFailed, EngineError, EmbedError."""
    scripts = DESK if given.desk and given.scripts == SCRIPTS else given.scripts
    dialogues = [one for one in read_dialogues(scripts) if not given.only or given.only in one.name]
    if given.url:
        async with httpx.AsyncClient(base_url=given.url, timeout=_TIMEOUT_S) as client:
            return await hold_all(client, dialogues)
    settings, engine = EmbedSettings(), EngineSettings()
    own = engine.model_copy(update={"index_prefix": f"{engine.index_prefix}-{PREFIX}{'-desk' if given.desk else ''}"})
    url = await asyncio.to_thread(ensure_server, engine)
    with bulk_embedder(settings, text_embedder(settings)) as embedder:
        await asyncio.to_thread(load_demo, own, url, embedder)
        if given.desk:
            dialogues = await load_desk(own, url, embedder, dialogues)
    async with (
        served(own, url, settings) as address,
        httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S) as client,
    ):
        # The first turns open connections and fill caches, which is nobody's latency.
        if not given.desk:
            await hold_all(client, dialogues[:3])
        return await hold_all(client, dialogues)


@asynccontextmanager
async def served(
    engine: EngineSettings, url: str, embedding: EmbedSettings, language_model: LanguageModelSettings | None = None
) -> AsyncIterator[str]:
    """A service of our own on a free port: over a real socket, so that parts come when they are sent."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    asked = Configuration(engine=engine, embedding=embedding, es_url=url)
    app = create_app(replace(asked, language_model=language_model) if language_model else asked)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not running.done():
            await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


def lines(held: Sequence[Held]) -> Iterator[str]:
    """What failed, and a line a topic."""
    for one in held:
        for failure in one.failures:
            yield f"{one.dialogue.topic}/{one.dialogue.name}: {failure}"
    topics: dict[str, list[Held]] = defaultdict(list)
    for one in held:
        topics[one.dialogue.topic].append(one)
    for topic, those in topics.items():
        yield f"{topic:12} {sum(not one.failures for one in those):3} of {len(those):3} as expected"
    told = values(held)
    yield f"{'all':12} {told['as_expected']:3} of {told['dialogues']:3} as expected, {told['turns']} turns"
    for name, what in (("products", "first products"), ("answer", "whole answer")):
        times = told[f"{name}_ms"]
        yield f"{what:15} median {times['p50']:.0f} ms, p95 {times['p95']:.0f} ms"


def values(held: Sequence[Held]) -> dict[str, Any]:
    """The figures as JSON; times in ms over all turns that had products, and over all turns."""
    turns = [turn for one in held for turn in one.turns]
    return {
        "dialogues": len(held),
        "as_expected": sum(not one.failures for one in held),
        "turns": len(turns),
        "written_by": sorted({turn.answer["written_by"] for turn in turns if turn.answer}),
        "products_ms": _times([turn.products_ms for turn in turns if turn.products_ms is not None]),
        "answer_ms": _times([turn.done_ms for turn in turns if turn.answer]),
        "failed": [f"{one.dialogue.topic}/{one.dialogue.name}" for one in held if one.failures],
    }


def _times(found: Sequence[float]) -> dict[str, float]:
    if not found:
        return {"p50": 0.0, "p95": 0.0}
    return {f"p{at}": round(float(np.percentile(found, at)), 1) for at in (50, 95)}


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of `python -m evaluate dialogues`."""
    command.add_argument(
        "--url", metavar="URL", help="a shop that runs, with the demo catalogue (default: one of our own)"
    )
    command.add_argument("--scripts", type=Path, default=SCRIPTS, metavar="DIR", help="folder of dialogues (.yaml)")
    command.add_argument(
        "--desk", action="store_true", help="dialogues about orders, with the demo shop's customers and documents"
    )
    command.add_argument("--only", default="", metavar="TEXT", help="dialogues whose names have this")
