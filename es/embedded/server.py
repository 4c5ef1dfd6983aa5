"""A real Elasticsearch on this machine: started, found again, stopped."""

import shutil
import sys
import time
from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from es.answers import shards_are_there, version_at
from es.embedded import docker, ports
from es.embedded.account import server_account
from es.embedded.config import configured_port, write_config
from es.embedded.distribution import check_machine, check_space, ensure_distribution, is_complete
from es.embedded.folders import VERSION, engine_folders
from es.embedded.java import JavaMissing, Jdk, find_jdk
from es.embedded.launch import PortTaken, last_words, launch, wait_for_launcher
from es.embedded.lock import exclusive
from es.embedded.maven import MavenMissing, find_maven
from es.embedded.processes import LAUNCHER_MARK, SERVER_MARK, end, find, heap_of
from es.embedded.progress import say
from es.errors import EngineSetupError
from es.settings import EngineSettings

STOP_GRACE_S = 30.0
SHARDS_WAIT_S = 30.0
# Below the flood stage every index becomes read-only, so a start would only look like one.
BYTES_TO_START = 600_000_000


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of a server. `version` is empty while it does not answer, `pid` None in a container."""

    running: bool
    pid: int | None
    url: str
    version: str
    heap: str
    data_dir: Path
    log_file: Path


class EmbeddedServer:
    """One server of this user. Another `data_name` means other data, logs, port and process.

    The server called "default" listens on SHOPSCOUT_ES_PORT if it can; the others on any free port. The
    methods may be called by several processes at once.
    """

    def __init__(self, settings: EngineSettings, *, data_name: str = "default") -> None:
        if sys.platform == "win32":
            raise EngineSetupError("the embedded server needs Linux, macOS or WSL; set SHOPSCOUT_ES_URL instead.")
        self._settings = settings
        self._data_name = data_name
        self._account = server_account()
        self._engine = engine_folders(settings.cache_dir, self._account)
        self._folders = self._engine.server(data_name)
        self._container = docker.Container(self._folders)

    def start(self) -> str:
        """URL of the running server, which is fetched and started first if need be.

        Returns at once if it runs already and its indices can be searched. EngineSetupError, saying how to
        mend it, if it cannot be had.
        """
        status = self.status()
        if status.version and shards_are_there(status.url, timeout_s=0):
            return status.url
        with self._alone():
            wait_for_launcher(self._folders, self._settings.es_start_timeout_s)
            if not self._is_alive():
                self._launch()
            url = self._wait_for_answer()
            if not shards_are_there(url, timeout_s=SHARDS_WAIT_S):
                say(f"some indices of {url} cannot be searched yet")
            return url

    def stop(self) -> bool:
        """Stop the server; its data stays. False if it did not run."""
        with self._alone():
            ran = self._is_alive()
            for mark in (LAUNCHER_MARK, SERVER_MARK):
                process = find(mark, self._folders.token)
                if process is not None:
                    end(process, grace_s=STOP_GRACE_S)
            self._container.remove()
            return ran

    def status(self) -> ServerStatus:
        """What runs now, without waiting for anybody."""
        process = find(SERVER_MARK, self._folders.token)
        port = configured_port(self._folders) if process else self._container.port()
        url = f"http://{ports.LOOPBACK}:{port}" if port else ""
        return ServerStatus(
            running=bool(process or url),
            pid=process.pid if process else None,
            url=url,
            version=version_at(url) if url else "",
            heap=heap_of(process) if process else "",
            data_dir=self._folders.data,
            log_file=self._folders.log_file,
        )

    def logs(self, lines: int = 50) -> list[str]:
        """The last lines of the server's log (of its last start, if it died there); none if it never ran."""
        if self._container.port():
            return self._container.logs(lines).splitlines()
        found = [path for path in (self._folders.log_file, self._folders.launch_log) if path.exists()]
        if not found:
            return []
        newest = max(found, key=lambda path: path.stat().st_mtime)
        with newest.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, maxlen=lines)]

    @classmethod
    def known(cls, settings: EngineSettings) -> list[str]:
        """Data names of the servers that were started and not erased since."""
        servers = engine_folders(settings.cache_dir, server_account()).root / "servers"
        return sorted(folder.name for folder in servers.iterdir()) if servers.is_dir() else []

    def erase(self) -> None:
        """Stop the server and delete its data and logs for good."""
        self.stop()
        with self._alone():
            self._container.remove(with_data=True)
            shutil.rmtree(self._folders.home, ignore_errors=True)

    def _alone(self) -> AbstractContextManager[None]:
        waiting = "another process is starting or stopping this server; waiting for it"
        return exclusive(self._folders.start_lock, waiting=waiting, timeout_s=3600 + self._settings.es_start_timeout_s)

    def _is_alive(self) -> bool:
        return find(SERVER_MARK, self._folders.token) is not None or self._container.port() is not None

    def _launch(self) -> None:
        check_machine()
        try:
            jdk = find_jdk(self._settings.java_home, self._account)
            if not is_complete(self._engine):
                find_maven()
        except (JavaMissing, MavenMissing):
            if not docker.engine_answers():
                raise
            self._container.run(self._port(), self._settings.jvm, self._settings.es_start_timeout_s)
            return
        self._launch_process(jdk)

    def _launch_process(self, jdk: Jdk) -> None:
        distribution = ensure_distribution(self._engine, jdk)
        check_space(self._engine.root, BYTES_TO_START)
        for _ in range(3):
            port = self._port()
            say(f"starting Elasticsearch {VERSION} on port {port} with {self._settings.es_heap} of heap")
            try:
                write_config(distribution, self._folders, port)
                launch(
                    distribution,
                    self._folders,
                    jdk,
                    self._settings.jvm,
                    self._account,
                    self._settings.es_start_timeout_s,
                )
                return
            except PortTaken:
                say(f"port {port} was taken in the meantime; trying another")
            except OSError as error:
                raise EngineSetupError(f"{self._folders.home} cannot be used: {error.strerror or error}.") from error
        raise EngineSetupError("the ports chosen were taken three times in a row; set SHOPSCOUT_ES_PORT to a free one.")

    def _port(self) -> int:
        if self._data_name != "default":
            return ports.choose(configured_port(self._folders))
        port = ports.choose(self._settings.es_port)
        if port != self._settings.es_port:
            say(f"port {self._settings.es_port} is taken by another program; using {port}")
        return port

    def _wait_for_answer(self) -> str:
        deadline = time.monotonic() + self._settings.es_start_timeout_s
        while time.monotonic() < deadline:
            status = self.status()
            if not status.running:
                break
            if status.version:
                return status.url
            time.sleep(0.2)
        words = last_words("\n".join(self.logs(30)))
        raise EngineSetupError(
            f"Elasticsearch started but does not answer; its last words: {words}. "
            "Try `python -m es down`, then up again."
        )
