"""From settings and the names of sources to the pictures of products."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from embed.load import picture_embedder, vector_cache
from embed.settings import EmbedSettings
from shop.pictures.archive import ZipPictures
from shop.pictures.folder import FolderPictures
from shop.pictures.source import Fetcher, Files, PictureFinder
from shop.pictures.vectors import ProductPictures
from shop.settings import PictureSettings

ON_THE_WEB = "web"
"""The source that stands for the http(s) addresses of the products themselves."""


@contextmanager
def open_pictures(
    places: Sequence[str], embedding: EmbedSettings, settings: PictureSettings
) -> Iterator[ProductPictures]:
    """Pictures from these folders and .zip files, and from their web addresses where one of the places is `web`, with
    the model that the settings name. data: addresses are always read. Raises SourceUnusable, ModelUnavailable."""
    with ExitStack() as stack:
        files = [_files(place, settings.max_bytes, stack) for place in places if place != ON_THE_WEB]
        web = stack.enter_context(_web(embedding, settings)) if ON_THE_WEB in places else None
        finder = PictureFinder(files, web, max_bytes=settings.max_bytes)
        model, cache = picture_embedder(embedding), vector_cache(embedding)
        yield stack.enter_context(ProductPictures(finder, model, settings, cache))


def absolute(place: str) -> str:
    """A source as it is called wherever a command is started."""
    return place if place == ON_THE_WEB else str(Path(place).expanduser().absolute())


def _files(place: str, max_bytes: int, stack: ExitStack) -> Files:
    path = Path(place).expanduser()
    if path.is_file() and zipfile.is_zipfile(path):
        return stack.enter_context(closing(ZipPictures(path, max_bytes=max_bytes)))
    return FolderPictures(path, max_bytes=max_bytes)


@contextmanager
def _web(embedding: EmbedSettings, settings: PictureSettings) -> Iterator[Fetcher]:
    # Late: what fetches is not needed for folders, and takes a while to import.
    from shop.pictures.records import FetchRecords
    from shop.pictures.web import WebPictures

    # Beside the vectors, for without these a record of what was fetched is worth nothing.
    path = embedding.vector_cache_path.expanduser().with_name("pictures.sqlite3")
    with closing(WebPictures(settings, FetchRecords(path) if embedding.vector_cache_mb else None)) as web:
        yield web
