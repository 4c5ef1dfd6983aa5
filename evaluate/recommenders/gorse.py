"""gorse as a process of its own beside our recommenders: https://github.com/gorse-io/gorse, not part of this product.

It is started with stores of its own (SQLite) in a folder, given the events over its API, and asked for lists. The
interface is that of version 0.4. Whatever its approximate indices lose is not held against it: they are off.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import httpx
import psutil

from evaluate.errors import MeasurementFailed
from evaluate.processes.process import LOOPBACK, free_port
from evaluate.recommenders.costs import MB, Cost
from shop.recommenders.histories import Histories

FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
BATCH: Final = 10_000
START_S: Final = 30.0
STOP_S: Final = 30.0
POLL_S: Final = 0.5
LEARNING: Final = ("Find neighbors of items", "Fit collaborative filtering model")
COMPLETE: Final = "Complete"
LISTS: Final = "Generate offline recommendation"
KIND: Final = "buy"
SETTINGS: Final = """
[database]
data_store = "sqlite://{folder}/data.db"
cache_store = "sqlite://{folder}/cache.db"
[master]
host = "127.0.0.1"
port = {grpc}
http_host = "127.0.0.1"
http_port = {http}
n_jobs = {threads}
[recommend]
cache_size = 100
[recommend.data_source]
positive_feedback_types = ["buy"]
read_feedback_types = ["read"]
[recommend.user_neighbors]
neighbor_type = "related"
[recommend.item_neighbors]
neighbor_type = "related"
enable_index = false
[recommend.collaborative]
enable_index = false
model_fit_period = "600m"
model_search_period = "600m"
model_search_trials = 1
model_search_epoch = 1
[recommend.offline]
check_recommend_period = "60s"
enable_latest_recommend = false
enable_popular_recommend = false
enable_user_based_recommend = false
enable_item_based_recommend = true
enable_collaborative_recommend = true
enable_click_through_prediction = false
[recommend.online]
fallback_recommend = ["item_based", "popular"]
"""


Tasks = Mapping[str, "Done"]


@dataclass(frozen=True, slots=True)
class Done:
    """A task that has ended: when it began and ended, texts that sort by time."""

    began: str
    ended: str


class Gorse:
    """A gorse to be started and asked. `learned`: what learning and making lists took, once `learn` has returned."""

    def __init__(self, binary: Path, folder: Path, threads: int, patience_s: float = 1_800.0) -> None:
        self.binary, self.folder, self.threads, self.patience_s = binary, folder, threads, patience_s
        self.learned = Cost()
        self._running: subprocess.Popen[bytes] | None = None
        self._ports = {"grpc": 0, "http": 0}
        self._http = httpx.Client(timeout=300)

    def __enter__(self) -> "Gorse":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()
        self._http.close()

    def learn(self, train: Histories) -> None:
        """Stores the events, learns from them and makes lists for everybody. Users are rows of `train`, items product
        numbers. Raises MeasurementFailed."""
        self._start()
        first = FIRST.isoformat()
        self._send("POST", "/items", [{"ItemId": str(item), "Timestamp": first} for item in range(train.catalogue)])
        every = [one for row in range(len(train)) for one in feedback(str(row), train.of_shopper(row).tolist())]
        for start in range(0, len(every), BATCH):
            self._send("PUT", "/feedback", every[start : start + BATCH])
        # New events are looked for when it starts, and then once in `model_fit_period`.
        self._stop()
        began = time.perf_counter()
        process = psutil.Process(self._start())
        tasks = self._until(lambda tasks: all(name in tasks for name in LEARNING))
        learned_at = max(tasks[name].ended for name in LEARNING)
        self._until(lambda tasks: LISTS in tasks and tasks[LISTS].began > learned_at)
        spent = process.cpu_times()
        self.learned.wall_s, self.learned.cpu_s = time.perf_counter() - began, spent.user + spent.system
        self.learned.peak_mb = process.memory_info().rss / MB

    def list_for(self, row: int, k: int) -> list[int]:
        """The list that was made beforehand for a shopper of `train`."""
        return [int(item) for item in self._send("GET", f"/recommend/{row}?n={k}")]

    def by_history(self, items: Sequence[int], k: int) -> list[int]:
        """A list for a history, made when asked for: the neighbours of its products, added up."""
        found = self._send("POST", f"/session/recommend?n={k}", feedback("asked", items))
        return [int(item["Id"]) for item in found or ()]

    def stored_mb(self) -> float:
        """What it serves from: neighbours, lists and leader boards, megabytes on disk."""
        return sum(path.stat().st_size for path in self.folder.glob("cache.db*")) / MB

    def _until(self, reached: Callable[[Tasks], bool]) -> Tasks:
        end = time.monotonic() + self.patience_s
        while time.monotonic() < end:
            told = self._send("GET", "/dashboard/tasks")
            tasks = {
                one["Name"]: Done(one["StartTime"], one["FinishTime"]) for one in told if one["Status"] == COMPLETE
            }
            if reached(tasks):
                return tasks
            time.sleep(POLL_S)
        raise MeasurementFailed(f"gorse had not learned after {self.patience_s:.0f} s.")

    def _start(self) -> int:
        self._ports = {name: free_port() for name in self._ports}
        settings = self.folder / "gorse.toml"
        settings.write_text(SETTINGS.format(folder=self.folder, threads=self.threads, **self._ports), encoding="utf-8")
        options = {"config": settings, "cache-path": self.folder / "models.data", "recommend-jobs": self.threads}
        command = [str(self.binary), *(f"--{name}={value}" for name, value in options.items())]
        with (self.folder / "log").open("ab") as log:
            try:
                self._running = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
            except OSError as error:
                raise MeasurementFailed(f"{self.binary} cannot be started: {error}.") from error
        for _ in range(int(START_S / POLL_S)):
            try:
                self._send("GET", "/health/live")
                return self._running.pid
            except MeasurementFailed as error:
                if self._running.poll() is not None:
                    raise MeasurementFailed(f"{self.binary} ended. It said: {self._said()}") from error
                time.sleep(POLL_S)
        raise MeasurementFailed(f"gorse did not start within {START_S:.0f} s. It said: {self._said()}")

    def _stop(self) -> None:
        if self._running is None:
            return
        self._running.send_signal(signal.SIGINT)
        try:
            self._running.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
        self._running = None

    def _send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON it answers
        try:
            answer = self._http.request(method, f"http://{LOOPBACK}:{self._ports['http']}/api{path}", json=body)
            answer.raise_for_status()
            return answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError) as error:
            raise MeasurementFailed(f"gorse did not answer {method} {path}: {error}.") from error

    def _said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-300:].strip()


def feedback(user: str, items: Sequence[int]) -> list[dict[str, str]]:
    """Events of a shopper, oldest first, as gorse takes them: a minute after one another."""
    return [
        {
            "FeedbackType": KIND,
            "UserId": user,
            "ItemId": str(item),
            "Timestamp": (FIRST + timedelta(minutes=place)).isoformat(),
        }
        for place, item in enumerate(items)
    ]
