"""Files of pictures into pixels that a model reads: decoded with Pillow, upright, on white, square.

Whatever arrives from outside is judged by its header before a pixel is decoded, and every way in which
Pillow can fail is one error: PictureRefused, whose message names the fault.
"""

import io
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from embed.errors import PictureRefused

Picture: TypeAlias = bytes | Image.Image
"""A picture as it comes: the bytes of a file, or one already opened."""

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""Shape (side, side, 3) for one picture, (n, side, side, 3) for several; RGB."""

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""What is read. Vector formats and documents are not: they can carry scripts and refer to other files."""

MAX_PIXELS = 40_000_000
"""Width times height of the largest picture that is decoded: 120 MB in memory."""

_WHITE = (255, 255, 255)
_DEEP = frozenset({"I;16", "I;16L", "I;16B", "I;16N", "I"})


def decode(picture: Picture, *, side: int | None = None, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """The picture in RGB: turned as its camera says, transparency on white, the first frame of an animation.

    `side` is the size in pixels for which it is meant: a JPEG much larger is decoded at a half, a quarter or
    an eighth, several times as fast. Raises PictureRefused.
    """
    opened = _open(picture, max_pixels) if isinstance(picture, bytes) else picture
    _bounded(opened, max_pixels)
    if side is not None:
        opened.draft(opened.mode, (2 * side, 2 * side))
    try:
        return _on_white(ImageOps.exif_transpose(opened))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # Pillow's decoders raise whatever the damage leads them to
        raise PictureRefused(f"The picture is damaged or cut short: {error}.") from error


def examine(content: bytes, max_pixels: int = MAX_PIXELS) -> None:
    """Judge the bytes of a file by its header alone, in microseconds: what it is by what it holds, whatever its name
    or its sender said, and how many pixels it has. Raises PictureRefused. What lies behind may still be damaged."""
    with _open(content, max_pixels) as opened:
        _bounded(opened, max_pixels)


def letterbox(picture: Image.Image, side: int) -> Pixels:
    """An RGB picture fitted into a square of `side` pixels, whole and centred, the rest white."""
    scale = side / max(picture.size)
    width, height = (max(1, round(length * scale)) for length in picture.size)
    if (width, height) != picture.size:
        picture = picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)
    square = np.full((side, side, 3), 255, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = np.asarray(picture)
    return square


def pixels(picture: Picture, side: int, *, max_pixels: int = MAX_PIXELS) -> Pixels:
    """`decode` and `letterbox` in one: (side, side, 3) uint8. Raises PictureRefused."""
    return letterbox(decode(picture, side=side, max_pixels=max_pixels), side)


def _bounded(opened: Image.Image, max_pixels: int) -> None:
    width, height = opened.size
    if width * height > max_pixels:
        raise PictureRefused(
            f"The picture has {width} x {height} pixels; at most {max_pixels / 1e6:g} million are read."
        )


def _open(content: bytes, max_pixels: int) -> Image.Image:
    if not content:
        raise PictureRefused("The picture is empty (0 bytes).")
    try:
        return Image.open(io.BytesIO(content), formats=_installed())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(f"The picture has more than {max_pixels / 1e6:g} million pixels.") from error
    except UnidentifiedImageError as error:
        raise PictureRefused(f"This is {_kind(content)}; pictures are read as {', '.join(_installed())}.") from error
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:
        raise PictureRefused(f"The picture's header is damaged: {error}.") from error


@cache
def _installed() -> list[str]:
    # Pillow loads few of its decoders until it is told to, and AVIF is optional.
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _kind(content: bytes) -> str:
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or b"<svg" in start:
        return "an SVG drawing"
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if start.startswith(b"%pdf"):
        return "a PDF document"
    return "not a picture, or a damaged one"


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in _DEEP:
        # convert() would clip 16 bits instead of scaling them.
        deep = np.asarray(picture).astype(np.float32) / 257
        return Image.fromarray(deep.clip(0, 255).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, (*_WHITE, 255))
        return Image.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")
