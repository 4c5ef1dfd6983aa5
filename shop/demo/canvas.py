"""The canvas of the drawn pictures: shaded shapes, placed in the 256 pixels of a picture."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

SIZE = 256
_SCALE = 2  # drawn larger and reduced, for smooth edges
_SIDE = SIZE * _SCALE
TINTED = (214, 28, 60)  # any strong colour: the tint replaces it
STEEL = (176, 180, 190)
DARK = (58, 60, 70)
PALE = (236, 226, 220)  # too little colour to be tinted
DEEP = (140, 14, 40)  # the shadow of TINTED, for details that take the colour too

Shape = Callable[[ImageDraw.ImageDraw], None]


class Canvas:
    """Puts shapes on top of one another, each shaded as if it were a cushion lit from the upper left."""

    def __init__(self) -> None:
        self.picture = Image.new("RGBA", (_SIDE, _SIDE), (0, 0, 0, 0))

    def add(self, shape: Shape, color: tuple[int, int, int] = TINTED, puff: float = 12) -> None:
        """Put the shape on top in this colour; `puff` is how far its edge is rounded, in pixels."""
        mask = Image.new("L", (_SIDE, _SIDE), 0)
        shape(ImageDraw.Draw(mask))
        height = np.asarray(mask.filter(ImageFilter.GaussianBlur(puff * _SCALE)), dtype=np.float32) / 255
        down, right = np.gradient(height)
        light = np.clip(0.94 + (down + right) * puff * _SCALE * 0.55, 0.5, 1.35)
        shaded = np.clip(np.array(color, dtype=np.float32) * light[..., None], 0, 255).astype(np.uint8)
        self.picture.paste(Image.fromarray(shaded, "RGB"), (0, 0), mask)

    def cut(self, shape: Shape) -> None:
        """Make the shape a hole through all that lies there."""
        hole = Image.new("L", (_SIDE, _SIDE), 0)
        shape(ImageDraw.Draw(hole))
        alpha = ImageChops.multiply(self.picture.getchannel("A"), ImageChops.invert(hole))
        self.picture.putalpha(alpha)

    def finish(self, turn: float = 0) -> Image.Image:
        """The picture, SIZE pixels square, turned to the left by `turn` degrees."""
        turned = self.picture.rotate(turn, Image.Resampling.BICUBIC) if turn else self.picture
        return turned.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def at(*numbers: float) -> list[float]:
    """Positions of the picture as positions on the larger canvas."""
    return [number * _SCALE for number in numbers]


def box(x0: float, y0: float, x1: float, y1: float, radius: float) -> Shape:
    """A rectangle with rounded corners."""
    return lambda draw: draw.rounded_rectangle(at(x0, y0, x1, y1), radius * _SCALE, fill=255)


def disc(x: float, y: float, r: float, ry: float | None = None) -> Shape:
    """A filled circle, or an ellipse of height 2 `ry`."""
    tall = r if ry is None else ry
    return lambda draw: draw.ellipse(at(x - r, y - tall, x + r, y + tall), fill=255)


def ring(x: float, y: float, r: float, width: float, ry: float | None = None) -> Shape:
    """The outline of a circle or an ellipse, drawn inwards."""
    tall = r if ry is None else ry
    return lambda draw: draw.ellipse(at(x - r, y - tall, x + r, y + tall), outline=255, width=round(width * _SCALE))


def polygon(*corners: float) -> Shape:
    """A filled polygon: x0, y0, x1, y1 and so on."""
    return lambda draw: draw.polygon(at(*corners), fill=255)


def line(width: float, *points: float) -> Shape:
    """A line of this width through x0, y0, x1, y1 and so on, with round ends and bends."""

    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.line(at(*points), fill=255, width=round(width * _SCALE), joint="curve")
        for x, y in zip(points[::2], points[1::2], strict=True):
            disc(x, y, width / 2)(draw)

    return paint
