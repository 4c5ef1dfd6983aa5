"""python -m ingest load | upsert | embed | reindex | demo | events | orders | customers | reviews | promotions |
knowledge: feeds and documents into Elasticsearch; stream: the changes that wait in Redis; simulate: invented traffic.

Results go to standard output, progress to standard error. Rejected rows are written with line and reason to a file
beside you (FEED.rejects.jsonl, or --rejects).

Exit codes:
  0    done; rows may have been rejected (see the summary)
  1    nothing was loaded, or a check failed: what was live before is live still
  2    wrong usage: an option, a setting, an unreadable feed or a wrong mapping file
  3    done, but rows were rejected, and --strict was given
  4    Elasticsearch could not be reached, or not started
  130  interrupted: the unfinished generation was removed (that of a reindex stays: --resume or --abort)
"""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from pydantic import ValidationError

from embed.errors import EmbedError
from es.errors import EngineError, EngineSetupError, EngineUnavailable
from ingest import commands
from ingest import stream as stream_command
from ingest.demo_desk import demo_desk
from ingest.errors import FeedError, IngestError, Interrupted, MappingError
from ingest.events import command as event_command
from ingest.feeds.feed import Format
from ingest.options import Verbs, add_keep, add_report_options, not_negative, share
from ingest.records import options as record_options
from ingest.reindex import command as reindex_command
from ingest.settings import IngestSettings, ReindexSettings
from ingest.simulation import command as simulation
from shop.pictures.errors import SourceUnusable

DONE, FAILED, USAGE, REJECTS, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130


def _currency(text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise argparse.ArgumentTypeError("must be an ISO 4217 code such as EUR")
    return text.upper()


def _add_feed_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", metavar="FILE", help="feeds, plain or .gz; - is standard input")
    command.add_argument("--map", type=Path, metavar="MAP.yaml", help="mapping file: their columns to our fields")
    command.add_argument("--format", type=Format, choices=list(Format), help="where the name does not tell")
    command.add_argument("--records", default="", metavar="PATH", help="where the list lies in a JSON or YAML file")
    command.add_argument("--encoding", default="", help="of a CSV file (utf-8)")
    command.add_argument("--currency", type=_currency, help="ISO 4217 code of prices for which the feed names none")
    command.add_argument(
        "--pictures",
        action="append",
        default=[],
        metavar="WHERE",
        help="their pictures: a folder or .zip (by the paths in the feed, or PRODUCT_ID.jpg), or `web` to fetch their "
        "http addresses; may be given again",
    )
    command.add_argument("--rejects", type=Path, metavar="FILE", help="where rejected rows go")


def _add_run_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--no-vectors", action="store_true", help="no text vectors: for search by words alone")
    add_report_options(command)


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m ingest", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_load(verbs)
    _add_upsert(verbs)
    _add_events(verbs)
    record_options.add(verbs)
    stream_command.add(verbs)
    _add_embed(verbs)
    reindex_command.add(verbs)
    _add_demo(verbs)
    simulation.add(verbs)
    return top


def _add_load(verbs: Verbs) -> None:
    load = verbs.add_parser("load", help="load a whole catalogue: it replaces the live one when its checks pass")
    _add_feed_options(load)
    _add_run_options(load)
    add_keep(load)
    load.add_argument("--max-reject-share", type=share, metavar="SHARE", help="more rejects: not live (0.2)")
    load.add_argument("--min-share", type=not_negative, metavar="SHARE", help="fewer products than live: not live")
    load.add_argument("--dry-run", action="store_true", help="check everything, load nothing, show three products")
    load.set_defaults(verb=commands.load)


def _add_upsert(verbs: Verbs) -> None:
    upsert = verbs.add_parser("upsert", help="change, add and delete products of the live catalogue")
    _add_feed_options(upsert)
    _add_run_options(upsert)
    upsert.add_argument("--delete", default="", metavar="COLUMN", help="column that marks deletions (deleted)")
    upsert.set_defaults(verb=commands.upsert)


def _add_events(verbs: Verbs) -> None:
    events = verbs.add_parser("events", help="load the history of shoppers' events; what is there already stays")
    _add_feed_options(events)
    add_report_options(events)
    events.set_defaults(verb=event_command.events)


def _add_embed(verbs: Verbs) -> None:
    embed = verbs.add_parser("embed", help="make the vectors of the live catalogue anew, after a change of model")
    embed.add_argument("--text", action="store_true", help="those of texts (default: what another model made)")
    embed.add_argument(
        "--pictures",
        action="append",
        nargs="?",
        const="",
        default=[],
        metavar="WHERE",
        help="those of pictures, found there, or where the last load found them",
    )
    embed.add_argument("--rejects", type=Path, metavar="FILE", help="where pictures that cannot be read go")
    add_report_options(embed)
    add_keep(embed)
    embed.set_defaults(verb=commands.embed)


def _add_demo(verbs: Verbs) -> None:
    demo = verbs.add_parser("demo", help="load the demo catalogue, unless it is live already")
    _add_run_options(demo)
    add_keep(demo)
    demo.add_argument("--no-pictures", action="store_true", help="products only")
    demo.set_defaults(verb=commands.demo)
    desk = verbs.add_parser("demo-desk", help="load customers, orders, promotions and documents of the demo shop")
    desk.add_argument("--no-vectors", action="store_true", help="documents found by words alone")
    desk.set_defaults(verb=demo_desk, strict=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = parser().parse_args(arguments)
    options.alone = arguments is None  # the process is this command's
    stop = threading.Event()
    _interrupt_on_signals()
    try:
        rejected: bool = options.verb(options, stop)
        return REJECTS if rejected and options.strict else DONE
    except (KeyboardInterrupt, Interrupted):
        return _complain("interrupted", INTERRUPTED)
    except (FeedError, MappingError, SourceUnusable) as error:
        return _complain(str(error), USAGE)
    except ValidationError as error:
        return _complain("; ".join(_setting(error.title, problem) for problem in error.errors()), USAGE)
    except (EngineUnavailable, EngineSetupError) as error:
        resumed = ", with --resume where it had begun" if hasattr(options, "resume") else ""
        return _complain(f"{error} Nothing is lost: run the same command again{resumed}.", UNAVAILABLE)
    except EmbedError as error:
        instead = " (--no-vectors loads for search by words alone)" if hasattr(options, "no_vectors") else ""
        return _complain(f"{error}{instead}", FAILED)
    except (IngestError, EngineError) as error:
        return _complain(str(error), FAILED)


def _setting(title: str, problem: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    own = {IngestSettings.__name__: "SHOPSCOUT_INGEST_", ReindexSettings.__name__: "SHOPSCOUT_REINDEX_"}
    prefix = own.get(title, "SHOPSCOUT_")
    name = prefix + "_".join(str(part) for part in problem["loc"]).upper().removeprefix("SHOPSCOUT_")
    message = str(problem["msg"]).removeprefix("Value error, ")
    return message if name in message else f"{name}: {message}"


def _interrupt_on_signals() -> None:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
