"""What the commands share: exit codes, kinds of options, and how figures are told."""

import argparse
import json
from collections.abc import Iterable

DONE, FAILED, USAGE, NO_DATA, INTERRUPTED = 0, 1, 2, 3, 130


def positive(text: str) -> int:
    """A whole number of 1 or more, as argparse wants it."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def tell(lines: Iterable[str], figures: object) -> None:
    """A table for people, and the figures as one line of JSON."""
    for line in lines:
        print(line)
    print(json.dumps(figures))
