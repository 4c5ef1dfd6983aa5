"""The renders behind the pictures: fetched once from the npm registry, kept in the cache folder."""

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from shop.demo.errors import RendersUnavailable

PACKAGE = "@lobehub/fluent-emoji-3d"
VERSION = "1.1.0"
_FETCH_TIMEOUT_S = 120


def fetch_renders(codes: Iterable[str], folder: Path, npm: str = "npm") -> dict[str, Path]:
    """Return the WebP file of each code point, such as 1f392, fetching the package if one is not there.

    `npm` is the program that fetches. Raises RendersUnavailable, saying why, where that cannot be done.
    """
    wanted = set(codes)
    if missing := {code for code in wanted if not _file(folder, code)}:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _unpack(_download(Path(scratch), npm), missing, folder, Path(scratch))
    found = {code: path for code in wanted if (path := _file(folder, code))}
    if absent := sorted(wanted - found.keys()):
        raise RendersUnavailable(f"{PACKAGE} {VERSION} has no render of {', '.join(absent)}")
    return found


def _file(folder: Path, code: str) -> Path | None:
    # Some code points carry the variation selector in their file's name.
    candidates = (folder / f"{code}.webp", folder / f"{code}-fe0f.webp")
    return next((path for path in candidates if path.is_file()), None)


def _download(scratch: Path, npm: str) -> Path:
    program = shutil.which(npm)
    if program is None:
        raise RendersUnavailable("npm is not installed")
    command = [program, "pack", f"{PACKAGE}@{VERSION}", "--silent", "--fetch-retries=1"]
    command += ["--pack-destination", str(scratch)]
    try:
        subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=_FETCH_TIMEOUT_S, check=True)
        return next(scratch.glob("*.tgz"))
    except subprocess.TimeoutExpired as error:
        raise RendersUnavailable(f"npm gave no answer in {_FETCH_TIMEOUT_S} s") from error
    except (subprocess.CalledProcessError, OSError, StopIteration) as error:
        lines = [line for line in str(getattr(error, "stderr", None) or error).splitlines() if line.strip()]
        said = lines[-1] if lines else "nothing"
        raise RendersUnavailable(f"npm could not fetch {PACKAGE} {VERSION}; it said: {said}") from error


def _unpack(archive: Path, codes: set[str], folder: Path, scratch: Path) -> None:
    names = {f"package/assets/{code}{suffix}.webp" for code in codes for suffix in ("", "-fe0f")}
    try:
        with tarfile.open(archive) as package:
            for member in package:
                if member.name in names and member.isfile() and (source := package.extractfile(member)):
                    part = scratch / "part"
                    part.write_bytes(source.read())
                    os.replace(part, folder / Path(member.name).name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise RendersUnavailable(f"the fetched {PACKAGE} cannot be unpacked: {error}") from error
