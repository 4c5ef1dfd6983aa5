"""`python -m evaluate COMMAND`: is it good, and is it fast? (relevance, search, bench and more: see --help)

Each prints a table for people and ends with one line of JSON that holds the figures. Exit codes: 0 measured, 1 it
failed (one sentence says why), 2 wrong usage or a wrong setting, 3 the judged data is not on this machine.
"""

import argparse
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from app import logs
from app.settings import ServiceSettings
from embed.errors import EmbedError
from es.errors import EngineError
from es.settings import setting_problems
from evaluate.commands import finding, shoppers, speed, trouble
from evaluate.commands.options import FAILED, INTERRUPTED, NO_DATA, USAGE
from evaluate.errors import DataMissing, EvaluateError
from evaluate.signals import end_as_interrupted
from ingest.errors import IngestError
from shop.recommenders.errors import RecommenderError


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m evaluate", description="Measurements of search.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for subject in (finding, speed, shoppers, trouble):
        subject.add_to(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    top = parser()
    given = top.parse_args(arguments)
    if given.command in ("relevance", "search", "spelling", "learn-fusion"):
        feed = [given.products, given.map]
        if given.command == "search" and given.url:
            if any(feed):
                top.error("--url has its own products: leave out --products and --map")
        elif any([given.judgments, *feed]) and not all([given.judgments, *feed]):
            top.error("--judgments, --products and --map belong together")
    try:
        code: int = given.verb(given)
        return code
    except ValidationError as error:
        sys.stderr.write(f"{setting_problems(error)}\n")
        return USAGE
    except DataMissing as error:
        sys.stderr.write(f"{error}\n")
        return NO_DATA
    except (EvaluateError, EngineError, IngestError, EmbedError, RecommenderError) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return INTERRUPTED


if __name__ == "__main__":
    # Of the process, so not for `main`; no setting is read here, as a wrong one is told by its command.
    logs.configure(ServiceSettings.model_construct(log_level="warning"))
    end_as_interrupted()
    sys.exit(main())
