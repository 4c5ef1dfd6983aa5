"""python -m jobs list | run NAME.. | schedule | erase-person ID | export-person ID
               | export-conversations | train-intents FILE.. --out DIR | train-dangers [FILE..] --out DIR

Results go to standard output as one line of JSON each, progress to standard error.

Exit codes:
  0    done
  1    the job failed; what was live before is live still
  2    wrong usage: an option, a setting, or there is no such job
  3    the job is running elsewhere
  4    Elasticsearch could not be reached, or not started
  130  interrupted: running the job again takes it up
"""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from pydantic import ValidationError

from es.errors import EngineError, EngineSetupError, EngineUnavailable, LeaseTaken
from es.settings import setting_problems
from jobs import answers, commands, dangers
from jobs.errors import JobError, UnknownJob
from jobs.intents import add_exporting, add_training

DONE, FAILED, USAGE, TAKEN, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m jobs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = verbs.add_parser("list", help="the jobs, how often they run and how they last ended")
    listing.set_defaults(verb=commands.listing)
    run = verbs.add_parser("run", help="run jobs now, one after the other")
    run.add_argument("names", metavar="NAME", nargs="+", help='what `list` shows, or "all"')
    run.set_defaults(verb=commands.run)
    schedule = verbs.add_parser("schedule", help="run each job when it is due, until Ctrl-C")
    schedule.add_argument("--once", action="store_true", help="run what is due now and end")
    schedule.set_defaults(verb=commands.schedule)
    erase = verbs.add_parser("erase-person", help="delete everything kept about a customer or a session")
    erase.add_argument("person", metavar="ID")
    erase.add_argument("--orders", action="store_true", help="delete the orders too, which are kept for the accounts")
    erase.set_defaults(verb=commands.erase_person)
    export = verbs.add_parser("export-person", help="write everything kept about them, one JSON object a line")
    export.add_argument("person", metavar="ID")
    export.set_defaults(verb=commands.export_person)
    talks = verbs.add_parser("export-conversations", help="write conversations in the form that train-intents reads")
    add_exporting(talks)
    talks.set_defaults(verb=commands.export_conversations)
    learning = verbs.add_parser("train-intents", help="learn what messages are about, from files of examples")
    add_training(learning)
    learning.set_defaults(verb=commands.train_intents)
    guarding = verbs.add_parser("train-dangers", help="learn which messages no shop should answer as wishes")
    dangers.add_options(guarding)
    guarding.set_defaults(verb=commands.train_dangers)
    answering = verbs.add_parser("train-answers", help="learn which passages of documents answer a question")
    answers.add_options(answering)
    answering.set_defaults(verb=commands.train_answers)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = parser().parse_args(arguments)
    stop = threading.Event()
    _interrupt_on_signals()
    try:
        options.verb(options, stop)
        return DONE
    except KeyboardInterrupt:
        stop.set()
        return _complain("interrupted", INTERRUPTED)
    except UnknownJob as error:
        return _complain(str(error), USAGE)
    except ValidationError as error:
        prefix = "SHOPSCOUT_JOBS_" if error.title == "JobSettings" else "SHOPSCOUT_"
        return _complain(setting_problems(error, prefix), USAGE)
    except LeaseTaken as error:
        return _complain(str(error), TAKEN)
    except (EngineUnavailable, EngineSetupError) as error:
        return _complain(f"{error} Run the same command again.", UNAVAILABLE)
    except (JobError, EngineError) as error:
        return _complain(str(error), FAILED)


def _interrupt_on_signals() -> None:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
