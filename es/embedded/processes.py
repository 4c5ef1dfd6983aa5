"""Finds and ends the processes of one server.

Every process carries the server's token on its command line. A pid file may be stale and a pid may belong to
someone else by now; a token on a live command line cannot.
"""

import re

import psutil

SERVER_MARK = "-Dshopscout.server="
LAUNCHER_MARK = "-Dshopscout.launcher="


def find(mark: str, token: str) -> psutil.Process | None:
    """The live process with this mark and token on its command line."""
    wanted = mark + token
    for process in psutil.process_iter():
        if wanted in _command_line(process):
            return process
    return None


def heap_of(process: psutil.Process) -> str:
    """The heap that the process was started with, such as 1g; empty if it does not say."""
    sizes = [found[1] for found in map(re.compile(r"-Xmx(\d+\w)$").match, _command_line(process)) if found]
    return sizes[-1] if sizes else ""


def end(process: psutil.Process, *, grace_s: float) -> None:
    """Ask the process to end, and kill it after `grace_s` seconds."""
    try:
        process.terminate()
        try:
            process.wait(grace_s)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(grace_s)
    except psutil.NoSuchProcess:
        pass


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()  # empty for a zombie: dead, though not yet buried
    except psutil.Error:
        return []
