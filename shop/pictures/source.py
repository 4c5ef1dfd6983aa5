"""Where the pictures of a product are: by the addresses of its feed, or by its id."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urlsplit

from shop.pictures.data_uri import data_ref
from shop.pictures.errors import PictureUnavailable
from shop.pictures.picture import Content, Known, PictureRef
from shop.products.document import Product

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff")
WEB = ("http", "https")


class Files(Protocol):
    """A folder or an archive of pictures."""

    def locate(self, name: str) -> PictureRef | None:
        """The file at this relative path ("m/b/mb01.jpg"), None where there is none; never one outside of it."""
        ...


class Fetcher(Protocol):
    """Pictures at http(s) addresses."""

    def ref(self, address: str) -> PictureRef:
        """The picture at this address; nothing is fetched yet."""
        ...


class PictureFinder:
    """Finds the pictures of products in folders and archives, in data: addresses of up to `max_bytes`, and on the web
    where a fetcher is given."""

    def __init__(self, files: Sequence[Files], fetcher: Fetcher | None = None, *, max_bytes: int = 10_000_000) -> None:
        self._files = files
        self._fetcher = fetcher
        self._max_bytes = max_bytes

    def refs(self, product: Product) -> list[PictureRef]:
        """The pictures of a product: those of its addresses, in their order; if none of these is a file, the one
        that has its id as its name, where there is one. Addresses that lead nowhere fail when they are read."""
        found = [self._held(address) for address in product.images]
        if not any(found):
            by_id = [ref for ending in ENDINGS for ref in self._located(f"{product.product_id}{ending}")]
            if by_id:
                return by_id[:1]
        return [ref or self._elsewhere(address) for ref, address in zip(found, product.images, strict=True)]

    def _held(self, address: str) -> PictureRef | None:
        """The picture that the address itself holds, or that lies in a folder or archive under its name."""
        scheme = _scheme(address)
        if scheme == "data":
            return data_ref(address, self._max_bytes)
        return next((ref for name in _names(address, scheme) for ref in self._located(name)), None)

    def _elsewhere(self, address: str) -> PictureRef:
        """The picture on the web; or one that fails as it is read, and says why."""
        scheme = _scheme(address)
        if scheme in WEB and self._fetcher is not None:
            return self._fetcher.ref(address)
        if scheme and scheme not in WEB:
            return PictureRef(address, _fails(f"addresses that begin with {scheme}: are not read"))
        return PictureRef(address, _fails(self._nowhere(scheme)))

    def _nowhere(self, scheme: str) -> str:
        if self._files:
            return "it is not among the files of --pictures"
        return "it is a path, and --pictures names no folder" if not scheme else "--pictures does not say web"

    def _located(self, name: str) -> Iterator[PictureRef]:
        for files in self._files:
            if (ref := files.locate(name)) is not None:
                yield ref


def inside(name: str) -> PurePosixPath | None:
    """A relative path in its plain form; None if it leads out of the folder it is relative to, or is no path."""
    path = PurePosixPath(name.replace("\\", "/").lstrip("/"))
    bad = ".." in path.parts or not path.parts or "\0" in name or ":" in path.parts[0]
    return None if bad else path


def _scheme(address: str) -> str:
    head, colon, _ = address.partition(":")
    return head.lower() if colon and head.isalnum() and len(head) > 1 else ""


def _names(address: str, scheme: str) -> list[str]:
    """Paths under which the picture of an address may lie in a folder: as it is written, its path, its last part."""
    if scheme and scheme not in WEB:
        return []
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return []
    names = [path] if scheme else [address, path]
    return list(dict.fromkeys([*names, path.rsplit("/", 1)[-1]]))


def _fails(why: str) -> Callable[[Known], Content]:
    def read(_known: Known) -> Content:
        raise PictureUnavailable(why)

    return read
