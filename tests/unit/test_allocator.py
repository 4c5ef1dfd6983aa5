"""What threads make and let go in turn fills one pool of memory, not one for each of them.

In processes of their own: the pools are the process's.
"""

import subprocess
import sys
from inspect import getsource

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells what memory is whose")


def grown_mb(*, shared: bool) -> float:
    """By how much a process grows while words of a catalogue are gathered again and again, each time in another of its
    threads, after the second time."""
    import random
    import re
    import string
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    from app.allocator import one_pool
    from shop.lexicon.gather import Gathering, ValueCounts

    assert not shared or one_pool()
    draw = random.Random(3)
    words = ["".join(draw.choices(string.ascii_lowercase, k=7)) for _ in range(8_000)]
    products = [
        {"name": " ".join(draw.choices(words, k=6)), "description": " ".join(draw.choices(words, k=40)),
         "group_id": str(number)}
        for number in range(4_000)
    ]  # fmt: skip

    def held_mb() -> float:
        told = re.search(r"^Anonymous:\s+(\d+)", Path("/proc/self/smaps_rollup").read_text(encoding="ascii"), re.M)
        return int(told[1]) / 1024 if told else 0.0

    threads = [ThreadPoolExecutor(1) for _ in range(6)]
    kept, held, turn = None, [], 0
    for _ in range(12):
        gathering = Gathering()
        for first in range(0, len(products), 500):
            turn += 1
            threads[turn % len(threads)].submit(gathering.add, products[first : first + 500]).result()
        # The one before is there until the next is.
        kept = threads[turn % len(threads)].submit(gathering.lexicon, "index", len(products), ValueCounts()).result()
        held.append(held_mb())
    assert kept is not None
    return max(held[2:]) - held[1]


def measured(*, shared: bool) -> float:
    code = f"{getsource(grown_mb)}\nprint(grown_mb(shared={shared}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return float(done.stdout)


def test_a_process_does_not_grow_with_each_thread_that_reads_anew() -> None:
    # 0.5 and 5.7 MB, each time that it was measured.
    assert measured(shared=True) < measured(shared=False) / 3
