"""The engine's command line: python -m es up | down | status | logs | generations | backups.

Results go to standard output, what happens meanwhile to standard error. Exit codes: 0 done, 1 it failed (one
sentence says why), 2 wrong usage or a wrong setting, 3 no server runs (status, logs), 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from pydantic import ValidationError

from es.errors import EngineError
from es.reach import check_configured
from es.settings import EngineSettings, setting_problems

DONE, FAILED, USAGE, NOT_RUNNING, INTERRUPTED = 0, 1, 2, 3, 130
OWN_COMMAND_LINE = ("generations", "backups")


def up(_: argparse.Namespace, settings: EngineSettings) -> int:
    """Start the embedded server, or check the configured one; print its address."""
    if settings.es_url:
        version = check_configured(settings)
        print(f"{settings.es_url} (SHOPSCOUT_ES_URL) answers: Elasticsearch {version}")
        return DONE
    from es.embedded import EmbeddedServer

    server = EmbeddedServer(settings)
    url = server.start()
    status = server.status()
    print(url)
    if status.heap and status.heap != settings.es_heap:
        sys.stderr.write(f"it runs with {status.heap} of heap; {settings.es_heap} takes effect after `down`\n")
    return DONE


def down(_: argparse.Namespace, settings: EngineSettings) -> int:
    """Stop the embedded server; its data stays."""
    if settings.es_url:
        sys.stderr.write(f"{settings.es_url} (SHOPSCOUT_ES_URL) is not ours to stop\n")
        return FAILED
    from es.embedded import EmbeddedServer

    print("stopped" if EmbeddedServer(settings).stop() else "it was not running")
    return DONE


def status(_: argparse.Namespace, settings: EngineSettings) -> int:
    """Say whether the server runs and where its data is."""
    if settings.es_url:
        return up(_, settings)
    from es.embedded import EmbeddedServer

    found = EmbeddedServer(settings).status()
    if not found.running:
        print(f"not running (data: {found.data_dir})")
        return NOT_RUNNING
    print(f"running       {found.url}")
    print(f"version       {found.version or 'it does not answer (yet)'}")
    for name, value in (
        ("pid", found.pid),
        ("heap", found.heap),
        ("data", found.data_dir),
        ("log", found.log_file),
    ):
        if value:
            print(f"{name:<13} {value}")
    return DONE if found.version else FAILED


def logs(args: argparse.Namespace, settings: EngineSettings) -> int:
    """Print the last lines of the embedded server's log."""
    if settings.es_url:
        sys.stderr.write(f"the log of {settings.es_url} (SHOPSCOUT_ES_URL) is kept by that server\n")
        return FAILED
    from es.embedded import EmbeddedServer

    lines = EmbeddedServer(settings).logs(args.lines)
    for line in lines:
        print(line)
    return DONE if lines else NOT_RUNNING


def generations(args: argparse.Namespace, settings: EngineSettings) -> int:
    """Show and change the generations of the indices (`args.rest`: the arguments after the word)."""
    from es.generations_cli import run

    return run(args.rest, settings)


def backups(args: argparse.Namespace, settings: EngineSettings) -> int:
    """Make, list, bring back and delete backups of the shop (`args.rest`: the arguments after the word)."""
    from es.backups_cli import run

    return run(args.rest, settings)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m es", description="The Elasticsearch server and its indices.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    verbs: dict[str, Callable[[argparse.Namespace, EngineSettings], int]] = {
        "up": up,
        "down": down,
        "status": status,
        "logs": logs,
        "generations": generations,
        "backups": backups,
    }
    for name, verb in verbs.items():
        # These have a command line of their own, help included.
        own_help = name in OWN_COMMAND_LINE
        command = commands.add_parser(name, help=verb.__doc__, description=verb.__doc__, add_help=not own_help)
        command.set_defaults(verb=verb)
        if name == "logs":
            command.add_argument("-n", "--lines", type=_positive, default=50, help="how many lines (50)")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    top = parser()
    args, rest = top.parse_known_args(arguments)
    args.rest = rest
    if rest and args.command not in OWN_COMMAND_LINE:
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        result: int = args.verb(args, EngineSettings())
        sys.stdout.flush()
        return result
    except ValidationError as error:
        sys.stderr.write(f"{setting_problems(error)}\n")
        return USAGE
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except BrokenPipeError:
        # The reader (head, grep -q) has seen enough; let nothing more be written on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
