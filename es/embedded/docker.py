"""The second way: the official image, where a Docker engine answers and Java or Maven is missing."""

import shutil
import subprocess

from es.embedded.folders import VERSION, ServerFolders
from es.embedded.ports import LOOPBACK
from es.embedded.progress import say
from es.errors import EngineSetupError

IMAGE = f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}"
# `python -m es backups` writes there.
BACKUPS = "/usr/share/elasticsearch/backups"


def engine_answers() -> bool:
    """Whether there is a docker command with an engine behind it."""
    if shutil.which("docker") is None:
        return False
    try:
        return _docker("version", "--format", "{{.Server.Version}}", timeout_s=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


class Container:
    """One server in a container, its data and backups in named volumes. All bear the server's token in their name."""

    def __init__(self, folders: ServerFolders) -> None:
        self.name = f"shopscout-es-{folders.home.name}-{folders.token[:8]}"
        self._backups = f"{self.name}-backups"
        # Present while the container exists: without it nobody need ask Docker anything.
        self._marker = folders.home / "container"

    def run(self, port: int, jvm: str, timeout_s: float) -> None:
        """Start the container (pulling the image first if need be). EngineSetupError if Docker will not."""
        say(f"starting {IMAGE} with Docker (its first start fetches the image)")
        self.remove()
        self._marker.parent.mkdir(parents=True, exist_ok=True)
        self._marker.write_text(self.name)
        options = {
            "discovery.type": "single-node",
            "xpack.security.enabled": "false",
            "cluster.routing.allocation.disk.watermark.low": "2gb",
            "cluster.routing.allocation.disk.watermark.high": "1gb",
            "cluster.routing.allocation.disk.watermark.flood_stage": "500mb",
            "ingest.geoip.downloader.enabled": "false",
            "path.repo": BACKUPS,
            "ES_JAVA_OPTS": jvm,
        }
        arguments = ["--name", self.name, "-p", f"{LOOPBACK}:{port}:9200"]
        backups = ["-v", f"{self._backups}:{BACKUPS}"]
        arguments += ["-v", f"{self.name}:/usr/share/elasticsearch/data", *backups]
        arguments += [part for name, value in options.items() for part in ("-e", f"{name}={value}")]
        try:
            # A new volume belongs to root, and Elasticsearch in the image is another user. This fetches the image too.
            owned = ["--rm", "--user", "0", "--network", "none", *backups, "--entrypoint", "chown"]
            answer = _docker("run", *owned, IMAGE, "1000:0", BACKUPS, timeout_s=timeout_s + 1800)
            if answer.returncode == 0:
                answer = _docker("run", "-d", *arguments, IMAGE, timeout_s=timeout_s)
        except subprocess.TimeoutExpired as error:
            raise EngineSetupError(f"Docker did not start {IMAGE} within {error.timeout:.0f} s.") from error
        if answer.returncode != 0:
            raise EngineSetupError(f"Docker could not start {IMAGE}: {answer.stderr.strip()[-400:]}")

    def port(self) -> int | None:
        """The port of the running container on this machine; None if it does not run."""
        if not self._marker.exists():
            return None
        try:
            answer = _docker("port", self.name, "9200/tcp", timeout_s=15)
        except (OSError, subprocess.TimeoutExpired):
            return None
        _, colon, port = answer.stdout.strip().partition("\n")[0].rpartition(":")
        return int(port) if answer.returncode == 0 and colon and port.isdigit() else None

    def logs(self, lines: int) -> str:
        """The last lines that the container said."""
        answer = _docker("logs", "--tail", str(lines), self.name, timeout_s=15)
        return answer.stdout + answer.stderr

    def remove(self, *, with_data: bool = False) -> None:
        """Stop and remove the container; its volumes stay unless `with_data`."""
        if not self._marker.exists():
            return
        _docker("stop", self.name, timeout_s=90)
        _docker("rm", "-f", self.name, timeout_s=30)
        if with_data:
            _docker("volume", "rm", "-f", self.name, self._backups, timeout_s=30)
        self._marker.unlink()


def _docker(*arguments: str, timeout_s: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=timeout_s, check=False)
