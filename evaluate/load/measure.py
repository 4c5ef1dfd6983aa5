"""`python -m evaluate loadtest`: locust users against a shop of its own, or one that runs elsewhere."""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from es.embedded.progress import say
from evaluate.errors import MeasurementFailed
from evaluate.load import processor
from evaluate.load.shop import Shop, own_shop

ROOT: Final = Path(__file__).parents[2]
LOCUSTFILE: Final = ROOT / "loadtest" / "locustfile.py"
SHAPES: Final = ("steady", "ramp", "spike", "soak", "overload")
WARM_S: Final = 10.0
WARM_SHARE: Final = 1 / 6
WARM_MOST_S: Final = 60.0
WARM_CLIENTS: Final = 4
WARM_FACETS: Final = "brand,category,price_range,rating"
WARM_WORDS: Final = ("running shoes", "desk lamp", "gift for a baker under $50", "blue jacket", "headphones", "")
_STOP_S: Final = 30.0
_PREFIX: Final = "SHOPSCOUT_LOADTEST_"


def add_options(command: argparse.ArgumentParser) -> None:
    """The options; empty ones are left to the settings, so that a Makefile may pass them all."""
    command.add_argument("--shape", default="", choices=("", *SHAPES), help="how the number of users goes (steady)")
    command.add_argument("--users", default="", help="users at the height of it (50)")
    command.add_argument("--time", default="", help="how long: 60s, 10m, 2h (60s)")
    command.add_argument("--host", default="", metavar="URL", help="a shop that runs; nothing is written to it")
    command.add_argument("--writes", action="store_true", help="write to the shop at --host too")
    command.add_argument("--products", default="", help="products of the shop of its own (20000)")
    command.add_argument("--report", type=Path, default=Path("loadtest.html"), metavar="HTML", help="file to write")


def run(given: argparse.Namespace) -> int:
    """Runs the load test; its exit code: 0 every threshold held, 1 one is broken. Raises MeasurementFailed."""
    if importlib.util.find_spec("locust") is None:
        raise MeasurementFailed("locust is not installed: pip install '.[loadtest]'.")
    settings = {
        _PREFIX + name: str(value)
        for name, value in (("SHAPE", given.shape), ("USERS", given.users), ("TIME_S", _seconds(given.time)))
        if value
    }
    if given.writes or not given.host:
        settings[_PREFIX + "WRITES"] = "true"
    if given.host:
        return _locust(given.host, given.report, settings)
    products = _number(given.products or "20000", "--products")
    with tempfile.TemporaryDirectory(prefix="shopscout-loadtest-") as folder, own_shop(products, Path(folder)) as shop:
        warm(shop.api.url, min(WARM_MOST_S, max(WARM_S, WARM_SHARE * float(_seconds(given.time) or 0))))
        return _locust(shop.api.url, given.report, settings, shop)


def warm(url: str, seconds: float = WARM_S) -> None:
    """A server that has just been started reads and compiles for its first thousands of requests, Elasticsearch for a
    third of its processor time; a shop is not opened anew each minute."""
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(WARM_CLIENTS) as pool:
        for done in [pool.submit(_warm, url, number, end) for number in range(WARM_CLIENTS)]:
            done.result()


def _warm(url: str, number: int, end: float) -> None:
    with httpx.Client(base_url=url, timeout=30) as client:
        for turn, words in enumerate(cycle(WARM_WORDS)):
            visit = f"warm-{number}-{turn}"
            client.headers["X-Visitor-Id"] = visit
            found = client.get("/api/search", params={"q": words, "facets": WARM_FACETS}).json()
            client.get("/api/search", params={"q": words, "facets": WARM_FACETS, "in_stock": "true", "brand": "x"})
            client.get("/api/suggest", params={"q": words[:4]})
            home: dict[str, str | int] = {"placement": "home", "session_id": visit}
            client.get("/api/recommendations", params=home)
            for hit in found.get("hits", [])[:1]:
                client.get(f"/api/products/{quote(hit['product_id'], safe='')}")
                client.get(
                    "/api/recommendations", params={**home, "placement": "similar", "product_id": hit["product_id"]}
                )
            if time.monotonic() > end:
                return


def _locust(url: str, report: Path, settings: Mapping[str, str], shop: Shop | None = None) -> int:
    """Exit code of a load test. `shop`: whose processes are on this machine, and watched."""
    with tempfile.TemporaryDirectory(prefix="shopscout-figures-") as folder:
        figures = Path(folder) / "figures.json"
        with users(url, report, {**settings, _PREFIX + "FIGURES_COPY": str(figures)}) as running:
            watch = processor.watched(shop, running) if shop is not None else None
            code = running.wait()
        told = processor.read_figures(figures)
    if watch is not None and told:
        found = processor.spans(watch.samples, watch.began_at, told)
        for line in (*processor.lines(found), *processor.memory_lines(watch.samples)):
            sys.stdout.write(f"{line}\n")
    if code in (0, 1) and report.exists():
        say(f"report: {report}")
    return 0 if code == 0 else 1


@contextmanager
def users(url: str, report: Path, settings: Mapping[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    """Locust as a process of its own, which ends with the block. `settings`: of the load test, by their variables."""
    command = [
        sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless", "--only-summary", "-L", "WARNING",
        "-H", url, "--html", str(report.resolve()),
    ]  # fmt: skip
    own = {"PYTHONPATH": str(ROOT), **settings}
    # In a session of its own, or Ctrl-C would end it before there is a report of what was measured.
    running = subprocess.Popen(command, env=os.environ | own, start_new_session=True)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.terminate()
            try:
                running.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _seconds(text: str) -> str:
    """ "90", "60s", "10m" or "2h" in seconds; empty stays empty."""
    if not text:
        return ""
    unit = {"s": 1, "m": 60, "h": 3600}.get(text[-1])
    return str(_number(text[:-1], "--time") * unit) if unit else str(_number(text, "--time"))


def _number(text: str, option: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise MeasurementFailed(f"{option} takes a whole number from 1, not {text!r}.")
    return int(text)
