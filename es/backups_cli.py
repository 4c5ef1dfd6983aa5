"""`python -m es backups`: makes, lists, brings back and deletes backups of a shop."""

import argparse
import sys
from collections.abc import Callable, Sequence

from es.backups import Backup, Backups
from es.client import connect
from es.errors import EngineError
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings


def run(args: Sequence[str], settings: EngineSettings) -> int:
    """Exit codes: 0 done, 1 refused or failed, 2 wrong usage (argparse) or a wrong setting."""
    top = parser()
    given = top.parse_args(args)
    if getattr(given, "keep", None) is not None and given.keep < 1:
        top.error("--keep N must be 1 or more: the newest backup stays")
    if getattr(given, "prefix", ""):
        # As for the setting: a wrong one is told by the same words.
        EngineSettings(**{**settings.model_dump(), "index_prefix": given.prefix})
    try:
        with connect(settings, ensure_server(settings)) as client:
            names = IndexNames(settings.index_prefix)
            given.verb(given, Backups(client, names, settings.es_backup_repository, settings.es_backup_folder))
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m es backups", description=__doc__)
    verbs = top.add_subparsers(required=True, metavar="COMMAND")
    make = verbs.add_parser("make", help="back up every index of the shop; only what changed is copied")
    make.add_argument("name", nargs="?", default="", help="its name (default: prefix and time)")
    make.add_argument("--keep", type=int, metavar="N", help="then delete all but the newest N")
    make.set_defaults(verb=_make)
    listed = verbs.add_parser("list", help="the backups there are")
    listed.set_defaults(verb=_list)
    back = verbs.add_parser("restore", help="bring a backup back")
    back.add_argument("name", help="its name")
    where = back.add_mutually_exclusive_group()
    where.add_argument("--as", dest="prefix", default="", metavar="PREFIX", help="as a second shop of this prefix")
    where.add_argument("--replace", action="store_true", help="delete the indices of the shop first")
    back.set_defaults(verb=_restore)
    delete = verbs.add_parser("delete", help="delete a backup")
    delete.add_argument("name", help="its name")
    delete.set_defaults(verb=_delete)
    return top


def _make(given: argparse.Namespace, backups: Backups) -> None:
    made = backups.make(given.name, _progress("backed up"))
    print(f"{made.name}: {len(made.indices)} indices in {made.seconds:.1f} s")
    if given.keep is not None:
        gone = backups.prune(given.keep)
        print(f"deleted: {', '.join(gone) if gone else 'nothing'}")


def _list(_: argparse.Namespace, backups: Backups) -> None:
    print(table(backups.all()))


def _restore(given: argparse.Namespace, backups: Backups) -> None:
    indices = backups.restore(given.name, prefix=given.prefix, replace=given.replace, told=_progress("brought back"))
    print(f"{given.name}: {len(indices)} indices are back")


def _delete(given: argparse.Namespace, backups: Backups) -> None:
    backups.delete(given.name)
    print(f"{given.name}: deleted")


def _progress(what: str) -> Callable[[float], None]:
    last = -1

    def tell(share: float) -> None:
        nonlocal last
        percent = int(share * 100)
        if percent > last:
            last = percent
            print(f"{what}: {percent} %", file=sys.stderr)

    return tell


def table(backups: Sequence[Backup]) -> str:
    """A line a backup, newest last."""
    if not backups:
        return "no backups yet: python -m es backups make"
    lines = [f"{'name':<40}{'state':<12}{'begun (UTC)':<22}{'seconds':>8}{'indices':>9}"]
    for one in backups:
        begun = f"{one.begun:%Y-%m-%d %H:%M:%S}"
        lines.append(f"{one.name:<40}{one.state:<12}{begun:<22}{one.seconds:>8.1f}{len(one.indices):>9}")
    return "\n".join(lines)
