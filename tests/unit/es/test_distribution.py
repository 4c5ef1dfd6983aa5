"""Fetching and unpacking: once, whole or not at all, and damage noticed. `mvn` is a small script."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from es.embedded import distribution, maven
from es.embedded.distribution import check_machine, check_space, ensure_distribution, is_complete, unpack
from es.embedded.folders import EngineFolders
from es.embedded.java import Jdk
from es.errors import EngineSetupError
from tests.unit.es.programs import program

TOOLS = ("env", "sh", "cp", "mkdir", "dirname", "sleep", "echo", "cat")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A zip in the shape of the real one, but small."""
    path = tmp_path / "sonar.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("sonarqube-1/lib/not-ours.jar", "no")
        target.writestr("sonarqube-1/elasticsearch/", "")
        target.writestr("sonarqube-1/elasticsearch/lib/es.jar", "jar")
        target.writestr("sonarqube-1/elasticsearch/config/jvm.options", "-Xlog")
        target.writestr("sonarqube-1/elasticsearch/../../escaped", "no")
    return path


class Fetching:
    """A machine whose `mvn` runs a script of the test's; every run leaves a line in `runs`."""

    def __init__(self, tmp_path: Path, archive: Path) -> None:
        self.folders = EngineFolders(tmp_path / "cache")
        self.folders.root.mkdir()
        self.jdk = Jdk(tmp_path / "jdk", 25)
        self.bin = tmp_path / "bin"
        self.runs = tmp_path / "runs"
        self.runs.touch()
        self.bring = f'd="$PWD/{maven.ZIP}"; mkdir -p "$(dirname "$d")"; cp {archive} "$d"'
        self.bin.mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found is not None
            (self.bin / tool).symlink_to(found)

    def maven_does(self, script: str) -> None:
        program(self.bin / "mvn", f'echo "$JAVA_HOME $*" >> {self.runs}\n{script}')

    def count(self) -> int:
        return len(self.runs.read_text().splitlines())


@pytest.fixture
def fetching(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> Fetching:
    machine = Fetching(tmp_path, archive)
    monkeypatch.setattr(distribution, "ZIP_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    monkeypatch.setattr(distribution, "BYTES_NEEDED", 1000)
    monkeypatch.setenv("PATH", str(machine.bin))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return machine


def test_fetched_once_by_two_starts_at_once_and_nothing_left_over(fetching: Fetching) -> None:
    fetching.maven_does(f"sleep 0.3; {fetching.bring}")
    with ThreadPoolExecutor(2) as pool:
        homes = {*pool.map(lambda _: ensure_distribution(fetching.folders, fetching.jdk), range(2))}
    assert homes == {fetching.folders.distribution}
    assert fetching.count() == 1
    assert fetching.runs.read_text().startswith(f"{fetching.jdk.home} ")
    assert (fetching.folders.distribution / "lib" / "es.jar").read_text() == "jar"
    assert sorted(path.name for path in fetching.folders.root.iterdir()) == ["elasticsearch-9.4.3", "locks"]


def test_damaged_download_is_fetched_anew(fetching: Fetching) -> None:
    damaged = f'd="$PWD/{maven.ZIP}"; mkdir -p "$(dirname "$d")"; echo half > "$d"'
    fetching.maven_does(f'if [ "$(cat {fetching.runs} | wc -l)" = 1 ]; then {damaged}; else {fetching.bring}; fi')
    wc = shutil.which("wc", path="/usr/bin:/bin")
    assert wc is not None
    (fetching.bin / "wc").symlink_to(wc)
    ensure_distribution(fetching.folders, fetching.jdk)
    assert fetching.count() == 2
    assert is_complete(fetching.folders)


def test_download_damaged_twice_is_refused(fetching: Fetching) -> None:
    fetching.maven_does(f'd="$PWD/{maven.ZIP}"; mkdir -p "$(dirname "$d")"; echo half > "$d"')
    with pytest.raises(EngineSetupError, match="SHA-256 is wrong"):
        ensure_distribution(fetching.folders, fetching.jdk)
    assert not is_complete(fetching.folders)


def test_failing_maven_is_quoted(fetching: Fetching) -> None:
    fetching.maven_does('echo "[INFO] x"; echo "[ERROR] Unknown host somewhere"; echo "[ERROR] more"; exit 1')
    with pytest.raises(EngineSetupError, match=r"Maven could not fetch .*: Unknown host somewhere - check the net"):
        ensure_distribution(fetching.folders, fetching.jdk)


def test_full_disk_under_maven_is_named(fetching: Fetching) -> None:
    fetching.maven_does('echo "[ERROR] foo: No space left on device"; exit 1')
    with pytest.raises(EngineSetupError, match="disk filled up"):
        ensure_distribution(fetching.folders, fetching.jdk)


def test_no_maven_says_how_to_get_it(fetching: Fetching) -> None:
    with pytest.raises(maven.MavenMissing, match="no mvn is on PATH"):
        ensure_distribution(fetching.folders, fetching.jdk)


def test_zip_that_an_earlier_build_left_is_used_and_kept(
    fetching: Fetching, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "home" / ".m2" / "repository" / maven.ZIP
    theirs.parent.mkdir(parents=True)
    shutil.copyfile(archive, theirs)
    monkeypatch.setattr(maven, "ZIP_BYTES", archive.stat().st_size)
    ensure_distribution(fetching.folders, fetching.jdk)
    assert fetching.count() == 0
    assert theirs.exists()


def test_complete_distribution_needs_neither_maven_nor_lock(fetching: Fetching, archive: Path) -> None:
    unpack(archive, fetching.folders.distribution)
    assert ensure_distribution(fetching.folders, fetching.jdk) == fetching.folders.distribution


def test_unpacking_replaces_what_a_killed_run_left(tmp_path: Path, archive: Path) -> None:
    target = tmp_path / "elasticsearch-9.4.3"
    (target / "lib").mkdir(parents=True)  # no marker: not whole
    (target / "lib" / "old.jar").touch()
    leftover = tmp_path / "elasticsearch-9.4.3.unpacking"
    leftover.mkdir()
    (leftover / "old").touch()
    unpack(archive, target)
    assert sorted(path.name for path in target.iterdir()) == [".complete", "config", "lib"]
    assert [path.name for path in (target / "lib").iterdir()] == ["es.jar"]
    assert not leftover.exists()
    assert not list(tmp_path.rglob("escaped*"))


def test_broken_zip_leaves_nothing(tmp_path: Path, archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[content.index(b"-Xlog")] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(zipfile.BadZipFile):
        unpack(archive, tmp_path / "target")
    assert not list(tmp_path.glob("target*"))


def test_unpacked_files_can_be_read_by_another_account_whatever_the_umask(tmp_path: Path, archive: Path) -> None:
    before = os.umask(0o077)
    try:
        unpack(archive, tmp_path / "target")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "target").rglob("*") if path.name != ".complete"}
    assert modes == {0o755, 0o644}


def test_too_little_space_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(EngineSetupError, match=r"GB are free .* SHOPSCOUT_CACHE_DIR"):
        check_space(tmp_path, 10**18)


@pytest.mark.parametrize(("system", "machine"), [("Linux", "riscv64"), ("FreeBSD", "x86_64"), ("Linux", "i686")])
def test_machine_without_native_code_is_named(system: str, machine: str) -> None:
    with pytest.raises(EngineSetupError, match=f"not for {system} {machine}"):
        check_machine(system, machine)


@pytest.mark.parametrize(("system", "machine"), [("Linux", "amd64"), ("Linux", "aarch64"), ("Darwin", "arm64")])
def test_usual_machines_are_accepted(system: str, machine: str) -> None:
    check_machine(system, machine)


def test_maven_of_a_killed_start_is_ended_before_another_begins(fetching: Fetching) -> None:
    repository = fetching.folders.root / "maven"
    idle = [sys.executable, "-c", "import time; time.sleep(60)", f"-Dmaven.repo.local={repository}"]
    with subprocess.Popen(idle) as orphan:
        fetching.maven_does(fetching.bring)
        ensure_distribution(fetching.folders, fetching.jdk)
        orphan.wait(5)  # TimeoutExpired if it were still there
    assert not repository.exists()


def test_interrupted_fetch_takes_maven_with_it(fetching: Fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    fetching.maven_does("exec sleep 60")
    started: list[subprocess.Popen[bytes]] = []

    def interrupt(process: subprocess.Popen[bytes], _: Path) -> None:
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(maven, "_watch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ensure_distribution(fetching.folders, fetching.jdk)
    assert started[0].poll() is not None
