"""Where the embedded server lives on disk.

    <root>/elasticsearch-<version>/          the distribution, shared by every server of this user
    <root>/servers/<data name>/config|data|logs|tmp|snapshots
    <root>/locks/                            one file a lock

`<root>` is SHOPSCOUT_CACHE_DIR. Where we are root and the server's own account may not enter that folder
(/root is usually closed), it is a folder of the same meaning below /var/cache/shopscout.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from es.embedded.account import Account
from es.errors import EngineSetupError

VERSION = "9.4.3"
OPEN_TO_ALL = Path("/var/cache/shopscout")


@dataclass(frozen=True, slots=True)
class ServerFolders:
    """The folders of one server; `token` tells its processes and containers from those of other servers."""

    home: Path
    start_lock: Path

    @property
    def config(self) -> Path:
        return self.home / "config"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def tmp(self) -> Path:
        return self.home / "tmp"

    @property
    def snapshots(self) -> Path:
        return self.home / "snapshots"

    @property
    def cluster_name(self) -> str:
        return f"shopscout-{self.home.name}"

    @property
    def log_file(self) -> Path:
        """The server's own log, from its first words on, rotated by it."""
        return self.logs / f"{self.cluster_name}.log"

    @property
    def launch_log(self) -> Path:
        """What the last start said, also where it died too early for a log."""
        return self.logs / "launch.log"

    @property
    def token(self) -> str:
        return hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class EngineFolders:
    """Everything that belongs to one cache folder."""

    root: Path

    @property
    def distribution(self) -> Path:
        return self.root / f"elasticsearch-{VERSION}"

    @property
    def download_lock(self) -> Path:
        return self.root / "locks" / "download.lock"

    def server(self, data_name: str) -> ServerFolders:
        """Folders of the server called `data_name` (letters, digits, - and _). ValueError for other names."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", data_name):
            raise ValueError(f"{data_name!r} is no name for a server: use letters, digits, - and _")
        return ServerFolders(self.root / "servers" / data_name, self.root / "locks" / f"server-{data_name}.lock")


def engine_folders(cache_dir: Path, account: Account) -> EngineFolders:
    """The folders for this cache and account, created as far as the account must be able to pass."""
    wanted = Path(os.path.abspath(cache_dir.expanduser()))
    root = wanted if _reachable(wanted, account) else OPEN_TO_ALL / str(wanted).strip("/").replace("/", "-")
    try:
        _make(root / "servers", account)
    except OSError as error:
        raise EngineSetupError(
            f"the folder {root} cannot be made ({error.strerror}); set SHOPSCOUT_CACHE_DIR to a folder that "
            "can be written" + (" and entered by every user." if account.switched else ".")
        ) from error
    return EngineFolders(root)


def _reachable(path: Path, account: Account) -> bool:
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    return not account.switched or account.can_reach(existing)


def _make(folder: Path, account: Account) -> None:
    """Make `folder` and what is missing above it; where the account is not ours, open to readers."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(exist_ok=True)
        if account.switched:
            missing.chmod(0o755)
