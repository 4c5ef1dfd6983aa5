"""`python -m es generations`: shows, rolls back and prunes the generations of each kind of index."""

import argparse
import sys
from collections.abc import Sequence

from es.client import connect
from es.errors import EngineError
from es.generations import Generation, Generations
from es.mappings import products
from es.names import IndexNames
from es.reach import ensure_server
from es.settings import EngineSettings

KINDS = (products.KIND,)


def parser() -> argparse.ArgumentParser:
    """The options."""
    top = argparse.ArgumentParser(prog="python -m es generations", description=__doc__)
    top.add_argument("--kind", choices=KINDS, default=products.KIND, help="kind of index (default: %(default)s)")
    action = top.add_mutually_exclusive_group()
    action.add_argument("--roll-back", action="store_true", help="make the generation before the live one live again")
    action.add_argument("--use", metavar="INDEX", help="make this ready generation the live one")
    action.add_argument("--prune", type=int, metavar="KEEP", help="delete all but the newest KEEP ready generations")
    return top


def run(args: Sequence[str], settings: EngineSettings) -> int:
    """Exit codes: 0 done, 1 refused or nothing there to do it with, 2 wrong usage (argparse)."""
    top = parser()
    given = top.parse_args(args)
    if given.prune is not None and given.prune < 1:
        top.error("--prune KEEP must be 1 or more: the live generation stays")
    try:
        with connect(settings, ensure_server(settings)) as client:
            generations = Generations(client, IndexNames(settings.index_prefix), given.kind)
            _act(given, generations)
            print(table(generations.all()))
    except EngineError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _act(given: argparse.Namespace, generations: Generations) -> None:
    if given.roll_back:
        print(f"{generations.alias} -> {generations.roll_back()}")
    if given.use is not None:
        generations.use(given.use)
        print(f"{generations.alias} -> {given.use}")
    if given.prune is not None:
        gone = generations.prune(keep=given.prune)
        print(f"deleted: {', '.join(gone) if gone else 'nothing'}")


def table(generations: Sequence[Generation]) -> str:
    """A line a generation, newest last; the live one is marked."""
    if not generations:
        return "no generations: nothing has been loaded yet"
    lines = [f"{'':2}{'index':<44}{'state':<10}{'created (UTC)':<22}{'documents':>10}{'MB':>9}  models"]
    for g in generations:
        models = ", ".join(sorted({str(m.get("model")) for m in g.meta.get("models", {}).values()})) or "none"
        mark = "*" if g.live else ""
        size = f"{g.size_bytes / 1e6:.1f}"
        created = f"{g.created_at:%Y-%m-%d %H:%M:%S}"
        lines.append(f"{mark:2}{g.index:<44}{g.state:<10}{created:<22}{g.documents:>10}{size:>9}  {models}")
    return "\n".join([*lines, "* live"])
