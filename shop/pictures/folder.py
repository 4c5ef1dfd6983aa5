"""Pictures in a folder of this machine."""

from collections.abc import Callable
from pathlib import Path

from shop.pictures.errors import PictureUnavailable, SourceUnusable
from shop.pictures.picture import Content, Known, PictureRef, content_of
from shop.pictures.source import inside


class FolderPictures:
    """The files below `folder`. Raises SourceUnusable if it is none."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        if not folder.is_dir():
            raise SourceUnusable(
                f"{folder} is no folder of pictures; --pictures takes a folder, a .zip file, or `web`."
            )
        self._folder = folder.resolve()
        self._max_bytes = max_bytes

    def locate(self, name: str) -> PictureRef | None:
        """The file at this path in the folder; None where there is none, or it lies outside (a link)."""
        relative = inside(name)
        if relative is None:
            return None
        try:
            path = (self._folder / relative).resolve()
            there = path.is_file() and path.is_relative_to(self._folder)
        except (OSError, ValueError):  # a name that is too long, a loop of links
            return None
        return PictureRef(str(relative), _reader(path, self._max_bytes)) if there else None


def _reader(path: Path, max_bytes: int) -> Callable[[Known], Content]:
    def read(_known: Known) -> Content:
        try:
            with path.open("rb") as file:
                content = file.read(max_bytes + 1)
        except OSError as error:
            raise PictureUnavailable(f"it cannot be read: {error.strerror or error}") from error
        if len(content) > max_bytes:
            raise PictureUnavailable(f"it is larger than {max_bytes / 1e6:g} MB")
        return content_of(content)

    return read
