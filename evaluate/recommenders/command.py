"""The command line of `python -m evaluate recommenders`."""

import argparse
import json
import logging
import sys
import time
from datetime import datetime
from pathlib import Path

from threadpoolctl import threadpool_limits

from evaluate.settings import EvaluateSettings

DEFAULT = Path("recommend") / "amazon-beauty"


def add_options(command: argparse.ArgumentParser) -> None:
    """The options of the command."""
    command.add_argument(
        "data",
        nargs="?",
        type=Path,
        metavar="DATA",
        help="a folder with train.txt and test.txt, or with sequences.txt, or a file of events "
        f"(default: {DEFAULT} below SHOPSCOUT_DATA)",
    )
    command.add_argument(
        "--split", type=datetime.fromisoformat, metavar="TIME", help="of a file of events: predict those from then on"
    )
    command.add_argument("--threads", type=int, default=2, metavar="N", help="processors to use (default 2)")
    command.add_argument(
        "--gorse",
        type=Path,
        metavar="BINARY",
        help="run gorse-in-one (0.4) beside the others, with stores in a folder of its own; not part of shopscout",
    )
    command.add_argument("--verbose", action="store_true", help="tell on stderr what is tried")


def lines_of(given: argparse.Namespace) -> list[str]:
    """Measures, and returns the lines to print, the last of them JSON."""
    from evaluate.recommenders.data import read_task
    from evaluate.recommenders.elsewhere import gorse_rows, published
    from evaluate.recommenders.measure import measure, start
    from evaluate.recommenders.report import Report, lines, values

    if given.verbose:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    began = time.perf_counter()
    task = read_task(given.data or EvaluateSettings().data / DEFAULT, given.split)
    with threadpool_limits(given.threads):
        run = start(task, given.threads)
        rows = list(measure(run))
        if given.gorse:
            rows[:0] = gorse_rows(run, given.gorse)
    took = time.perf_counter() - began
    report = Report(task, rows, run.left_out, run.exclude_seen, run.preferred, took, published(task))
    return [*lines(report), json.dumps(values(report))]
