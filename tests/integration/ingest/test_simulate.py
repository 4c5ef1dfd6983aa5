"""`python -m ingest simulate` against a real Elasticsearch."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from app.access.settings import AccessMode, AccessSettings
from es.client import connect, connect_async
from es.mappings import queries as fields
from es.names import IndexNames
from es.series import Series
from es.settings import EngineSettings
from ingest.__main__ import parser
from ingest.errors import LoadRefused
from ingest.simulation.plan import Plan
from ingest.simulation.sending import TRIES, send
from ingest.simulation.stock import Stock, Ware
from ingest.simulation.traffic import simulate
from shop.queries.record import ADD_CLICK, Click, LoggedSearch, click_change, document, with_click
from tests.factory import product
from tests.served import served
from tests.shops import load, service

pytestmark = pytest.mark.needs_es

UNTIL = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
MONTH = ["--days", "21", "--sessions", "5", "--until", UNTIL]
KINDS = {"electronics": ["laptop", "camera"], "clothing": ["dress", "coat"], "gifts": ["mug"]}


PRODUCTS = [
    product(product_id=f"{kind}-{number}", category=category, specifications={"product_type": kind})
    for category, kinds in KINDS.items()
    for kind in kinds
    for number in range(8)
]


@pytest.fixture
def client(engine_settings: EngineSettings) -> Iterator[Elasticsearch]:
    with connect(engine_settings) as opened:
        yield opened


@pytest.fixture
def here(engine_settings: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> IndexNames:
    """The test's shop is that of the environment."""
    monkeypatch.setenv("SHOPSCOUT_ES_URL", engine_settings.es_url)
    monkeypatch.setenv("SHOPSCOUT_INDEX_PREFIX", engine_settings.index_prefix)
    return IndexNames(engine_settings.index_prefix)


def simulated(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """The command in this process; what it prints."""
    parsed = parser().parse_args(["simulate", *options])
    capsys.readouterr()
    assert not parsed.verb(parsed, threading.Event())
    return capsys.readouterr().out


def test_a_month_is_stored_once_and_its_figures_are_told(
    client: Elasticsearch, engine_settings: EngineSettings, here: IndexNames, capsys: pytest.CaptureFixture[str]
) -> None:
    load(engine_settings, PRODUCTS, None)
    assert json.loads(simulated(capsys, *MONTH, "--dry-run", "--json"))["stored"] is None

    told = json.loads(simulated(capsys, *MONTH, "--json"))
    counted, stored = told["counted"], told["stored"]
    assert stored["events"] == sum(counted["events"].values())
    assert (stored["searches"], stored["turns"]) == (counted["logged_searches"], counted["turns"])
    kinds = Counter(source["type"] for source in _all(client, here.events))
    assert dict(kinds) == counted["events"]
    bought = {source["product_id"] for source in _all(client, here.events) if source["type"] == "view_product"}
    assert bought <= {each.product_id for each in PRODUCTS}
    spent = _all(client, here.llm_spending)
    assert len(spent) == stored["days_billed"]
    assert UNTIL not in {account["day"] for account in spent}
    turns = _all(client, here.conversation_turns)
    expected = sum(turn["cost_usd"] for turn in turns if turn["at"][:10] < UNTIL)
    assert sum(account["spent_micro_usd"] for account in spent) == pytest.approx(expected * 1e6, abs=1)

    again = simulated(capsys, *MONTH)
    assert "broken week" in again
    assert "stored: 0 events, 0 searches, 0 turns, 0 days billed" in again
    assert _all(client, here.llm_spending) == spent


def test_there_must_be_a_catalogue_and_no_real_visits(
    client: Elasticsearch, engine_settings: EngineSettings, here: IndexNames, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(LoadRefused, match="load one first"):
        simulated(capsys, *MONTH)
    load(engine_settings, PRODUCTS[:3], None)
    logged = LoggedSearch("b" * 32, "mug", 3)
    client.index(index=here.queries, id=logged.search_id, document=document(logged), refresh=True)
    with pytest.raises(LoadRefused, match=r"real visits.*--beside-real"):
        simulated(capsys, *MONTH)
    assert not client.indices.exists(index=here.events)
    assert "visits from" in simulated(capsys, *MONTH, "--beside-real", "--dry-run")


def test_a_day_goes_through_the_api_of_a_running_service(
    client: Elasticsearch, engine_settings: EngineSettings, here: IndexNames, capsys: pytest.CaptureFixture[str]
) -> None:
    load(engine_settings, PRODUCTS, None)
    with served(service(engine_settings, search_deadline_s=30)) as url:
        sent = json.loads(simulated(capsys, "--days", "21", "--sessions", "3", "--through-api", url, "--json"))
    assert sent["refused"] == {}
    assert min(sent[name] for name in ("sessions", "searches", "events")) > 0
    began = {source["session_id"] for source in _all(client, here.events)}
    assert len(began) == sent["sessions"]
    assert all(session.startswith("sim-") for session in began)
    logged = _all(client, here.queries)
    assert len(logged) == sent["searches"]
    clicked = {s["search_id"] for s in _all(client, here.events) if s["type"] == "search_click"}
    assert clicked <= {search["search_id"] for search in logged}
    assert all(source["timestamp"][:10] >= UNTIL for source in _all(client, here.events))


def test_a_busy_service_is_waited_for_and_then_given_up() -> None:
    traffic = simulate(Plan(datetime.now(UTC), days=21, sessions=2), Stock([Ware("p", "mug", "gifts", "5", "USD")]))
    asked: list[str] = []
    pauses: list[float] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if scope["type"] == "http":
            asked.append(scope["path"])
            await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"7")]})
            await send({"type": "http.response.body", "body": b'{"detail": "too much at once"}'})

    with served(app) as url, pytest.raises(LoadRefused, match="stays too busy: too much at once"):  # type: ignore[arg-type]
        send(traffic, url, "", lambda _: None, sleep=pauses.append)
    assert len(asked) == TRIES
    assert pauses == [7.0] * (TRIES - 1)


@pytest.mark.usefixtures("here")
def test_a_service_that_cannot_take_a_day_is_told(
    engine_settings: EngineSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    load(engine_settings, PRODUCTS, None)
    plan = ["--days", "21", "--sessions", "1"]
    with pytest.raises(LoadRefused, match=r"http://127\.0\.0\.1:1 cannot be reached"):
        simulated(capsys, *plan, "--through-api", "http://127.0.0.1:1")
    with pytest.raises(LoadRefused, match="take one of them"):
        simulated(capsys, *plan, "--through-api", "http://127.0.0.1:1", "--dry-run")
    keyed = AccessSettings(access=AccessMode.KEYS)
    with (
        served(service(engine_settings, access=keyed)) as url,
        pytest.raises(LoadRefused, match="SHOPSCOUT_INGEST_API_KEY"),
    ):
        simulated(capsys, *plan, "--through-api", url)


async def test_a_click_in_a_document_is_what_the_logs_script_makes_of_it(engine_settings: EngineSettings) -> None:
    names = IndexNames(engine_settings.index_prefix)
    search = LoggedSearch("a" * 32, "mug", 3, ["p1", "p2", "p3"])
    clicks = [Click(search.search_id, product_id, at=search.at + 5) for product_id in ("p3", "p1", "p3")]
    expected = document(search)
    async with connect_async(engine_settings) as client:
        await Series(client, names, fields.KIND, fields.definition()).ensure()
        await client.index(index=names.queries, id=search.search_id, document=document(search))
        for click in clicks:
            script = {"source": ADD_CLICK, "params": click_change(click, document(search))}
            await client.update(index=names.queries, id=search.search_id, script=script)
            expected = with_click(expected, click)
        stored = await client.get(index=names.queries, id=search.search_id)
    assert stored["_source"] == expected
    assert len(expected[fields.CLICKS]) == 2


def _all(client: Elasticsearch, index: str) -> list[dict[str, Any]]:
    client.indices.refresh(index=index)
    return [hit["_source"] for hit in client.search(index=index, size=10_000, sort="_doc")["hits"]["hits"]]
