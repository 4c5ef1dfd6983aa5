"""Locust itself against the service over real HTTP, with a key: everybody does something, and a verdict is made."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.access.settings import AccessMode, AccessSettings
from embed.fake import FakeEmbedder
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from shop.keys.key import KeyKind, new_key
from shop.keys.store import KeyStore
from tests.factory import product
from tests.served import served
from tests.shops import load, service

pytestmark = pytest.mark.needs_es
ROOT = Path(__file__).parents[3]
THRESHOLDS = "in_time_ms: 60000\nerror_share: 0\nrefused_share: 0.5\nroutes: {all: {p99_ms: 60000}}\n"


def locust(url: str, folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    (folder / "thresholds.yaml").write_text(THRESHOLDS)
    asked = {
        "USERS": "6", "TIME_S": "5", "THINK_LEAST_S": "0.02", "THINK_MOST_S": "0.1", "MERCHANTS": "0.3",
        "WRITES": "true", "FIGURES": str(folder / "figures.json"), "THRESHOLDS": str(folder / "thresholds.yaml"),
        **settings,
    }  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **{f"SHOPSCOUT_LOADTEST_{k}": v for k, v in asked.items()}}
    command = ["-m", "locust", "-f", str(ROOT / "loadtest" / "locustfile.py"), "--headless", "-L", "ERROR", "-H", url]
    return subprocess.run(
        [sys.executable, *command, "--html", str(folder / "report.html")],
        env=environment, cwd=folder, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


async def made_key(engine: EngineSettings) -> str:
    key, written = new_key("load", KeyKind.SERVER, ("search", "chat", "events", "catalogue"), per_minute=100_000)
    client = connect_async(engine)
    try:
        await KeyStore(client, IndexNames(engine.index_prefix)).add(key)
    finally:
        await client.close()
    return written


async def test_users_walk_through_a_shop_and_a_verdict_is_made(engine_settings: EngineSettings, tmp_path: Path) -> None:
    goods = [product(f"p/{n}", name=f"Running shoes {n}", price=str(10 + n), brand=f"B{n % 3}") for n in range(40)]
    load(engine_settings, goods, FakeEmbedder(warn=False))
    key = await made_key(engine_settings)
    app = service(engine_settings, access=AccessSettings(access=AccessMode.KEYS), search_deadline_s=30)
    with served(app) as url:
        passed = await asyncio.to_thread(locust, url, tmp_path, KEY=key)
        figures = json.loads((tmp_path / "figures.json").read_text())
        refused = await asyncio.to_thread(locust, url, tmp_path, TIME_S="1", KEY="wrong")

    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert figures["passed"]
    assert {"search", "product", "event", "price change", "recommendations similar"} <= set(figures["routes"])
    assert figures["routes"]["all"]["good"] > 20
    assert sum(figures["goodput_by_second"]) == figures["routes"]["all"]["good"]
    assert "PASSED" in passed.stdout
    assert refused.returncode == 1
    assert "FAILED: error share" in refused.stdout
    assert "Failed" in (tmp_path / "report.html").read_text()
