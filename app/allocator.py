"""How memory that was let go returns to the system.

What is read anew now and then (the words of the catalogue: some ten million objects come and go) is made in worker
threads. The C library of Linux keeps a pool of memory for each of several threads. What one thread lets go is of no use
to the next, which fills another pool, so that a process grows with every reading until each pool has held the most of
it. And once a large piece was let go, it takes the next ones out of a pool, where they leave holes, instead of asking
the system for each.
"""

import ctypes
import sys
from typing import Final

LARGE: Final = 256 * 1024
"""Bytes from which a piece is had from the system by itself, and goes back to it whole."""
_LARGE_FROM: Final = -3
_MOST_POOLS: Final = -8
"""M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h."""


def one_pool() -> bool:
    """From now on the threads of this process share one pool: call it before there are any. False where the C library
    knows no such thing (it is glibc's); then nothing has changed."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        set_to = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(set_to(_MOST_POOLS, 1)) and bool(set_to(_LARGE_FROM, LARGE))
