"""The systemd units of the guide are ones that systemd takes, and run commands that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "howto" / "operate.md"
PYTHON = "/srv/shopscout/.venv/bin/python"
PARTS = ("app", "changes", "jobs")


def written(folder: Path) -> Path:
    """The units as the guide has them, in a folder; with the Python that runs this, as systemd looks whether a command
    is there."""
    text = GUIDE.read_text(encoding="utf-8").replace(PYTHON, sys.executable)
    template = re.search(r"```ini\n(.*?)```", text, re.DOTALL)
    assert template is not None
    for part in PARTS:
        (folder / f"shopscout@{part}.service").write_text(template[1], encoding="utf-8")
    parts = re.findall(r"# /etc/systemd/system/(shopscout@\w+\.service)\.d/part\.conf\n((?:[^#`].*\n)+)", text)
    assert [name for name, _ in parts] == ["shopscout@changes.service", "shopscout@jobs.service"]
    for name, lines in parts:
        (folder / f"{name}.d").mkdir()
        (folder / f"{name}.d" / "part.conf").write_text(lines, encoding="utf-8")
    return folder


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("part", PARTS)
def test_systemd_takes_each_unit_without_a_word(part: str, tmp_path: Path) -> None:
    folder = written(tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(folder / f"shopscout@{part}.service")],
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{folder}:"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    # What it does not know (a misspelt line) it only tells of, with exit code 0.
    about = [line for line in (done.stdout + done.stderr).splitlines() if "shopscout@" in line]
    assert (done.returncode, about) == (0, [])


def test_the_units_run_commands_that_there_are(tmp_path: Path) -> None:
    folder = written(tmp_path)
    commands = [["app"]]
    for name in ("changes", "jobs"):
        told = (folder / f"shopscout@{name}.service.d" / "part.conf").read_text(encoding="utf-8")
        commands.append(told.split(" -m ", 1)[1].split())
    for command in commands:
        done = subprocess.run([sys.executable, "-m", *command, "--help"], capture_output=True, cwd=ROOT, timeout=120)
        assert done.returncode == 0, command
