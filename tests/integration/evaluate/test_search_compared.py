"""The comparison from end to end: over an index of its own, and over a shop that runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from app.settings import ServiceSettings
from embed.fake import FakeEmbedder
from es.settings import EngineSettings
from evaluate.__main__ import main
from evaluate.commands.options import FAILED, USAGE
from evaluate.errors import DataWrong, MeasurementFailed
from evaluate.relevance.catalogue import Feed
from evaluate.relevance.measure import JudgedData
from evaluate.search.compare import compare_at, compare_in_own_index
from evaluate.search.configs import DEFAULT, read_config
from evaluate.search.learn import learn
from tests.factory import product
from tests.shops import load, service

pytestmark = pytest.mark.needs_es

PRODUCTS = [
    {"id": "t1", "title": "Alpine tent", "brand": "Northpeak", "price": "199"},
    {"id": "t2", "title": "Tent pegs for an alpine tent", "brand": "Acme", "price": "9"},
    {"id": "l1", "title": "Camping lamp", "brand": "Acme", "price": "19"},
    {"id": "l2", "title": "Lantern for tents", "brand": "Northpeak", "price": "29"},
]
MAPPING = "fields: {product_id: id, name: title, brand: brand, price: price, currency: {value: USD}}"
JUDGMENTS = """query,product_id,rating,frequency
northpeak tent,t1,3,5
northpeak tent,t2,0,5
lamp,l1,3,20
lamp,l2,2,20
"""


@pytest.fixture
def judgments(tmp_path: Path) -> Path:
    path = tmp_path / "judgments.csv"
    path.write_text(JUDGMENTS)
    return path


@asynccontextmanager
async def running(engine: EngineSettings) -> AsyncIterator[str]:
    """The service over the engine's shop on a port of its own; its URL."""
    settings = uvicorn.Config(service(engine, search_deadline_s=30), port=0, log_config=None, lifespan="on")
    server = uvicorn.Server(settings)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@pytest.fixture
def shop(engine_settings: EngineSettings) -> EngineSettings:
    """The products in a shop that serves the fake model."""
    products = [product(p["id"], name=p["title"], brand=p["brand"], price=p["price"]) for p in PRODUCTS]
    load(engine_settings, products, FakeEmbedder(64, name="fake", warn=False))
    return engine_settings


async def test_over_an_index_of_its_own(engine_settings: EngineSettings, judgments: Path, tmp_path: Path) -> None:
    feed = Feed(tmp_path / "products.jsonl", tmp_path / "map.yaml")
    feed.products.write_text("".join(json.dumps(one) + "\n" for one in PRODUCTS))
    feed.mapping.write_text(MAPPING)
    configs = [*DEFAULT, read_config("meaning alone:weight=0"), read_config("acme:brand=Acme")]
    found = await compare_in_own_index(
        JudgedData(judgments, feed), configs, engine_settings, engine_settings.es_url, ServiceSettings()
    )
    assert found.queries == ["northpeak tent", "lamp"]
    assert found.data == {"queries": 2, "judgments": 4, "judged_but_not_there": 0}
    assert found.classes["with brand"] == [0]
    assert found.classes["head"] == [1]
    lexical, hybrid = found.scored["lexical"], found.scored["hybrid"]
    # By words alone the tent is found, and of the lamps the one that is called so; meaning adds the lantern.
    assert lexical[0].ndcg_raw == 1.0
    assert (lexical[1].recall, hybrid[1].recall) == (0.5, 1.0)
    # A filter is a parameter as any other: without its brand the tent cannot be found.
    assert found.scored["acme"][0].ndcg_raw == 0.0


async def test_weights_are_learned_from_an_index_of_its_own(engine_settings: EngineSettings, tmp_path: Path) -> None:
    things = ("tent", "lamp", "kettle", "watch", "jacket", "backpack", "knife", "stove", "rope", "compass")
    rows = [{"id": t, "title": f"Alpine {t}", "brand": "Acme", "price": "9"} for t in things]
    feed = Feed(tmp_path / "products.jsonl", tmp_path / "map.yaml")
    feed.products.write_text("".join(json.dumps(row) + "\n" for row in rows))
    feed.mapping.write_text(MAPPING)
    judgments = tmp_path / "judgments.csv"
    judgments.write_text("query,product_id,rating\n" + "".join(f"alpine {t},{t},3\n" for t in things))
    data, settings = JudgedData(judgments, feed), ServiceSettings()
    found = await learn(data, engine_settings, engine_settings.es_url, settings)
    # Every weight finds every thing, so that nothing is better than anything.
    assert set(found.by_weight.values()) == {3.0}
    assert found.weights.text_model.startswith("minilm")
    assert not found.measured.beats_fixed
    judgments.write_text("query,product_id,rating\nalpine tent,tent,3\n")
    with pytest.raises(DataWrong, match="1 queries; learning needs 10"):
        await learn(data, engine_settings, engine_settings.es_url, settings)


async def test_over_a_shop_that_runs(shop: EngineSettings, judgments: Path) -> None:
    async with running(shop) as url:
        found = await compare_at(url, judgments, DEFAULT)
        assert found.scored["lexical"][0].ndcg_raw == 1.0
        assert found.data["judged_but_not_there"] == 0
        with pytest.raises(DataWrong, match="lexical_weight"):
            await compare_at(url, judgments, [DEFAULT[0], read_config("other:weight=0.2")])
        with pytest.raises(MeasurementFailed, match="no_such"):
            await compare_at(url, judgments, [DEFAULT[0], read_config("other:no_such=1")])
        other = judgments.with_name("other.csv")
        other.write_text("query,product_id,rating\nlamp,somewhere-else,3\n")
        with pytest.raises(DataWrong, match="None of the products"):
            await compare_at(url, other, DEFAULT)


def test_what_the_command_says_of_wrong_use(judgments: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["search", "--judgments", str(judgments), "--url"]
    assert main([*given, "http://127.0.0.1:9"]) == FAILED
    assert "127.0.0.1 cannot be reached" in capsys.readouterr().err
    assert main([*given, "ftp://shop.example"]) == FAILED
    assert "http://localhost:8000" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main([*given, "http://127.0.0.1:9", "--products", "feed.csv"])
    assert stopped.value.code == USAGE
