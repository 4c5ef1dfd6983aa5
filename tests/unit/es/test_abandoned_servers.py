"""Servers that a killed test run left behind are cleared away by the next run, and no others."""

import os
import subprocess
from pathlib import Path

from es.embedded import EmbeddedServer
from es.settings import EngineSettings
from tests.servers import DATA_NAME, erase_abandoned


def test_only_servers_of_dead_runs_are_erased(open_folder: Path) -> None:
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    settings = EngineSettings(cache_dir=open_folder)
    names = [f"{DATA_NAME}{dead.pid}", f"{DATA_NAME}{dead.pid}-life", f"{DATA_NAME}{os.getpid()}", "default"]
    for name in names:
        (open_folder / "servers" / name / "data").mkdir(parents=True)
    erase_abandoned(settings)
    assert EmbeddedServer.known(settings) == sorted(names[2:])
