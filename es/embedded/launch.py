"""Starts the server's process and waits until it answers or dies."""

import os
import re
import subprocess
import time
from pathlib import Path

from es.embedded.account import Account
from es.embedded.folders import ServerFolders
from es.embedded.java import Jdk
from es.embedded.processes import LAUNCHER_MARK, SERVER_MARK, end, find
from es.errors import EngineSetupError

LAUNCHER = "org.elasticsearch.server.launcher.ServerLauncher"
SMALL_JVM = "-Xms4m -Xmx64m -XX:+UseSerialGC"
# What the log says if somebody took the port between our look and the server's.
PORT_TAKEN = "Address already in use"
PORT_REFUSED = "BindException: Permission denied"
TELLING = re.compile(r"ERROR|Error|error:|fatal|Exception|Could not|Cannot|No space left")
HARMLESS = re.compile(r"\[(INFO|WARN|DEBUG) *\]")
NOISE = re.compile(r"at [\w.@/$]+\(|\.\.\. \d+ more|(output|error):$")


class PortTaken(Exception):
    """The server died because its port was taken."""


def launch(distribution: Path, folders: ServerFolders, jdk: Jdk, jvm: str, account: Account, timeout_s: float) -> None:
    """Start the server in a session of its own, so that it outlives us, and return once it is up.

    PortTaken, or EngineSetupError with the last words of its log, if it is not up in `timeout_s` seconds.
    """
    account.own(folders.home)
    process = _spawn(distribution, folders, jdk, jvm, account)
    try:
        status = process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        _abandon(process, folders)
        words = last_words(_said(folders))
        raise EngineSetupError(
            f"Elasticsearch was not up after {timeout_s:.0f} s (SHOPSCOUT_ES_START_TIMEOUT_S); "
            f"its last words: {words} (the whole log: {folders.launch_log})."
        ) from None
    except BaseException:
        _abandon(process, folders)
        raise
    if status != 0:
        said = _said(folders)
        if PORT_TAKEN in said:
            raise PortTaken
        if PORT_REFUSED in said:
            raise EngineSetupError("the server may not use its port; choose one above 1023 with SHOPSCOUT_ES_PORT.")
        raise EngineSetupError(
            f"Elasticsearch died while starting; its last words: {last_words(said)} "
            f"(the whole log: {folders.launch_log})."
        )


def wait_for_launcher(folders: ServerFolders, timeout_s: float) -> None:
    """Wait for a start that a process began and did not live to see through.

    The launcher ends by itself when the server is up.
    """
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and find(LAUNCHER_MARK, folders.token) is not None:
        time.sleep(0.2)


def _spawn(distribution: Path, folders: ServerFolders, jdk: Jdk, jvm: str, account: Account) -> subprocess.Popen[bytes]:
    libraries = f"{distribution}/lib/tools/server-launcher/*{os.pathsep}{distribution}/lib/*"
    marked = LAUNCHER_MARK + folders.token
    command = [str(jdk.java), *SMALL_JVM.split(), marked, "-cp", libraries, LAUNCHER, "-d"]
    try:
        with folders.launch_log.open("wb") as log:
            return subprocess.Popen(
                command,
                env=_environment(distribution, folders, jdk, jvm),
                cwd=distribution,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o027,
                user=account.uid if account.switched else None,
                group=account.gid if account.switched else None,
                extra_groups=[] if account.switched else None,
            )
    except (PermissionError, ValueError) as error:
        raise EngineSetupError(
            f"Elasticsearch will not run as root, and root may not start it as user {account.uid} here "
            f"({error}); run this as an ordinary user or set SHOPSCOUT_ES_URL to a server of your own."
        ) from error


def _environment(distribution: Path, folders: ServerFolders, jdk: Jdk, jvm: str) -> dict[str, str]:
    """What the launcher reads; it would be put together by the distribution's own scripts."""
    return {
        "JAVA": str(jdk.java),
        "ES_JAVA_HOME": str(jdk.home),
        "JAVA_TYPE": "ES_JAVA_HOME",
        "ES_HOME": str(distribution),
        "ES_PATH_CONF": str(folders.config),
        "ES_TMPDIR": str(folders.tmp),
        "ES_JAVA_OPTS": f"{jvm} {SERVER_MARK}{folders.token}",
        "ES_DISTRIBUTION_TYPE": "zip",
        "CLI_JAVA_OPTS": SMALL_JVM,
        "HOME": str(folders.home),
    }


def _abandon(process: subprocess.Popen[bytes], folders: ServerFolders) -> None:
    process.kill()
    process.wait()
    server = find(SERVER_MARK, folders.token)
    if server is not None:
        end(server, grace_s=5)


def _said(folders: ServerFolders) -> str:
    return folders.launch_log.read_text(encoding="utf-8", errors="replace")


def last_words(log: str, lines: int = 4) -> str:
    """The first lines of the log that say what went wrong (or its last ones, if none does), in one line."""
    said = [line.strip() for line in log.splitlines() if line.strip() and not NOISE.match(line.strip())]
    telling = (at for at, line in enumerate(said) if TELLING.search(line) and not HARMLESS.search(line))
    first = next(telling, max(0, len(said) - lines))
    return " | ".join(line[:300] for line in said[first : first + lines]) or "none"
