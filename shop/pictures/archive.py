"""Pictures in a .zip file, read where they lie: nothing is unpacked to disk."""

import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from shop.pictures.errors import PictureUnavailable, SourceUnusable
from shop.pictures.picture import Content, Known, PictureRef, content_of
from shop.pictures.source import inside

# What zipfile raises for entries that are damaged, encrypted, or packed in a way it does not know (a RuntimeError).
_BROKEN = (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)


class ZipPictures:
    """The files in an archive. Raises SourceUnusable if it is none. Thread-safe; close it after use.

    Where all entries lie in one top folder, that folder's name may be left out of their paths.
    """

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise SourceUnusable(f"{path} cannot be read as a .zip file of pictures: {error}.") from error
        self._max_bytes = max_bytes
        # Entries whose names lead out of the archive are none that could be asked for.
        named = ((inside(info.filename), info) for info in self._archive.infolist() if not info.is_dir())
        self._entries = {str(name): info for name, info in named if name is not None}
        tops = {name.partition("/")[0] for name in self._entries}
        self._top = f"{tops.pop()}/" if len(tops) == 1 else ""

    def locate(self, name: str) -> PictureRef | None:
        """The entry of this path; None where there is none."""
        path = inside(name)
        for known in (str(path), f"{self._top}{path}") if path is not None else ():
            if (info := self._entries.get(known)) is not None:
                return PictureRef(known, self._reader(info))
        return None

    def close(self) -> None:
        """Close the file. Harmless if repeated."""
        self._archive.close()

    def _reader(self, info: zipfile.ZipInfo) -> Callable[[Known], Content]:
        def read(_known: Known) -> Content:
            try:
                with self._archive.open(info) as file:
                    # What the entry says of its own size may be wrong: no more than this is unpacked.
                    content = file.read(self._max_bytes + 1)
            except _BROKEN as error:
                raise PictureUnavailable(f"it cannot be unpacked: {error}") from error
            if len(content) > self._max_bytes:
                raise PictureUnavailable(f"it is larger than {self._max_bytes / 1e6:g} MB")
            return content_of(content)

        return read
