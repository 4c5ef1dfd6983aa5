"""What happens to a test that takes too long: it tells where it stands and is interrupted, until it gives way.

pytest-timeout interrupts once, and for all tries of a test together: an interruption that something swallows, such as a
callback of an event loop, or a clean-up that then waits for ever, would hold up the whole run.
"""

import asyncio
import faulthandler
import io
import signal
import sys
import tempfile
from typing import Final, Protocol

import pytest

AGAIN_S: Final = 20.0
"""Between two interruptions of one test, in seconds."""


class Limit(Protocol):
    """What pytest-timeout says of a test."""

    timeout: float


LIMIT: Final = pytest.StashKey[Limit]()


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Limit) -> bool:
    """In place of pytest-timeout's own timer."""
    item.stash[LIMIT] = settings

    def interrupt(*_: object) -> None:
        _tell(item, settings.timeout)
        pytest.fail(f"It took more than {settings.timeout:g} s; where it stood is told above.")

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, AGAIN_S)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer() -> bool:
    """The test is over, with everything that it leaves behind."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Each try of a test has the whole time."""
    if getattr(item, "execution_count", 1) > 1 and LIMIT in item.stash:
        pytest_timeout_set_timer(item, item.stash[LIMIT])


def _tell(item: pytest.Item, seconds: float) -> None:
    capture = item.config.pluginmanager.getplugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        sys.stderr.write(f"\n{item.nodeid} takes more than {seconds:g} s; it stands here:\n{_stacks()}\n")
        sys.stderr.flush()


def _stacks() -> str:
    """Of every thread, and of every task of the event loop that runs, if one does."""
    told = io.StringIO()
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        told.write(file.read())
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return told.getvalue()
    for task in asyncio.all_tasks(loop):
        task.print_stack(file=told)
    return told.getvalue()
