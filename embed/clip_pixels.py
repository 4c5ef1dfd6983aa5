"""Pictures as CLIP models were trained to see them: the steps of open_clip and torchvision, with Pillow alone."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from embed.pictures import Picture, decode

Tensor = npt.NDArray[np.float32]
"""Shape (n, 3, height, width), standardised."""


class Resize(StrEnum):
    """How a picture becomes a square: its short side fills it and the rest is cut off; its long side fills it
    and the rest is filled up; or it is stretched."""

    SHORTEST = "shortest"
    LONGEST = "longest"
    SQUASH = "squash"


class Interpolation(StrEnum):
    """How pixels are made from others."""

    BICUBIC = "bicubic"
    BILINEAR = "bilinear"


_FILTERS: Final = {
    Interpolation.BICUBIC: Image.Resampling.BICUBIC,
    Interpolation.BILINEAR: Image.Resampling.BILINEAR,
}


class PixelRules(BaseModel):
    """What a model wants of a picture. `size` is (height, width); `mean`, `std` and `fill` as in open_clip."""

    model_config = ConfigDict(frozen=True)

    size: tuple[int, int]
    resize: Resize
    interpolation: Interpolation
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    fill: int = Field(0, ge=0, le=255)


def tensor(pictures: Sequence[Picture], rules: PixelRules) -> Tensor:
    """Pixels of `pictures` in their order. Raises PictureRefused."""
    height, width = rules.size
    pixels = np.empty((len(pictures), 3, height, width), np.float32)
    mean, std = (np.array(value, np.float32)[:, None, None] for value in (rules.mean, rules.std))
    for place, picture in enumerate(pictures):
        square = np.asarray(fitted(decode(picture), rules), np.float32).transpose(2, 0, 1)
        pixels[place] = (square / np.float32(255) - mean) / std
    return pixels


def fitted(picture: Image.Image, rules: PixelRules) -> Image.Image:
    """An RGB picture in the size that the model takes."""
    height, width = rules.size
    if rules.resize is Resize.SQUASH:
        return _resized(picture, width, height, rules)
    if rules.resize is Resize.LONGEST:
        ratio = max(picture.height / height, picture.width / width)
        # At least one pixel: a picture a thousand times as long as wide would vanish.
        long, high = (max(1, round(side / ratio)) for side in picture.size)
        return _cropped_or_filled(_resized(picture, long, high, rules), rules)
    return _cropped_or_filled(_short_side(picture, rules), rules)


def _short_side(picture: Image.Image, rules: PixelRules) -> Image.Image:
    height, width = rules.size
    if height != width:
        ratio = min(picture.height / height, picture.width / width)
        # open_clip takes the default filter here, whatever the model's.
        bicubic = rules.model_copy(update={"interpolation": Interpolation.BICUBIC})
        return _resized(picture, round(picture.width / ratio), round(picture.height / ratio), bicubic)
    if picture.width <= picture.height:
        return _resized(picture, width, int(width * picture.height / picture.width), rules)
    return _resized(picture, int(height * picture.width / picture.height), height, rules)


def _resized(picture: Image.Image, width: int, height: int, rules: PixelRules) -> Image.Image:
    if picture.size == (width, height):
        return picture
    return picture.resize((width, height), _FILTERS[rules.interpolation])


def _cropped_or_filled(picture: Image.Image, rules: PixelRules) -> Image.Image:
    height, width = rules.size
    if picture.width < width or picture.height < height:
        whole = Image.new("RGB", (max(width, picture.width), max(height, picture.height)), (rules.fill,) * 3)
        left, top = max(0, (width - picture.width) // 2), max(0, (height - picture.height) // 2)
        whole.paste(picture, (left, top))
        picture = whole
    top, left = (round((have - want) / 2.0) for have, want in ((picture.height, height), (picture.width, width)))
    return picture.crop((left, top, left + width, top + height))
