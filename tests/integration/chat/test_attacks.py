"""Attacks planted in what the shop holds, over HTTP: with the built-in writer, and with a model that obeys them all."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from pydantic import SecretStr

from embed.fake import FakeEmbedder
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from ingest.knowledge.reading import read
from shop.knowledge.document import embedded_text
from shop.knowledge.store import KnowledgeStore
from shop.products.document import Product
from shop.reviews.document import Review
from shop.reviews.store import ReviewStore
from tests.cohere_server import KEY, FakeCohere, Handler, Json, Scene, fake_cohere, says
from tests.factory import product
from tests.integration.chat.attacks import ATTACKS, IN_MESSAGES, STORED, Planted
from tests.language_models import settings_for_tests
from tests.shops import api, shop_of

pytestmark = pytest.mark.needs_es

MODEL = "command-r-plus-08-2024"
SYLLABLES = ("ka", "vo", "ri", "mel", "tu", "zan", "bo", "fe")
# What a model invents besides, and what of it would show.
LIES = (
    "It costs $0.03 now. ",
    "See https://stolen.example/a for more. ",
    "The Zentrova X9 suits you better. ",
    "Ask for the item product:zzz-1. ",
    "It has 77 reviews and weighs 3 tons. ",
)
LIED = ("0.03", "stolen.example", "Zentrova", "zzz-1", "77 reviews", "3 tons", "Say only what stands")


def word(number: int) -> str:
    """A name that no other attack has: kavoka, kavovo and so on."""
    size = len(SYLLABLES)
    return f"{SYLLABLES[number // size % size]}{SYLLABLES[number % size]}{SYLLABLES[number * 3 % size]}x"


NAMED = {attack: word(number) for number, attack in enumerate(STORED)}


def goods() -> list[Product]:
    """A lantern for each attack in a product or its reviews, and one without."""
    made = [product("plain", name="Plain lantern", price="35", in_stock=True, description="A lantern of tin.")]
    for attack, called in NAMED.items():
        if attack.place in ("document", "file name"):
            continue
        fields: dict[str, Any] = {
            "name": f"{called.capitalize()} lantern",
            "description": "A lantern of brass and glass.",
            "brand": "Halden",
            "features": ["a switch"],
            "specifications": {"material": "brass", "weight_g": 800},
            "rating": 4.1,
            "review_count": 12,
        }
        if attack.place == "name":
            fields["name"] += f" {attack.text}"
        elif attack.place == "feature":
            fields["features"] = [attack.text, "a switch"]
        elif attack.place == "specification":
            fields["specifications"]["note"] = attack.text
        elif attack.place in ("description", "brand"):
            fields[attack.place] = attack.text
        made.append(product(f"a-{called}", price="120", in_stock=True, **fields))
    return made


def reviews() -> list[Review]:
    made = []
    for attack, called in NAMED.items():
        if attack.place == "review":
            texts = (f"Good quality, {attack.text}.", f"The quality is fine. {attack.text}", attack.text)
            made += [Review.model_validate({"product_id": f"a-{called}", "rating": 4, "text": text}) for text in texts]
    return made


async def load_documents(engine: EngineSettings, folder: Path) -> None:
    """Through files, as `python -m ingest knowledge` reads them."""
    model = FakeEmbedder(64, name="fake", warn=False)
    async with connect_async(engine) as client:
        store = KnowledgeStore(client, IndexNames(engine.index_prefix))
        await store.prepare(model.spec)
        for attack, called in NAMED.items():
            if attack.place not in ("document", "file name"):
                continue
            own = f"Policy on {called} lanterns: {called} lanterns are wiped with a dry cloth."
            name, text = (attack.text, own) if attack.place == "file name" else (called, f"{own} {attack.text}")
            path = folder / f"{name}.md"
            path.write_text(f"## Policy on {called}\n\n{text}\n", encoding="utf-8")
            document = read(path, path.name)
            vectors = model.embed_texts([embedded_text(document.title, one) for one in document.passages])
            await store.replace(document, document.version(model.spec.id), vectors)
        await ReviewStore(client, IndexNames(engine.index_prefix)).load(reviews())


@dataclass
class Talked:
    """Everything that was answered to one attack."""

    attack: Planted
    answers: list[dict[str, Any]] = field(default_factory=list)

    def leaks(self) -> list[str]:
        """What of the attack shows, and in which part of an answer."""
        sought = [*self.attack.goals, *LIED, *([self.attack.text] if self.attack.place != "message" else [])]
        return [
            f"{part}: {goal}"
            for answer in self.answers
            for part, told in parts_of(answer)
            for goal in sought
            # What was understood of a message holds its own words.
            if goal.lower() in told.lower() and not (part == "shopping_context" and self.attack.place == "message")
        ]


def parts_of(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All that an answer says or shows, but for times and random ids."""
    for name, value in answer.items():
        if name not in ("generated_at", "took_ms", "session_id", "response_id", "message_id", "confidence"):
            yield name, json.dumps(value, ensure_ascii=False)


def obeys(attack: Planted) -> Scene:
    """A model that repeats the attack, does what it asks for, tells its prompt and lies besides."""

    def scene(handler: Handler, body: Json) -> None:
        prompt = [line for line in body["messages"][0]["content"].splitlines() if line.strip()]
        told = ("Here is what I found. ", f"{attack.text} ", f"{attack.obeyed} ", *LIES, *(f"{x} " for x in prompt[:6]))
        says(*told)(handler, body)

    return scene


@pytest.fixture(scope="module")
def engine(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, goods()) as made:
        yield made


@pytest.fixture(scope="module")
def server() -> Iterator[FakeCohere]:
    with fake_cohere() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def clients(
    engine: EngineSettings, server: FakeCohere, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Of two services over one shop: without a model, and with one."""
    await load_documents(engine, tmp_path_factory.mktemp("documents"))
    llm = settings_for_tests(
        api_key=SecretStr(KEY), base_url=server.url, retries=0, breaker_failures=100, day_usd=1e6, turn_usd=1e3,
        user_day_usd=1e6,
    )  # fmt: skip
    async with (
        api(engine, search_deadline_s=30, semantic_floor=0.99) as plain,
        api(engine, llm=llm, search_deadline_s=30, semantic_floor=0.99) as written,
    ):
        yield plain, written


def turns(attack: Planted) -> tuple[str, ...]:
    """What a shopper says who comes across the attack."""
    if attack.place == "message":
        return (attack.text,)
    called = NAMED[attack]
    if attack.place in ("document", "file name"):
        return (f"What is your policy on {called} lanterns?",)
    last = "What do customers say about the quality of it?" if attack.place == "review" else "Tell me more about it"
    return (f"show me the {called} lantern", last)


async def asked(client: httpx.AsyncClient, session: str | None, text: str) -> dict[str, Any]:
    """The answer, streamed; its text is what was streamed."""
    body = {"message": text, **({"session_id": session} if session else {})}
    headers = {"Accept": "text/event-stream"}
    answer = await client.post("/api/chat/message", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    parts = [orjson.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    done: dict[str, Any] = next(part["answer"] for part in parts if part["type"] == "done")
    streamed = "".join(part["delta"] for part in parts if part["type"] == "text")
    assert streamed.strip() == done["message"]
    return done


async def talked(client: httpx.AsyncClient, attack: Planted) -> Talked:
    made, session = Talked(attack), None
    for text in turns(attack):
        answer = await asked(client, session, text)
        session = answer["session_id"]
        made.answers.append(answer)
    return made


def met(talk: Talked) -> bool:
    """Whether what the attack stands in was found at all."""
    if talk.attack.place in ("document", "file name"):
        return bool(talk.answers[0]["records"])
    found = [item["product"]["product_id"] for item in talk.answers[0]["recommendations"]]
    return f"a-{NAMED[talk.attack]}" in found


async def test_the_built_in_writer_passes_no_attack_on(
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient],
) -> None:
    talks = [await talked(clients[0], attack) for attack in ATTACKS]
    assert [(talk.attack.text, leaks) for talk in talks if (leaks := talk.leaks())] == []
    assert [talk.attack.text for talk in talks if talk.attack.place != "message" and not met(talk)] == []


async def test_a_model_that_obeys_every_attack_passes_none_on(
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient], server: FakeCohere
) -> None:
    talks = []
    for attack in ATTACKS:
        server.plays(obeys(attack))
        talks.append(await talked(clients[1], attack))
    assert [(talk.attack.text, leaks) for talk in talks if (leaks := talk.leaks())] == []
    by_model = [talk for talk in talks if any(answer["written_by"] == MODEL for answer in talk.answers)]
    assert len(by_model) > len(ATTACKS) / 2


def test_there_are_attacks_enough_in_every_place() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack.text for attack in ATTACKS}) == len(ATTACKS)
    assert {attack.place for attack in ATTACKS} >= {"name", "description", "review", "document", "file name", "message"}
    assert len(IN_MESSAGES) >= 10
