"""`python -m ingest simulate`: a month of invented traffic into the indices, with what can be found again in it."""

import argparse
import asyncio
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson

from es.client import connect, connect_async
from es.errors import IndexMissing
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings
from ingest.errors import LoadRefused
from ingest.options import Verbs
from ingest.settings import IngestSettings
from ingest.simulation.plan import LEAST_DAYS, Plan
from ingest.simulation.sending import send
from ingest.simulation.traffic import Traffic, simulate
from ingest.simulation.writing import Stored, read_stock, refuse_beside_others, store_events, store_rest

MOST_DAYS = 366
_USUAL_DAYS, _USUAL_SEED, _USUAL_SESSIONS = 30, 7, 20


def add(verbs: Verbs) -> None:
    """Adds the command to the others."""
    command: argparse.ArgumentParser = verbs.add_parser(
        "simulate", help="a month of invented visits, searches and conversations, for dashboards and trials"
    )
    command.add_argument("--days", type=_days, default=_USUAL_DAYS, help=f"{LEAST_DAYS} to {MOST_DAYS} (30)")
    command.add_argument("--seed", type=int, default=_USUAL_SEED, help="another one, another month (7)")
    command.add_argument("--sessions", type=_sessions, default=_USUAL_SESSIONS, help="on the first day (20)")
    command.add_argument("--until", type=_day, metavar="DAY", help="its last day, such as 2026-01-31 (today, till now)")
    command.add_argument(
        "--through-api", default="", metavar="URL", help="its last whole day, now, as requests to a running service"
    )
    command.add_argument("--dry-run", action="store_true", help="tell what would be true, store nothing")
    command.add_argument("--beside-real", action="store_true", help="into a shop that real people have used as well")
    command.add_argument("--json", action="store_true", help="what is true in it as one line of JSON")
    command.set_defaults(verb=run, strict=False)


def run(options: argparse.Namespace, _stop: threading.Event) -> bool:
    """Simulates, stores and tells; False: nothing is ever rejected. Raises LoadRefused, EngineError."""
    engine, now = EngineSettings(), datetime.now(UTC)
    names = IndexNames(engine.index_prefix)
    try:
        plan = Plan(options.until or now, options.days, options.seed, options.sessions)
    except ValueError as error:
        raise LoadRefused(str(error)) from error
    url = ensure_server(engine)
    with connect(engine, url) as client:
        try:
            stock = read_stock(client, names)
        except IndexMissing as error:
            raise LoadRefused("There is no catalogue to simulate visits of; load one first.") from error
        if not stock.wares:
            raise LoadRefused("The catalogue is empty; load products first.")
        traffic = simulate(plan, stock)
        if options.through_api:
            return _send(traffic, options)
        stored = Stored()
        if not options.dry_run:
            if not options.beside_real:
                refuse_beside_others(client, names)
            stored.events = store_events(client, names, traffic, now)
            asyncio.run(_store_rest(engine, url, names, traffic, stored))
    _tell(traffic, None if options.dry_run else stored, as_json=options.json)
    return False


def _send(traffic: Traffic, options: argparse.Namespace) -> bool:
    """Sends a day and tells what was taken; False: nothing is rejected, for what was refused is told."""
    if options.dry_run:
        raise LoadRefused("--dry-run stores nothing, and --through-api sends; take one of them.")

    def say(text: str) -> None:
        sys.stderr.write(f"\r{text}")

    key = IngestSettings().api_key.get_secret_value()
    sent = send(traffic, options.through_api.rstrip("/"), key, say if sys.stderr.isatty() else lambda _: None)
    if options.json:
        sys.stdout.write(orjson.dumps(sent.told()).decode() + "\n")
        return False
    counts = (f"{getattr(sent, name):,} {name}" for name in ("sessions", "searches", "events", "messages"))
    sys.stdout.write(f"sent: {', '.join(counts)}\n")
    for why, count in sent.refused.items():
        sys.stdout.write(f"{count:,} events were refused: {why}\n")
    return False


async def _store_rest(engine: EngineSettings, url: str, names: IndexNames, traffic: Traffic, stored: Stored) -> None:
    async with connect_async(engine, url) as client:
        await store_rest(client, names, traffic, stored)


def _tell(traffic: Traffic, stored: Stored | None, *, as_json: bool) -> None:
    truths = traffic.truths()
    if as_json:
        told = {**truths, "stored": stored.told() if stored else None}
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
        return
    sys.stdout.write("\n".join(sentences(truths)) + "\n")
    if stored is not None:
        counts = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in stored.told().items())
        sys.stdout.write(f"stored: {counts}\n")
        sys.stdout.write("`python -m jobs run feedback` makes the figures of recommendations from it.\n")


def sentences(truths: dict[str, Any]) -> list[str]:
    """What is true of a simulation, for people."""
    planted, counted = truths["planted"], truths["counted"]
    broken, segments = planted["broken_week"], planted["segments"]
    best = ", ".join(f"{name} {value['ctr']:.0%}" for name, value in planted["algorithms"].items())
    return [
        f"{counted['sessions']:,} visits from {truths['from']}: {planted['growth_a_day']:.1%} of the first day more "
        f"each day, {planted['weekend_sessions']:g} times as many on weekends",
        f"broken week {broken['from']} to {broken['to']}: searches {broken['times_slower']:g} times slower, "
        f"{broken['no_results']:.0%} of them find nothing, {broken['escalated']:.0%} of chat turns ask for a person",
        f'rising in the last third: "{planted["rising_query"]}"; wanted and not sold: '
        + ", ".join(planted["unmet_queries"]),
        f"clicks a product shown: {best}",
        f"night owls look at {segments['night_owls']['category']}, weekenders at {segments['weekenders']['category']}",
        f"{counted['searches']:,} searches ({counted['no_results']:,} without results), {counted['orders']:,} orders "
        f"of {counted['revenue']:,.2f}, {counted['turns']:,} chat turns of ${counted['cost_usd']:.2f}",
    ]


def _checked(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}")
        return value

    return number


_days = _checked(LEAST_DAYS, MOST_DAYS)
_sessions = _checked(1, 10_000)


def _day(text: str) -> datetime:
    """The end of a day that is over."""
    end = datetime.combine(date.fromisoformat(text), time.min, UTC) + timedelta(days=1, microseconds=-1)
    if end > datetime.now(UTC):
        raise argparse.ArgumentTypeError("must be a day that is over")
    return end
