"""python -m kibana build | check | show | push: dashboards of search, recommendations, conversations and sales.

The files in kibana/dashboards are built into saved objects for the indices of SHOPSCOUT_INDEX_PREFIX.

Exit codes:
  0    done
  1    Kibana or Elasticsearch refused something, or a check failed
  2    wrong usage: an option, a setting, a file of dashboards
  4    Kibana or Elasticsearch could not be reached
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from es.client import connect
from es.errors import EngineError, EngineUnavailable
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings, setting_problems
from kibana.build import ndjson, saved_objects
from kibana.check import problems
from kibana.errors import KibanaError, KibanaUnavailable, ObjectsWrong, SourceWrong
from kibana.push import push
from kibana.settings import KibanaSettings
from kibana.showing import shown
from kibana.source import dashboards, data_views

DONE, FAILED, USAGE, UNAVAILABLE = 0, 1, 2, 4


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m kibana", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    build = verbs.add_parser("build", help="write the saved objects as NDJSON")
    build.add_argument("--out", type=Path, metavar="FILE", help="where (standard output)")
    build.set_defaults(verb=_build)
    check = verbs.add_parser("check", help="look whether Kibana would take the saved objects")
    check.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a built file (else they are built)")
    check.set_defaults(verb=_check)
    show = verbs.add_parser("show", help="ask Elasticsearch for the panels of a dashboard, without Kibana")
    show.add_argument("dashboard", help="its id, such as search")
    show.add_argument("--days", type=int, help="up to now (those of the dashboard)")
    show.set_defaults(verb=_show)
    pushing = verbs.add_parser("push", help="bring the dashboards into Kibana; again to bring them up to date")
    pushing.add_argument("--space", help="space of Kibana (SHOPSCOUT_KIBANA_SPACE)")
    pushing.add_argument("--wait", type=float, metavar="SECONDS", help="for a Kibana that is still starting")
    pushing.add_argument("--any-version", action="store_true", help="into another version of Kibana as well")
    pushing.set_defaults(verb=_push)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.verb(options))
    except ValidationError as error:
        prefix = "SHOPSCOUT_KIBANA_" if error.title == KibanaSettings.__name__ else "SHOPSCOUT_"
        return _complain(setting_problems(error, prefix), USAGE)
    except SourceWrong as error:
        return _complain(str(error), USAGE)
    except (KibanaUnavailable, EngineUnavailable) as error:
        return _complain(str(error), UNAVAILABLE)
    except (KibanaError, EngineError) as error:
        return _complain(str(error), FAILED)


def _built() -> bytes:
    return ndjson(saved_objects(dashboards(), data_views(), IndexNames(EngineSettings().index_prefix)))


def _build(options: argparse.Namespace) -> int:
    content = _built()
    if options.out is None:
        sys.stdout.write(content.decode())
        return DONE
    try:
        options.out.write_bytes(content)
    except OSError as error:
        return _complain(f"{options.out} cannot be written: {error}", USAGE)
    return DONE


def _check(options: argparse.Namespace) -> int:
    try:
        content = options.file.read_bytes() if options.file else _built()
    except OSError as error:
        return _complain(f"{options.file} cannot be read: {error}", USAGE)
    found = problems(content)
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    if not found:
        sys.stdout.write(f"{len(content.splitlines())} objects, as Kibana takes them\n")
    return FAILED if found else DONE


def _show(options: argparse.Namespace) -> int:
    engine = EngineSettings()
    wanted = [each for each in dashboards() if each.id == options.dashboard]
    if not wanted:
        there = ", ".join(each.id for each in dashboards())
        return _complain(f"There is no dashboard {options.dashboard}; there are {there}.", USAGE)
    end = datetime.now(UTC)
    start = end - timedelta(days=options.days or wanted[0].days)
    objects = saved_objects(wanted, data_views(), IndexNames(engine.index_prefix))
    with connect(engine, ensure_server(engine)) as client:
        lines = list(shown(client, objects, start, end))
    sys.stdout.write("\n".join([*lines, ""]))
    return DONE


def _push(options: argparse.Namespace) -> int:
    given = {"space": options.space, "wait_s": options.wait}
    settings = KibanaSettings(**{name: value for name, value in given.items() if value is not None})
    content = _built()
    if found := problems(content):
        raise ObjectsWrong("; ".join(found))
    done = push(content, settings, any_version=options.any_version, say=lambda text: print(text, file=sys.stderr))
    sys.stdout.write(
        f"{done.objects} objects in the space {done.space} of Kibana {done.version or '(version not told)'}: "
        f"{settings.url}/app/dashboards\n"
    )
    return DONE


def _complain(message: str, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
