"""What processes take, looked at by their numbers."""

import os
import subprocess
import sys
import time

import pytest

from evaluate.processes.watch import Taken, Watch, slope_mb_an_hour


def test_memory_and_processor_of_a_part_while_it_runs_and_after() -> None:
    code = (
        "held = bytearray(60_000_000)\nfor i in range(0, len(held), 4096): held[i] = 1\nprint(1, flush=True)\ninput()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        assert held.stdout is not None
        held.stdout.readline()
        with Watch({"held": lambda: [held.pid], "here": lambda: [os.getpid()], "nobody": lambda: []}, 0.01) as watch:
            end = time.monotonic() + 30
            while len(watch.samples) < 3 and time.monotonic() < end:
                time.sleep(0.01)
            held.communicate(b"\n")
            seen = len(watch.samples)
            while len(watch.samples) < seen + 2 and time.monotonic() < end:
                time.sleep(0.01)
    assert 60 < watch.most_mb("held") < 200
    assert watch.samples[-1].memory_mb["held"] == 0
    assert watch.samples[0].processor_s["here"] > 0
    assert watch.most_mb("nobody") == 0
    assert [sample.at for sample in watch.samples] == sorted(sample.at for sample in watch.samples)


def test_the_slope_is_that_of_the_line() -> None:
    samples = [Taken(float(at), {"api": 100 + at / 60}, {}) for at in range(0, 600, 10)]
    assert slope_mb_an_hour(samples, "api") == pytest.approx(60)
    assert slope_mb_an_hour(samples[:1], "api") == 0
