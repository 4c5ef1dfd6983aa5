"""The collector looks seldom while a service is open, and as before when none is."""

import gc
import weakref

from app.garbage import YOUNG, seldom_collected, set_aside


class Cycle:
    """Refers to itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_while_a_service_is_open_it_looks_seldom() -> None:
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


def test_what_is_set_aside_is_not_looked_at_until_the_service_ends() -> None:
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
        stays.itself = None  # type: ignore[assignment]
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
