"""Fluent Emoji renders as training pictures: 700 things on white, the coloured ones in many hues.

Reads the npm packages @lobehub/fluent-emoji-3d (pictures, MIT) and emojibase-data (names and tags, MIT) as
`npm pack` leaves them.
"""

import io
import json
import random
import tarfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from embed.training.lite.data import Content, Item, singular

# Animals, food, places and vehicles, activities, objects: what a shop may sell or print on what it sells.
GROUPS = (3, 4, 5, 6, 7)
# Sky, clock faces, geography, phases of the moon: nothing that a shop sells.
SKIPPED = frozenset({49, 50, 51, 52, 53, 58, 59})

COLORS: dict[str, tuple[float, float, float]] = {
    "black": (0.0, 0.0, 0.17),
    "white": (0.0, 0.0, 0.95),
    "gray": (0.0, 0.0, 0.55),
    "brown": (0.07, 0.62, 0.45),
    "beige": (0.1, 0.28, 0.85),
    "red": (0.99, 0.85, 0.83),
    "orange": (0.075, 0.9, 0.95),
    "yellow": (0.135, 0.83, 0.97),
    "green": (0.38, 0.7, 0.56),
    "teal": (0.48, 0.7, 0.55),
    "turquoise": (0.48, 0.6, 0.82),
    "light blue": (0.56, 0.4, 0.95),
    "blue": (0.6, 0.8, 0.83),
    "navy blue": (0.63, 0.7, 0.35),
    "purple": (0.76, 0.66, 0.7),
    "lavender": (0.74, 0.3, 0.9),
    "magenta": (0.88, 0.75, 0.75),
    "pink": (0.93, 0.45, 0.96),
    "maroon": (0.97, 0.75, 0.45),
    "silver": (0.6, 0.05, 0.78),
    "gold": (0.12, 0.75, 0.85),
    "olive": (0.17, 0.65, 0.45),
}
"""Hue, saturation and value of a part's middle brightness."""

Channel: TypeAlias = npt.NDArray[np.float32]
"""One number a pixel, (height, width), from 0 to 1."""

_SIDE = 256
_Words: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]  # names of the thing, and its looser tags


def renders(pictures: Path, names: Path, *, hues: int, seed: int) -> Iterator[Item]:
    """Each render as it is, and in `hues` colours drawn by `seed` where a part of it can be recoloured."""
    known = _known(names)
    draw = random.Random(seed)
    with tarfile.open(pictures) as package:
        for member in package:
            code = Path(member.name).stem.lower().removesuffix("-fe0f")
            if code not in known or not member.isfile() or not (file := package.extractfile(member)):
                continue
            label, types = known[code]
            with Image.open(io.BytesIO(file.read())) as opened:
                picture = opened.convert("RGBA").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
            yield _item(code, "", partial(_png, picture), label, types)
            part = colored_part(picture)
            if part is None:
                continue
            for color in draw.sample(sorted(COLORS), hues):
                paint = partial(_painted, picture, part, color, f"{seed}-{code}-{color}")
                yield _item(code, color, paint, label, types)


def _item(code: str, color: str, content: Content, label: str, words: _Words) -> Item:
    types, tags = words
    return Item("renders", f"{code}-{color or 'plain'}", content, types, label, color, wider=tags)


def _painted(picture: Image.Image, part: Channel, color: str, seed: str) -> bytes:
    return _png(recolored(picture, part, color, random.Random(seed)))


def _png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG", compress_level=1)
    return content.getvalue()


def _known(names: Path) -> dict[str, tuple[str, _Words]]:
    with tarfile.open(names) as package:
        file = package.extractfile("package/en/data.json")
        rows = json.load(file) if file else []
    found = {}
    for row in rows:
        if row.get("group") not in GROUPS or row.get("subgroup") in SKIPPED:
            continue
        label = row["label"].lower()
        code = row["hexcode"].lower().removesuffix("-fe0f")
        found[code] = (label, (tuple(dict.fromkeys((label, singular(label)))), _synonyms(label, row["tags"])))
    return found


def _synonyms(label: str, tags: list[str]) -> tuple[str, ...]:
    """Tags are loose ("school" for a satchel): at most four, none that the label has."""
    words = set(label.split())
    return tuple(tag for tag in tags if tag not in words and len(tag) > 2)[:4]


def colored_part(picture: Image.Image) -> Channel | None:
    """The commonest hue's share of each pixel, (height, width) from 0 to 1; None where little is coloured."""
    hue, saturation, value, alpha = _channels(picture)
    vivid = (saturation > 0.25) & (value > 0.15) & (alpha > 0.5)
    if vivid.sum() < 0.25 * (alpha > 0.5).sum():
        return None
    counts = np.bincount((hue[vivid] * 36).astype(int) % 36, minlength=36)
    centre = (np.argmax(counts + np.roll(counts, 1) + np.roll(counts, -1)) + 0.5) / 36
    distance = np.abs((hue - centre + 0.5) % 1 - 0.5)
    near = np.clip((0.2 - distance) / 0.05, 0, 1) * np.clip((saturation - 0.08) / 0.15, 0, 1)
    return near if (near * alpha).sum() >= 0.25 * alpha.sum() else None


def recolored(picture: Image.Image, part: Channel, color: str, draw: random.Random) -> Image.Image:
    """`picture` with its part in `color`, a key of COLORS, shifted a little so that no two are one shade."""
    _, _, value, alpha = _channels(picture)
    rgb = np.asarray(picture.convert("RGB"), np.float32) / 255
    hue, saturation, middle = COLORS[color]
    hue = (hue + draw.uniform(-0.012, 0.012)) % 1
    middle = middle * draw.uniform(0.92, 1.06)
    inside = part * alpha > 0.5
    usual = float(np.median(value[inside])) if inside.any() else 0.6
    bright = np.clip(value / max(usual, 0.1), 0, 1.6)
    new_value = np.clip(middle * bright, 0, 1)
    new_saturation = np.clip(saturation * np.clip(1.6 - 0.6 * bright, 0.3, 1.2), 0, 1)
    stacked = np.stack([np.full_like(new_value, hue), new_saturation, new_value], -1)
    painted = Image.fromarray((stacked * 255).astype(np.uint8), "HSV").convert("RGB")
    mixed = rgb + (np.asarray(painted, np.float32) / 255 - rgb) * part[..., None]
    result = Image.fromarray((mixed * 255).round().astype(np.uint8))
    result.putalpha(picture.getchannel("A"))
    return result


def _channels(picture: Image.Image) -> tuple[Channel, Channel, Channel, Channel]:
    hsv = np.asarray(picture.convert("RGB").convert("HSV")).astype(np.float32) / np.float32(255)
    alpha = np.asarray(picture.getchannel("A")).astype(np.float32) / np.float32(255)
    return hsv[..., 0], hsv[..., 1], hsv[..., 2], alpha
