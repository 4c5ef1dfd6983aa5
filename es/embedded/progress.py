"""What is happening, told to the person who waits, on standard error: standard output is for results."""

import sys


def say(message: str) -> None:
    """Write one line to standard error; a closed standard error is no reason to stop."""
    try:
        sys.stderr.write(f"{message}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass
