"""Commands that measure how fast it is, and what it takes."""

import argparse
import asyncio

from es.settings import EngineSettings
from evaluate.commands.options import DONE, FAILED, Commands, command, positive, tell
from jobs.registry import LEARNING


def bench(given: argparse.Namespace) -> int:
    """Compares the API with raw Elasticsearch, alternating, on a synthetic catalogue."""
    from evaluate.bench.measure import measure
    from evaluate.bench.report import lines, values

    measured = measure(EngineSettings(), given.products, given.seconds)
    tell(lines(measured), values(measured))
    return DONE


def suggest(given: argparse.Namespace) -> int:
    """Times suggestions against a raw prefix query, alternating, on a synthetic catalogue."""
    from evaluate.bench.suggestions import lines, measure, values

    measured = measure(EngineSettings(), given.products, given.seconds)
    tell(lines(measured), values(measured))
    return DONE


def reindex(given: argparse.Namespace) -> int:
    """Reindexes a synthetic shop that is searched and changed: what fails, what is lost. 1 where anything is."""
    from evaluate.reindex.measure import lines, measure, values

    asked = (given.products, given.seconds, given.searches, given.changes)
    measured = measure(EngineSettings(), *asked, warm_s=given.warm)
    tell(lines(measured), figures := values(measured))
    return FAILED if figures["failed"] or figures["lost"] else DONE


def vector_index(given: argparse.Namespace) -> int:
    """Compares the ways in which Elasticsearch can keep vectors: recall, time, size, building."""
    from evaluate.bench.vector_indexes import lines, measure, values

    measured = measure(EngineSettings(), given.products)
    tell(lines(measured), values(measured))
    return DONE


def sizing(given: argparse.Namespace) -> int:
    """Loads synthetic catalogues of several sizes: what a product takes on disk and in memory."""
    from evaluate.bench.sizing import lines, measure, values

    measured = measure(EngineSettings(), given.products)
    tell(lines(measured), values(measured))
    return DONE


def look_cost(given: argparse.Namespace) -> int:
    """Times searches by words with and without the search of pictures."""
    from evaluate.bench.look_cost import lines, measure, values

    measured = measure(EngineSettings(), given.products, given.seconds)
    tell(lines(measured), values(measured))
    return DONE


def events_rate(given: argparse.Namespace) -> int:
    """Sends events in batches to an API of its own: how many a second are stored, beside raw Elasticsearch."""
    from evaluate.shoppers.events_rate import Asked, lines, measure, values

    asked = Asked(given.seconds, given.batch, given.connections, given.workers)
    measured = measure(EngineSettings(), asked)
    tell(lines(measured), values(measured))
    return DONE


def recommend_cost(given: argparse.Namespace) -> int:
    """Times recommendations to visitors of a made-up shop against raw Elasticsearch, alternating."""
    from evaluate.shoppers.recommend_cost import Asked, lines, measure, values

    asked = Asked(given.products, given.events, given.seconds, shoppers=given.shoppers, workers=given.workers)
    measured = measure(EngineSettings(), asked)
    tell(lines(measured), values(measured))
    return DONE


def jobs_scale(given: argparse.Namespace) -> int:
    """Runs the jobs over many made-up events: time, processor and memory of each."""
    from evaluate.jobs_scale.measure import Asked, lines, measure, values

    asked = Asked(given.events, given.products, given.customers, given.jobs, given.export)
    measured = measure(EngineSettings(), asked)
    tell(lines(measured), values(measured))
    return DONE


def chat_overhead(given: argparse.Namespace) -> int:
    """Times turns of the conversation, with the built-in writer and with a model that takes no time itself."""
    from evaluate.overhead.measure import lines, measure, values

    found = asyncio.run(measure(given))
    tell(lines(found), values(found))
    return DONE


def add_to(commands: Commands) -> None:
    """The commands with their options."""
    fast = command(commands, "bench", bench)
    fast.add_argument("--products", type=positive, default=100_000, metavar="N", help="size of the catalogue")
    fast.add_argument("--seconds", type=positive, default=90, metavar="S", help="time spent on measuring")
    typing = command(commands, "suggest", suggest)
    typing.add_argument("--products", type=positive, default=100_000, metavar="N", help="size of the catalogue")
    typing.add_argument("--seconds", type=positive, default=30, metavar="S", help="time spent on measuring")
    anew = command(commands, "reindex", reindex)
    anew.add_argument("--products", type=positive, default=100_000, metavar="N", help="size of the catalogue")
    anew.add_argument("--seconds", type=positive, default=60, metavar="S", help="of quiet, to compare with")
    anew.add_argument("--searches", type=positive, default=50, metavar="N", help="searches a second")
    anew.add_argument("--changes", type=positive, default=20, metavar="N", help="changes of products a second")
    anew.add_argument("--warm", type=positive, default=90, metavar="S", help="of the same before that (90)")
    kept = command(commands, "vector-index", vector_index)
    kept.add_argument("--products", type=positive, default=100_000, metavar="N", help="vectors in each index")
    sizes = command(commands, "sizing", sizing)
    sizes.add_argument("--products", type=positive, nargs="+", default=[10_000, 100_000], metavar="N", help="sizes")
    cost = command(commands, "look-cost", look_cost)
    cost.add_argument("--products", type=positive, default=100_000, metavar="N", help="size of the catalogue")
    cost.add_argument("--seconds", type=positive, default=60, metavar="S", help="time spent on measuring")
    sent = command(commands, "events-rate", events_rate)
    sent.add_argument("--seconds", type=positive, default=30, metavar="S", help="time spent on measuring")
    sent.add_argument("--batch", type=positive, default=500, metavar="N", help="events of a request")
    sent.add_argument("--connections", type=positive, default=4, metavar="N", help="connections at once")
    sent.add_argument("--workers", type=positive, default=1, metavar="N", help="processes of the API")
    cost = command(commands, "recommend-cost", recommend_cost)
    cost.add_argument("--products", type=positive, default=100_000, metavar="N", help="size of the catalogue")
    cost.add_argument("--events", type=positive, default=1_000_000, metavar="N", help="events to learn from")
    cost.add_argument("--shoppers", type=positive, default=0, metavar="N", help="at once, for a minute after (none)")
    cost.add_argument("--workers", type=positive, default=2, metavar="N", help="processes that answer them (2)")
    cost.add_argument("--seconds", type=positive, default=60, metavar="S", help="time spent on measuring")
    many = command(commands, "jobs-scale", jobs_scale)
    many.add_argument("--events", type=positive, default=10_000_000, metavar="N", help="events of 90 days (10,000,000)")
    many.add_argument("--products", type=positive, default=100_000, metavar="N", help="size of the catalogue")
    many.add_argument("--customers", type=positive, default=400_000, metavar="N", help="those who sign in")
    many.add_argument("--jobs", nargs="+", default=LEARNING, choices=LEARNING, help="which; all that read events")
    many.add_argument("--export", type=positive, default=0, metavar="N", help="events to store and export, too (none)")
    waits = command(commands, "chat-overhead", chat_overhead)
    waits.add_argument("--turns", type=positive, default=150, metavar="N", help="messages to each writer (150)")
