"""Commands of the product as processes of their own, without the second or two that each needs to import everything.

They are forked from a server that has imported the packages already and has done nothing else. Arguments, environment,
folder, streams, signals and exit codes are those of `python -m PACKAGE`; only the imports are shared.
"""

import gc
import io
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any, Final

PRELOADED: Final = ("ingest", "jobs")
_FORKING: Final = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload([f"{package}.__main__" for package in PRELOADED])


class Command:
    """`python -m ARGUMENTS` in a process of its own: started at once, in `folder`, with exactly this environment.

    What it says goes into pipes, or into `output` and `errors` where they are given.
    """

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        environment: Mapping[str, str],
        output: IO[bytes] | None = None,
        errors: IO[bytes] | None = None,
    ) -> None:
        read, self.stdin = _pipe()
        self.stdout, written = _pipe()
        self.stderr, complained = _pipe()
        streams = (read, output or written, errors or complained)
        self._process = _FORKING.Process(
            target=_run, args=(arguments, str(folder), dict(environment), [DupFd(each.fileno()) for each in streams])
        )
        self._process.start()
        for each in (read, written, complained):
            each.close()
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """As of a subprocess: minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; subprocess.TimeoutExpired where it takes longer."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return self._process.exitcode

    def communicate(self, given: bytes = b"", timeout: float | None = None) -> tuple[bytes, bytes]:
        """Gives it this to read and waits for its end: what it said and complained of."""
        until = time.monotonic() + timeout if timeout is not None else None
        told: dict[int, bytes] = {}

        def give() -> None:
            try:
                with self.stdin:
                    self.stdin.write(given)
            except (BrokenPipeError, ValueError):
                pass  # it has ended without reading it all, or was given it before

        def hear(number: int, stream: IO[bytes]) -> None:
            with stream:
                told[number] = b"" if stream.closed else stream.read()

        work = [threading.Thread(target=give, daemon=True)]
        heard = enumerate((self.stdout, self.stderr))
        work += [threading.Thread(target=hear, args=each, daemon=True) for each in heard if not each[1].closed]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))
        self.wait(None if until is None else max(0.0, until - time.monotonic()))
        return told.get(0, b""), told.get(1, b"")


def run(
    *arguments: str, folder: Path, environment: Mapping[str, str], given: bytes = b"", timeout: float = 200
) -> "subprocess.CompletedProcess[str]":
    """Runs the command to its end."""
    process = Command(*arguments, folder=folder, environment=environment)
    try:
        out, errors = process.communicate(given, timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return subprocess.CompletedProcess([*arguments], process.wait(), out.decode(), errors.decode())


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    read, write = os.pipe()
    return open(read, "rb"), open(write, "wb")


def _run(arguments: tuple[str, ...], folder: str, environment: dict[str, str], streams: list[Any]) -> None:
    """In the process of the command."""
    gc.freeze()
    for number, stream in enumerate(streams):
        taken = stream.detach()
        os.dup2(taken, number)
        os.close(taken)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), "utf-8")
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w")), "utf-8")
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w")), "utf-8", "backslashreplace", line_buffering=True
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    # Tests that run in the background of a shell are told to ignore it, and what they start inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    package, *rest = arguments
    sys.modules.pop(f"{package}.__main__", None)
    sys.argv = [package, *rest]
    try:
        runpy.run_module(package, run_name="__main__", alter_sys=True)
    except KeyboardInterrupt:
        traceback.print_exc()
        sys.exit(130)
