"""The Elasticsearch distribution on this machine: fetched once a user, checked, unpacked, then only read."""

import hashlib
import os
import platform
import shutil
import zipfile
from pathlib import Path, PurePosixPath

from es.embedded import maven
from es.embedded.folders import VERSION, EngineFolders
from es.embedded.java import Jdk
from es.embedded.lock import exclusive
from es.embedded.progress import say
from es.errors import EngineSetupError

ZIP_SHA256 = "b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb"
BYTES_NEEDED = 2_000_000_000  # the zip, what is unpacked of it, and room for a first index
DOWNLOAD_TIMEOUT_S = 3600.0
# Written last, inside the folder, so that its presence says that all the rest is there.
COMPLETE = ".complete"
PLATFORMS = {("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "x86_64"), ("Darwin", "arm64")}


def check_machine(system: str = "", machine: str = "") -> None:
    """EngineSetupError if this Elasticsearch has no native code for the machine (default: this one)."""
    system, machine = system or platform.system(), machine or platform.machine()
    if (system, {"amd64": "x86_64", "AMD64": "x86_64"}.get(machine, machine)) not in PLATFORMS:
        raise EngineSetupError(
            f"Elasticsearch {VERSION} is not for {system} {machine} (only for Linux and macOS, x86-64 and "
            "ARM64); set SHOPSCOUT_ES_URL to a server on another machine."
        )


def is_complete(folders: EngineFolders) -> bool:
    """Whether the distribution is there, whole."""
    return (folders.distribution / COMPLETE).is_file()


def ensure_distribution(folders: EngineFolders, jdk: Jdk) -> Path:
    """ES_HOME of the distribution; fetched and unpacked first if need be, by one process at a time."""
    if is_complete(folders):
        return folders.distribution
    waiting = "another process is fetching Elasticsearch; waiting for it"
    with exclusive(folders.download_lock, waiting=waiting, timeout_s=DOWNLOAD_TIMEOUT_S):
        if not is_complete(folders):
            try:
                _install(folders, jdk)
            except OSError as error:
                raise EngineSetupError(
                    f"Elasticsearch could not be put into {folders.root} ({error.strerror or error}); "
                    "mend that, or set SHOPSCOUT_CACHE_DIR to another folder."
                ) from error
    return folders.distribution


def _install(folders: EngineFolders, jdk: Jdk) -> None:
    check_space(folders.root, BYTES_NEEDED)
    repository = folders.root / "maven"
    archive = maven.already_fetched()
    if archive is None or not is_intact(archive):
        archive = _fetch_intact(jdk, repository)
    say(f"unpacking Elasticsearch {VERSION} into {folders.distribution}")
    unpack(archive, folders.distribution)
    shutil.rmtree(repository, ignore_errors=True)


def check_space(folder: Path, needed: int) -> None:
    """EngineSetupError if fewer than `needed` bytes are free on the disk of `folder`."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise EngineSetupError(
            f"only {free / 1e9:.1f} GB are free on the disk of {folder}, {needed / 1e9:.1f} GB are needed; "
            "free some space or set SHOPSCOUT_CACHE_DIR to another disk."
        )


def _fetch_intact(jdk: Jdk, repository: Path) -> Path:
    for _ in range(2):
        say(f"fetching Elasticsearch {VERSION} from Maven Central, once ({maven.ZIP_BYTES / 1e6:.0f} MB)")
        archive = maven.fetch(jdk, repository)
        if is_intact(archive):
            return archive
        # Half a file that an earlier run left: throw it away and fetch the whole.
        shutil.rmtree(repository, ignore_errors=True)
        say("the file that came is damaged")
    raise EngineSetupError(
        "Maven brought a damaged Elasticsearch twice (its SHA-256 is wrong); check the mirror in "
        "~/.m2/settings.xml, or set SHOPSCOUT_ES_URL to a server of your own."
    )


def is_intact(archive: Path) -> bool:
    """Whether the file is, byte for byte, the one that this product was tested with."""
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == ZIP_SHA256


def unpack(archive: Path, target: Path) -> None:
    """Unpack the folder `<any>/elasticsearch/` of `archive` as `target`, which appears whole or not at all.

    OSError if the disk does not allow it; nothing of it is left then.
    """
    for leftover in target.parent.glob(f"{target.name}.unpacking*"):
        shutil.rmtree(leftover, ignore_errors=True)
    half = target.with_name(f"{target.name}.unpacking")
    try:
        _fill(archive, half)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    shutil.rmtree(target, ignore_errors=True)
    half.rename(target)


def _fill(archive: Path, half: Path) -> None:
    # Modes are set by hand: the server's account must be able to read all of it, whatever our umask.
    half.mkdir()
    half.chmod(0o755)
    with zipfile.ZipFile(archive) as source:
        for entry in source.infolist():
            parts = PurePosixPath(entry.filename).parts
            if len(parts) > 2 and parts[1] == "elasticsearch" and ".." not in parts:
                _write(source, entry, half.joinpath(*parts[2:]))
    for folder in filter(Path.is_dir, half.rglob("*")):
        folder.chmod(0o755)
    if not (half / "lib").is_dir():
        raise EngineSetupError(f"there is no Elasticsearch in {archive}; delete the file and run it again.")
    with (half / COMPLETE).open("w") as marker:
        marker.write(f"{VERSION}\n")
        marker.flush()
        os.fsync(marker.fileno())


def _write(source: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with source.open(entry) as content, path.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    path.chmod(0o755 if path.parent.name == "bin" else 0o644)
