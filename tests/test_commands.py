"""The commands that tests fork are those that people start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import PRELOADED, Command, run

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80"}


@pytest.mark.parametrize("package", PRELOADED)
@pytest.mark.parametrize("arguments", [["--help"], ["no-such-thing"]])
def test_it_says_and_returns_what_the_started_one_does(package: str, arguments: list[str], tmp_path: Path) -> None:
    started = subprocess.run(
        [sys.executable, "-m", package, *arguments], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True
    )
    forked = run(package, *arguments, folder=tmp_path, environment=ENVIRONMENT)
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)
    assert forked.returncode in (0, 2)


def test_it_has_its_own_environment_folder_and_input(tmp_path: Path) -> None:
    feed = b'{"product_id": "p1", "name": "Mug", "price": 3}\n'
    dry = ("ingest", "load", "-", "--format", "jsonl", "--dry-run")
    shown = run(*dry, folder=tmp_path, environment=ENVIRONMENT, given=feed)
    assert (shown.returncode, "Mug" in shown.stdout) == (0, True), shown.stderr
    wrong = ENVIRONMENT | {"SHOPSCOUT_INGEST_BATCH_PRODUCTS": "many"}
    assert "SHOPSCOUT_INGEST_BATCH_PRODUCTS" in run(*dry, folder=tmp_path, environment=wrong, given=feed).stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 130), (signal.SIGINT, 130)])
def test_it_can_be_stopped_while_it_waits(number: signal.Signals, code: int, tmp_path: Path) -> None:
    process = Command("ingest", "load", "-", "--format", "jsonl", "--dry-run", folder=tmp_path, environment=ENVIRONMENT)
    # More than a pipe holds: it reads already.
    process.stdin.write(b"\n" * 200_000)
    process.stdin.flush()
    assert process.poll() is None
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == code
