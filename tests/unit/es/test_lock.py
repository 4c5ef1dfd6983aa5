"""The lock between processes, with real processes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from es.embedded.lock import exclusive
from es.errors import EngineSetupError

HOLD = """
import sys, time
from pathlib import Path
from es.embedded.lock import exclusive
with exclusive(Path(sys.argv[1]), waiting="", timeout_s=5):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock `tmp_path / "lock"`."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_second_process_waits_says_so_once_and_gives_up(
    tmp_path: Path, holder: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    lock = exclusive(tmp_path / "lock", waiting="waiting for the other", timeout_s=0.5)
    with pytest.raises(EngineSetupError, match="another process has held"), lock:
        pass
    assert holder.poll() is None
    assert capsys.readouterr().err == "waiting for the other\n"


def test_lock_of_a_killed_process_is_free(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    with exclusive(tmp_path / "lock", waiting="", timeout_s=0.5):
        assert (tmp_path / "lock").exists()


def test_lock_is_free_again_after_the_block_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), exclusive(tmp_path / "lock", waiting="", timeout_s=0):
        raise RuntimeError
    with exclusive(tmp_path / "lock", waiting="", timeout_s=0):
        pass


def test_lock_in_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lock = exclusive(tmp_path / "file" / "lock", waiting="", timeout_s=0)
    with pytest.raises(EngineSetupError, match="SHOPSCOUT_CACHE_DIR"), lock:
        pass
