"""The account that the server runs under: ours, or another where we are root, which Elasticsearch refuses."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

# A number that belongs to nobody: outside the ranges that Debian, Fedora and macOS hand out.
UNPRIVILEGED_ID = 64920


@dataclass(frozen=True, slots=True)
class Account:
    """User and group id of the server; `switched` where they are not ours."""

    uid: int
    gid: int
    switched: bool

    def can_reach(self, path: Path) -> bool:
        """Whether the account may read `path` and pass every folder above it (`path` must exist)."""
        if not self.switched:
            return os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))
        real = path.resolve()
        return self._may(real, stat.S_IROTH) and all(self._may(folder, stat.S_IXOTH) for folder in real.parents)

    def _may(self, path: Path, for_others: int) -> bool:
        status = path.stat()
        # The bit of the owner stands six places to the left of the bit of the others.
        needed = for_others << 6 if status.st_uid == self.uid else for_others
        return bool(status.st_mode & needed)

    def own(self, folder: Path) -> None:
        """Give `folder` and all below it to the account."""
        if not self.switched:
            return
        os.chown(folder, self.uid, self.gid)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent, name), self.uid, self.gid, follow_symlinks=False)


def server_account() -> Account:
    """The account for a server that this process starts."""
    if os.geteuid() == 0:
        return Account(UNPRIVILEGED_ID, UNPRIVILEGED_ID, switched=True)
    return Account(os.geteuid(), os.getegid(), switched=False)
