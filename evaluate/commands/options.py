"""What the commands share: exit codes, kinds of options, and how figures are told."""

import argparse
import json
from collections.abc import Callable, Iterable
from typing import TypeAlias

DONE, FAILED, USAGE, NO_DATA, INTERRUPTED = 0, 1, 2, 3, 130


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def command(commands: Commands, name: str, verb: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    """A command that runs `verb`, which says in its docstring what it does."""
    made = commands.add_parser(name, help=verb.__doc__, description=verb.__doc__)
    made.set_defaults(verb=verb)
    return made


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
