"""Commands that measure load, time and trouble."""

import argparse
import json
from pathlib import Path

from es.settings import EngineSettings
from evaluate.commands.options import DONE, FAILED, Commands, command, positive, tell
from evaluate.load.measure import add_options as add_load_options


def loadtest(given: argparse.Namespace) -> int:
    """Sends locust users to a shop of its own, or to one that runs; 1 where a threshold is broken."""
    from evaluate.load.measure import run

    return run(given)


def refusal_cost(given: argparse.Namespace) -> int:
    """Measures what a refusal takes of the processor, against good answers."""
    from evaluate.load.refusals import lines, measure, values

    measured = measure(given.products, given.seconds)
    tell(lines(measured), values(measured))
    return DONE


def soak(given: argparse.Namespace) -> int:
    """Users for a long time against a shop of its own: is its memory flat? 1 where it grows."""
    from evaluate.load.soak import lines, measure, values

    measured = measure(given.minutes * 60, given.users, given.products, tuple(given.think))
    tell(lines(measured), values(measured))
    return DONE if measured.flat else FAILED


def faults(given: argparse.Namespace) -> int:
    """Runs a shop in trouble, a run a seed: cut, slow, refusing and killed dependencies; 1 where something broke."""
    from evaluate.faults.measure import line, measure, values

    ran = []
    for one in measure(EngineSettings(), range(given.seed, given.seed + given.runs), given.logs):
        print(line(one), flush=True)
        ran.append(one)
    print(json.dumps(values(ran)))
    return FAILED if any(one.wrong for one in ran) else DONE


def add_to(commands: Commands) -> None:
    """The commands with their options."""
    loaded = command(commands, "loadtest", loadtest)
    add_load_options(loaded)
    refused = command(commands, "refusal-cost", refusal_cost)
    refused.add_argument("--products", type=positive, default=5_000, metavar="N", help="size of the catalogue")
    refused.add_argument("--seconds", type=positive, default=10, metavar="S", help="spent on each kind of request (10)")
    long = command(commands, "soak", soak)
    long.add_argument("--minutes", type=float, default=30.0, metavar="M", help="how long (30)")
    long.add_argument("--users", type=positive, default=20, metavar="N", help="users (20)")
    long.add_argument("--products", type=positive, default=20_000, metavar="N", help="size of the catalogue")
    long.add_argument(
        "--think", type=float, nargs=2, default=(0.5, 1.5), metavar="S", help="seconds between two clicks (0.5 to 1.5)"
    )
    troubled = command(commands, "faults", faults)
    troubled.add_argument("--seed", type=int, default=1, metavar="N", help="of the first run; the next has one more")
    troubled.add_argument("--runs", type=positive, default=10, metavar="N", help="how many (10)")
    troubled.add_argument("--logs", type=Path, metavar="DIR", help="keep what the API and the consumer say there")
