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

    # A shell starts what goes to the background of a script deaf to interrupts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, end)
