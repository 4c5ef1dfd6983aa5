"""Measurements that start processes end them when they are told to end themselves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from es.settings import EngineSettings
from evaluate.load.measure import users

pytestmark = [pytest.mark.needs_es, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[3]
PATIENCE_S = 90.0

MEASURED = {
    "faults": ["faults", "--runs", "50", "--logs", "a folder/that is new"],
    "loadtest": ["loadtest", "--users", "1", "--time", "10m", "--products", "30"],
}


def modules(processes: Sequence[psutil.Process]) -> set[str]:
    """What they run by `python -m`."""
    found = set()
    for each in processes:
        try:
            line = each.cmdline()
        except psutil.Error:
            continue
        if "-m" in line[:-1]:
            found.add(line[line.index("-m") + 1])
    return found


@pytest.mark.parametrize(
    ("name", "number", "interrupts"),
    [("faults", signal.SIGTERM, signal.SIG_IGN), ("loadtest", signal.SIGINT, signal.SIG_DFL)],
)
def test_what_a_measurement_started_ends_with_it(
    name: str, number: signal.Signals, interrupts: signal.Handlers, engine_settings: EngineSettings, tmp_path: Path
) -> None:
    settings = {
        "SHOPSCOUT_ES_URL": engine_settings.es_url, "SHOPSCOUT_ES_USER": "",
        "SHOPSCOUT_INDEX_PREFIX": engine_settings.index_prefix, "SHOPSCOUT_CLIP_MODEL": "none", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    told = (tmp_path / "told.log").open("wb")
    running = subprocess.Popen(
        [sys.executable, "-m", "evaluate", *MEASURED[name]],
        env=os.environ | settings,
        cwd=tmp_path,
        stdout=told,
        stderr=told,
        # However the tests themselves were started: a script's background ignores interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, interrupts),
    )
    children: list[psutil.Process] = []
    try:
        end = time.monotonic() + PATIENCE_S
        while "app" not in modules(children):
            said = (tmp_path / "told.log").read_text(errors="replace")
            assert running.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.1)
            children = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(number)
        if number is signal.SIGTERM:
            running.send_signal(number)
        code = running.wait(PATIENCE_S)
        assert code == 130, (tmp_path / "told.log").read_text(errors="replace")
        _, left = psutil.wait_procs(children, timeout=5)
        assert [process.cmdline() for process in left] == []
    finally:
        for process in [running, *children]:
            try:
                process.kill()
            except (psutil.NoSuchProcess, OSError):
                continue
        running.wait()
        told.close()


def test_users_end_with_their_block(tmp_path: Path) -> None:
    started = []

    def interrupted() -> None:
        with users("http://127.0.0.1:9", tmp_path / "report.html", {}) as running:
            started.append(running)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert started[0].poll() is not None
