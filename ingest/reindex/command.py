"""`python -m ingest reindex`: from its options to a printed summary."""

import argparse
import os
import sys
import threading
from pathlib import Path
from typing import Any, Final

import orjson

from ingest.connection import Connection, connected
from ingest.options import Verbs, add_keep, add_report_options, not_negative, share
from ingest.progress import Progress
from ingest.reindex.gates import Gate
from ingest.reindex.judged import read_judged
from ingest.reindex.run import LABEL, LiveProducts, Reindex, ReindexSummary
from ingest.rejects import RejectsFile, rejects_path
from ingest.settings import IngestSettings, ReindexSettings
from shop.pictures.opening import absolute

NICENESS: Final = 10
_DESCRIPTION = """The live catalogue into a new index (new mapping, other model, repair), which takes its place when it
has passed its gates. Searches and changes go on meanwhile. `python -m es generations --roll-back` goes back."""


def add(verbs: Verbs) -> None:
    """Adds the command."""
    told = "the live catalogue into a new index, while it is used"
    found = verbs.add_parser("reindex", help=told, description=_DESCRIPTION)
    how = found.add_mutually_exclusive_group()
    how.add_argument("--resume", action="store_true", help="go on with one that was left unfinished")
    how.add_argument("--abort", action="store_true", help="throw away one that was left unfinished")
    how.add_argument("--re-embed", action="store_true", help="take over no vector that can be made here")
    found.add_argument(
        "--pictures",
        action="append",
        default=[],
        metavar="WHERE",
        help="a folder or .zip, or `web`; default: where the last load found them",
    )
    found.add_argument("--keep-text-vectors", action="store_true", help="load no text model: they stay as they are")
    found.add_argument("--judged", type=Path, metavar="CSV", help="judged searches: query, product_id, rating")
    found.add_argument("--min-recall", type=share, metavar="SHARE", help="lowest recall@10 that goes live (0.9)")
    found.add_argument("--max-ndcg-loss", type=share, metavar="LOSS", help="by how much nDCG@10 may be lower (0.02)")
    found.add_argument("--rate", type=not_negative, metavar="N", help="most products copied a second")
    found.add_argument("--rejects", type=Path, metavar="FILE", help="where products that cannot be copied go")
    add_keep(found)
    add_report_options(found)
    found.set_defaults(verb=reindex)


def reindex(options: argparse.Namespace, stop: threading.Event) -> bool:
    """`reindex`; returns False: it goes live with every product or not at all."""
    settings, own = _settings(options)
    judged = read_judged(own.judged) if own.judged is not None and not options.abort else None
    rejects = RejectsFile(options.rejects or rejects_path(LABEL.replace(" ", "-"), settings.rejects_dir))
    rows = LiveProducts()
    progress = Progress([rows], sys.stderr, quiet=options.quiet)

    def told(gate: Gate) -> None:
        if not options.json:
            sys.stdout.write(gate.line() + "\n")
            sys.stdout.flush()

    text = not (options.keep_text_vectors or options.abort)
    with connected(settings, progress, stop, text=text, places=options.pictures, remembered=not options.abort) as found:
        if own.slower and options.alone:
            give_way()  # not before: an Elasticsearch that was started for this would stay as low
        run = Reindex(found, rows, rejects, settings, own, judged, progress=progress, stop=stop, told=told)
        if options.abort:
            for index in run.abort():
                sys.stdout.write(f"removed: {index}\n")
            return False
        try:
            if options.resume:
                run.resume()
            else:
                run.start(again=options.re_embed, places=[absolute(place) for place in options.pictures])
        finally:
            written = rejects.close()
            _print(options, run.summary, found, written)
    return False


def give_way() -> None:
    """Whatever else wants this machine's processors goes first: a shop's service that runs beside the reindex."""
    os.nice(max(0, NICENESS - os.getpriority(os.PRIO_PROCESS, 0)))


def _settings(options: argparse.Namespace) -> tuple[IngestSettings, ReindexSettings]:
    given: dict[str, Any] = {"retry_for_s": options.wait, "keep": options.keep}
    own: dict[str, Any] = {
        "min_recall": options.min_recall,
        "max_ndcg_loss": options.max_ndcg_loss,
        "judged": options.judged,
        "rate": options.rate,
    }
    return (
        IngestSettings(**{name: value for name, value in given.items() if value is not None}),
        ReindexSettings(**{name: value for name, value in own.items() if value is not None}),
    )


def _print(options: argparse.Namespace, summary: ReindexSummary, found: Connection, rejects: Path | None) -> None:
    embedded = found.embedder.counts() if found.embedder is not None else None
    if options.json:
        figures = {
            "copied": summary.copied,
            "left_out": summary.left_out,
            "pictures_refused": summary.pictures_refused,
            "embedded": embedded.made if embedded else 0,
            "vectors_cached": embedded.cached if embedded else 0,
            "seconds": round(summary.seconds, 2),
            "writes_waited_s": round(summary.pause_s, 3),
            "gates": [gate.as_dict() for gate in summary.gates],
            "generation": summary.index or None,
            "replaced": summary.replaced or None,
            "rejects_file": str(rejects) if rejects else None,
        }
        sys.stdout.write(orjson.dumps(figures).decode() + "\n")
        return
    if summary.copied:
        sys.stdout.write(f"{summary.copied:,} products copied in {summary.seconds:.1f} s")
        made = f", {embedded.made:,} texts embedded, {embedded.cached:,} vectors from the cache" if embedded else ""
        sys.stdout.write(f"{made}\n")
    if rejects is not None:
        sys.stdout.write(f"products and pictures left out, with reasons: {rejects}\n")
    if summary.index:
        waited = f"writes waited {summary.pause_s:.2f} s"
        sys.stdout.write(f"live: {summary.index}, in the place of {summary.replaced}; {waited}\n")
