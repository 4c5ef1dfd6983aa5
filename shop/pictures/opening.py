"""From settings and the names of sources to the pictures of products."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from embed.load import picture_embedder, vector_cache
from embed.settings import EmbedSettings
from shop.pictures.folder import FolderPictures
from shop.pictures.source import Files, PictureFinder
from shop.pictures.vectors import ProductPictures
from shop.settings import PictureSettings


@contextmanager
def open_pictures(
    places: Sequence[str], embedding: EmbedSettings, settings: PictureSettings
) -> Iterator[ProductPictures]:
    """Pictures from these folders, with the model that the settings name. Raises SourceUnusable, ModelUnavailable."""
    files: list[Files] = [FolderPictures(Path(place).expanduser(), max_bytes=settings.max_bytes) for place in places]
    finder = PictureFinder(files)
    with ProductPictures(finder, picture_embedder(embedding), settings, vector_cache(embedding)) as pictures:
        yield pictures
