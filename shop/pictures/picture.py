"""One picture: how it is called, and how its content is got."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

Known = Callable[[str], bool]
"""Whether the vector of a picture is at hand, by the sha256 of its content."""


@dataclass(frozen=True, slots=True)
class Content:
    """A picture's file. `file` is None where it was not read, as the vector of its `digest` (sha256) is at hand."""

    digest: str
    file: bytes | None


@dataclass(frozen=True, slots=True)
class PictureRef:
    """One picture of a product, not read yet. `address` is how it is called in reports; `read` raises
    PictureUnavailable."""

    address: str
    read: Callable[[Known], Content]


def content_of(file: bytes) -> Content:
    """A file that has been read, with its digest."""
    return Content(sha256(file).hexdigest(), file)
