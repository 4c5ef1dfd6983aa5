"""Options that several commands have, and kinds of values; ValueError and ArgumentTypeError become usage messages."""

import argparse
from typing import TypeAlias

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What commands are added to; argparse has no public name for it."""


def share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError("must be between 0 and 1")
    return number


def at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def not_negative(text: str) -> float:
    number = float(text)
    if not 0 <= number < 1e9:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def add_report_options(command: argparse.ArgumentParser) -> None:
    """Options of whatever reads feeds or runs for long: how patient it is, and how it tells what it did."""
    command.add_argument("--wait", type=not_negative, metavar="SECONDS", help="how long to wait for Elasticsearch")
    command.add_argument("--strict", action="store_true", help="exit with 3 if rows were rejected")
    command.add_argument("--quiet", action="store_true", help="no progress")
    command.add_argument("--json", action="store_true", help="the summary as one line of JSON")


def add_keep(command: argparse.ArgumentParser) -> None:
    command.add_argument("--keep", type=at_least_one, help="generations to keep, the live one included (2)")
