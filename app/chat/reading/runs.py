"""A message as patterns read it: without signs that go on and on. Pure."""

import re
from typing import Final

_LONGEST: Final = 8
_RUN: Final = re.compile(rf"(\W{{{_LONGEST}}})\W+")


def without_runs(message: str) -> str:
    """The message with no more than eight signs or blanks in a row: what is longer says no more, and patterns that
    look for words between signs would take seconds over thousands of them."""
    return _RUN.sub(r"\1", message)
