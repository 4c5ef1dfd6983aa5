"""SIGTERM ends a measurement as Ctrl-C does: together with everything that it has started."""

import signal
from types import FrameType


def end_as_interrupted() -> None:
    """From now on the first SIGTERM interrupts the process, so that every block ends what it has started; those that
    come meanwhile change nothing."""

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # An event loop has its own way to be interrupted: its tasks are cancelled first.
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
