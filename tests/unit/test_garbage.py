"""The collector looks seldom while a service is open, and as before when none is.

In processes of their own: the collector is the process's, and that of the tests may have services open.
"""

import subprocess
import sys
from inspect import getsource


def seldom() -> None:
    """What is tested of the thresholds."""
    import gc

    from app.garbage import YOUNG, seldom_collected

    found = gc.get_threshold()
    one, other = seldom_collected(), seldom_collected()
    one.__enter__()
    other.__enter__()
    assert gc.get_threshold() == (YOUNG, *found[1:])
    # Not in the opposite order.
    one.__exit__(None, None, None)
    assert gc.get_threshold()[0] == YOUNG
    other.__exit__(None, None, None)
    assert gc.get_threshold() == found


def aside() -> None:
    """What is tested of what is set aside."""
    import gc
    import weakref

    from app.garbage import seldom_collected, set_aside

    class Cycle:
        """Refers to itself, so that only the collector frees it."""

        def __init__(self) -> None:
            self.itself: Cycle | None = self

    set_aside()
    assert gc.get_freeze_count() == 0
    with seldom_collected():
        dead = weakref.ref(Cycle())
        stays = Cycle()
        seen = weakref.ref(stays)
        set_aside()
        assert dead() is None
        assert gc.get_freeze_count() > 1000
        # Still freed where nothing refers to it.
        stays.itself = None
        del stays
        assert seen() is None
        leaves = Cycle()
        gone = weakref.ref(leaves)
        set_aside()
        del leaves
        gc.collect()
        assert gone() is not None
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert gone() is None


def thaw() -> None:
    """What is tested of cycles that were set aside."""
    import gc
    import weakref

    import app.garbage
    from app.garbage import seldom_collected, set_aside

    class Cycle:
        """Refers to itself, so that only the collector frees it."""

        def __init__(self) -> None:
            self.itself = self

    with seldom_collected():
        stays, leaves = Cycle(), Cycle()
        seen, gone = weakref.ref(stays), weakref.ref(leaves)
        set_aside(unseen=True)
        del leaves
        set_aside()
        assert gone() is not None
        app.garbage.THAW_S = 0.0  # type: ignore[misc] # an hour is over
        set_aside(unseen=True)
        assert gone() is not None, "that takes no time, whenever it is"
        set_aside()
        assert gone() is None
        assert seen() is stays
        assert gc.get_freeze_count() > 1000


def failure(source: str, name: str) -> str:
    """What goes wrong where the function runs in a process of its own; nothing where all of it holds."""
    done = subprocess.run([sys.executable, "-c", f"{source}\n{name}()"], capture_output=True, timeout=120)
    return done.stderr.decode() if done.returncode else ""


def test_while_a_service_is_open_it_looks_seldom() -> None:
    assert failure(getsource(seldom), "seldom") == ""


def test_what_is_set_aside_is_not_looked_at_until_the_service_ends() -> None:
    assert failure(getsource(aside), "aside") == ""


def test_cycles_that_were_set_aside_are_freed_after_an_hour() -> None:
    assert failure(getsource(thaw), "thaw") == ""
