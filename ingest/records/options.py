"""The options of `python -m ingest orders | customers | reviews | promotions | knowledge`."""

import argparse
from pathlib import Path

from ingest.feeds.feed import Format
from ingest.knowledge import command as knowledge_command
from ingest.options import Verbs, add_report_options
from ingest.records import command
from ingest.records.shapes import SHAPES

_HELP = {
    "orders": "load orders, for the conversation; what customers changed since stays",
    "customers": "load customers, with their addresses and payment methods",
    "reviews": "load what customers wrote about products",
    "promotions": "load promotions, with their codes and dates",
}


def _pair(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise argparse.ArgumentTypeError("must be OURS=THEIRS, such as product_id=sku")
    return ours, theirs


def add(verbs: Verbs) -> None:
    """Adds the commands."""
    for kind, told in _HELP.items():
        found = verbs.add_parser(kind, help=told)
        found.add_argument("files", nargs="+", metavar="FILE", help="JSON Lines, JSON or CSV, plain or .gz")
        found.add_argument("--shape", default="", choices=["", *SHAPES.get(kind, ())], help="of another program's file")
        found.add_argument(
            "--field", type=_pair, action="append", default=[], metavar="OURS=THEIRS", help="a column's other name"
        )
        found.add_argument("--format", type=Format, choices=list(Format), help="where the name does not tell")
        found.add_argument("--records", default="", metavar="PATH", help="where the list lies in a JSON file")
        found.add_argument("--encoding", default="", help="of a CSV file (utf-8)")
        found.add_argument("--rejects", type=Path, metavar="FILE", help="where rejected rows go")
        add_report_options(found)
        found.set_defaults(verb=command.records)
    texts = verbs.add_parser("knowledge", help="read documents that the conversation answers from; only what changed")
    texts.add_argument("paths", nargs="+", metavar="PATH", help="files and folders: Markdown, HTML, PDF, CSV, text")
    texts.add_argument("--every", type=float, default=0, metavar="SECONDS", help="read again and again, so often")
    texts.add_argument("--no-vectors", action="store_true", help="found by words alone")
    add_report_options(texts)
    texts.set_defaults(verb=knowledge_command.knowledge)
