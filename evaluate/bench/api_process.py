"""The API in processes of its own, as many as `python -m app` runs."""

import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from app import logs
from app.main import create_app
from app.opening import Configuration
from app.serving import server_options
from app.settings import ServiceSettings
from embed.settings import EmbedSettings
from es.settings import EngineSettings
from evaluate.bench.client import Client, Target
from evaluate.bench.steps import Stopwatch, Times
from evaluate.bench.workload import Call
from evaluate.errors import MeasurementFailed

START_TIMEOUT_S = 60.0
SETTLE_TIMEOUT_S = 300.0
SETTLE, STOP = "settle", "stop"
_STOP_S = 30.0


class Api:
    """A running API. `times` is there after its end, if it was timed."""

    def __init__(self, target: Target, pids: Sequence[int] = (), pipes: Sequence[Connection] = ()) -> None:
        self.target = target
        self.times: Times | None = None
        self.pids = list(pids)
        self._processes = [psutil.Process(pid) for pid in pids]
        self._pipes = pipes

    def processor_s(self) -> float:
        """Seconds of processor that its processes have taken so far."""
        return float(sum(sum(process.cpu_times()[:2]) for process in self._processes))

    def waited_s(self) -> float | None:
        """Seconds for which a thread of its processes could have run and had no core; None where no system tells."""
        try:
            told = [task.read_text() for pid in self.pids for task in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        except OSError:
            return None
        return sum(int(one.split()[1]) for one in told) / 1e9 if told else None

    def memory_mb(self) -> float:
        """Resident memory of its processes together."""
        return float(sum(process.memory_info().rss for process in self._processes)) / 1e6

    def settle(self) -> None:
        """Waits until every process has done what it does once after its start: it reads the catalogue's words, for
        some half a minute, beside the first searches. Raises MeasurementFailed where that has no end."""
        for pipe in self._pipes:
            pipe.send(SETTLE)
        for pipe in self._pipes:
            if not pipe.poll(SETTLE_TIMEOUT_S):
                raise MeasurementFailed(f"The API did not gather the catalogue's words in {SETTLE_TIMEOUT_S:.0f} s.")
            pipe.recv()


@contextmanager
def running_api(
    settings: ServiceSettings, engine: EngineSettings, embedding: EmbedSettings, *, timed_from: int | None = None
) -> Iterator[Api]:
    """The API over `engine`'s prefix on a free port, in the settings' number of processes. `timed_from`: one process
    with a stopwatch on the steps of its searches, from that many on; it slows them a little.

    Raises MeasurementFailed with its last words where it does not come up.
    """
    here = settings.model_copy(update={"host": "127.0.0.1", "log_format": "json"})
    spawn = multiprocessing.get_context("spawn")
    with socket.create_server((here.host, 0)) as listening, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "api.log"
        pipes = [spawn.Pipe() for _ in range(1 if timed_from is not None else here.workers)]
        processes = [
            spawn.Process(
                target=_serve, args=(theirs, listening, here, engine, embedding, str(log), timed_from), daemon=True
            )
            for _, theirs in pipes
        ]
        for process in processes:
            process.start()
        for _, theirs in pipes:
            theirs.close()
        pids = [process.pid for process in processes if process.pid is not None]
        api = Api(Target(f"http://{here.host}:{listening.getsockname()[1]}"), pids, [ours for ours, _ in pipes])
        try:
            _wait(api.target, lambda: all(process.is_alive() for process in processes), log)
            yield api
            for ours, _ in pipes:
                ours.send(STOP)
            ours = pipes[0][0]
            if not ours.poll(_STOP_S):
                words = log.read_text(errors="replace")[-500:]
                raise MeasurementFailed(f"The API did not end; its last words: {words}")
            api.times = ours.recv()
        finally:
            for ours, _ in pipes:
                ours.close()
            for process in processes:
                process.join(_STOP_S)
                process.kill()


def _wait(target: Target, alive: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end and alive():
        client = Client(target)
        try:
            client.ask(Call("GET", "/health/ready"))
            return
        except MeasurementFailed:
            time.sleep(0.2)
        finally:
            client.close()
    words = log.read_text(errors="replace")[-500:] if log.exists() else ""
    raise MeasurementFailed(f"The API did not become ready; its last words: {words}")


def _serve(
    pipe: Connection,
    listening: socket.socket,
    settings: ServiceSettings,
    engine: EngineSettings,
    embedding: EmbedSettings,
    log: str,
    timed_from: int | None,
) -> None:
    """The process: serves until it is told to stop or its parent is gone."""
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    logs.configure(settings)
    service = create_app(Configuration(service=settings, engine=engine, embedding=embedding, es_url=engine.es_url))
    app: ASGIApp = service
    stopwatch = Stopwatch(skip=timed_from or 0)
    if timed_from is not None:
        stopwatch.attach()
        app = stopwatch.around(app)
    # As `python -m app` serves, but that nobody waits for long at its end.
    server = uvicorn.Server(uvicorn.Config(app, **{**server_options(settings), "timeout_graceful_shutdown": 10}))

    def do_as_told() -> None:
        with suppress(EOFError, OSError):
            while pipe.recv() == SETTLE:
                _wait_for_words(service)
                pipe.send(SETTLE)
        server.should_exit = True

    threading.Thread(target=do_as_told, daemon=True).start()
    server.run(sockets=[listening])
    try:
        pipe.send(stopwatch.times)
    except OSError:
        return


def _wait_for_words(service: FastAPI) -> None:
    # Of several processes one may be ready while another still starts.
    while (services := getattr(service.state, "services", None)) is None or services.health.lexicon.current is None:
        time.sleep(0.1)
