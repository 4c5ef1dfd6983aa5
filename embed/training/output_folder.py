"""A folder that is written whole or not at all, by one process at a time."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from embed.model_files import MANIFEST


class FolderBusy(Exception):
    """Another process is writing this folder."""


class FolderNotOurs(Exception):
    """There is something else at this place, which is not overwritten."""


@contextlib.contextmanager
def written_whole(out: Path) -> Iterator[Path]:
    """An empty folder to write into; it takes the place of `out` when the block ends well, else it is removed.

    What a killed process left behind is cleared away by the next one. Raises FolderBusy, FolderNotOurs.
    """
    out = out.expanduser().absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    new, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    with _lock(out.with_name(f".{out.name}.lock"), out):
        if old.exists() and not out.exists():
            old.rename(out)
        if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
            raise FolderNotOurs(f"{out} holds something that is no exported model: give another --out, or remove it")
        for rest in (new, old):
            shutil.rmtree(rest, ignore_errors=True)
        new.mkdir()
        try:
            yield new
            if out.exists():
                out.rename(old)
            new.rename(out)
        finally:
            for rest in (new, old):
                shutil.rmtree(rest, ignore_errors=True)


@contextlib.contextmanager
def _lock(path: Path, out: Path) -> Iterator[None]:
    # An advisory lock of the kernel's: it goes with the process that held it, however that ends.
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise FolderBusy(f"another export is writing {out}: wait for it, or give another --out") from error
        # The file may have been removed by its last holder between the two calls.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                break
        os.close(descriptor)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)
