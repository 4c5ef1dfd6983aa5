"""Pictures drawn here: things that have no render, and placeholders for when there are no renders."""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SIZE = 256
_SCALE = 2  # drawn larger and reduced, for smooth edges
_SIDE = SIZE * _SCALE
_TINTED = (214, 28, 60)  # any strong colour: the tint replaces it
_STEEL = (176, 180, 190)
_DARK = (58, 60, 70)

Shape = Callable[[ImageDraw.ImageDraw], None]


class _Canvas:
    """Puts shapes on top of one another, each shaded as if it were a cushion lit from the upper left."""

    def __init__(self) -> None:
        self.picture = Image.new("RGBA", (_SIDE, _SIDE), (0, 0, 0, 0))

    def add(self, shape: Shape, color: tuple[int, int, int] = _TINTED, puff: float = 12) -> None:
        mask = Image.new("L", (_SIDE, _SIDE), 0)
        shape(ImageDraw.Draw(mask))
        height = np.asarray(mask.filter(ImageFilter.GaussianBlur(puff * _SCALE)), dtype=np.float32) / 255
        down, right = np.gradient(height)
        light = np.clip(0.94 + (down + right) * puff * _SCALE * 0.55, 0.5, 1.35)
        shaded = np.clip(np.array(color, dtype=np.float32) * light[..., None], 0, 255).astype(np.uint8)
        self.picture.paste(Image.fromarray(shaded, "RGB"), (0, 0), mask)

    def cut(self, shape: Shape) -> None:
        hole = Image.new("L", (_SIDE, _SIDE), 0)
        shape(ImageDraw.Draw(hole))
        alpha = ImageChops.multiply(self.picture.getchannel("A"), ImageChops.invert(hole))
        self.picture.putalpha(alpha)

    def finish(self, turn: float = 0) -> Image.Image:
        turned = self.picture.rotate(turn, Image.Resampling.BICUBIC) if turn else self.picture
        return turned.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def _at(*numbers: float) -> list[float]:
    return [number * _SCALE for number in numbers]


def _box(x0: float, y0: float, x1: float, y1: float, radius: float) -> Shape:
    return lambda draw: draw.rounded_rectangle(_at(x0, y0, x1, y1), radius * _SCALE, fill=255)


def _disc(x: float, y: float, r: float, ry: float | None = None) -> Shape:
    tall = r if ry is None else ry
    return lambda draw: draw.ellipse(_at(x - r, y - tall, x + r, y + tall), fill=255)


def _ring(x: float, y: float, r: float, width: float) -> Shape:
    return lambda draw: draw.ellipse(_at(x - r, y - r, x + r, y + r), outline=255, width=round(width * _SCALE))


def _bottle() -> Image.Image:
    canvas = _Canvas()
    canvas.add(_box(100, 20, 156, 62, 10), _DARK, 8)
    canvas.add(_box(106, 54, 150, 84, 6), _STEEL, 6)
    canvas.add(_box(82, 74, 174, 240, 26), puff=22)
    return canvas.finish(-12)


def _dumbbell() -> Image.Image:
    canvas = _Canvas()
    canvas.add(_box(60, 116, 196, 140, 10), _STEEL, 8)
    for x0, y0, x1, y1 in ((28, 70, 62, 186), (56, 54, 92, 202), (164, 54, 200, 202), (194, 70, 228, 186)):
        canvas.add(_box(x0, y0, x1, y1, 12), puff=10)
    return canvas.finish(25)


def _mat() -> Image.Image:
    canvas = _Canvas()
    canvas.add(_box(34, 150, 238, 214, 12), puff=6)
    canvas.add(_disc(70, 130, 54), puff=14)
    canvas.add(_box(70, 76, 214, 184, 20), puff=22)
    canvas.add(_disc(70, 130, 54), puff=16)
    for radius in (38, 24, 11):
        canvas.add(_ring(70, 130, radius, 5), (120, 12, 34), 2)
    return canvas.finish(10)


def _poles() -> Image.Image:
    canvas = _Canvas()
    for x in (88, 160):
        canvas.add(_box(x - 5, 60, x + 5, 236, 4), _STEEL, 4)
        canvas.add(_box(x - 6, 70, x + 6, 160, 5), puff=5)
        canvas.add(_box(x - 13, 18, x + 13, 82, 12), puff=8)
        canvas.add(_disc(x, 214, 24, 7), _DARK, 4)
    return canvas.finish(14)


def _bands() -> Image.Image:
    canvas = _Canvas()
    colors = ((226, 60, 60), (246, 160, 40), (70, 170, 90), (56, 120, 216), (130, 80, 190))
    for index, color in enumerate(colors):
        canvas.add(_ring(78 + index * 25, 128 + (index % 2) * 22 - 11, 58, 16), color, 6)
    return canvas.finish()


def _phone_case() -> Image.Image:
    canvas = _Canvas()
    canvas.add(_box(68, 14, 188, 242, 28), puff=10)
    canvas.add(_box(82, 28, 136, 84, 16), (140, 14, 40), 6)
    canvas.cut(_disc(98, 44, 9))
    canvas.cut(_disc(120, 44, 9))
    canvas.cut(_disc(98, 67, 9))
    return canvas.finish(8)


def _ball() -> Image.Image:
    canvas = _Canvas()
    for x, y, radius in ((92, 96, 62), (172, 168, 62)):
        canvas.add(_disc(x, y, radius), puff=30)
        for step in range(10):
            angle = step * pi / 5
            canvas.add(_disc(x + radius * 0.6 * cos(angle), y + radius * 0.6 * sin(angle), 7), puff=4)
    return canvas.finish()


def _chain(canvas: _Canvas, bead: float, count: int, color: tuple[int, int, int]) -> None:
    for step in range(count):
        angle = pi * (1.2 + 2 * step / count)
        x, y = 128 + 84 * sin(angle), 96 - 84 * cos(angle)
        canvas.add(_disc(x, y, bead), color, bead / 2.5)


def _necklace() -> Image.Image:
    canvas = _Canvas()
    _chain(canvas, 4.5, 56, _STEEL)
    canvas.add(lambda draw: draw.polygon(_at(128, 168, 170, 210, 128, 252, 86, 210), fill=255), puff=12)
    return canvas.finish()


def _pearls() -> Image.Image:
    canvas = _Canvas()
    _chain(canvas, 11.5, 26, _TINTED)
    return canvas.finish()


def _bracelet() -> Image.Image:
    canvas = _Canvas()
    canvas.add(lambda draw: draw.ellipse(_at(28, 66, 228, 200), outline=255, width=26 * _SCALE), puff=8)
    return canvas.finish(8)


def _earrings() -> Image.Image:
    canvas = _Canvas()
    for x in (76, 180):
        canvas.add(_ring(x, 56, 26, 6), _STEEL, 3)
        canvas.add(_disc(x, 92, 12), puff=6)
        canvas.add(lambda draw, x=x: draw.polygon(_at(x, 102, x + 30, 182, x - 30, 182), fill=255), puff=8)  # type: ignore[misc]
        canvas.add(_disc(x, 186, 31), puff=16)
    return canvas.finish()


DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "ball": _ball,
    "bands": _bands,
    "bottle": _bottle,
    "bracelet": _bracelet,
    "dumbbell": _dumbbell,
    "earrings": _earrings,
    "mat": _mat,
    "necklace": _necklace,
    "pearls": _pearls,
    "phone_case": _phone_case,
    "poles": _poles,
}


def placeholder() -> Image.Image:
    """A cushion to be tinted; letter() writes on it afterwards."""
    canvas = _Canvas()
    canvas.add(_box(28, 28, 228, 228, 52), puff=20)
    return canvas.finish()


def letter(picture: Image.Image, text: str, dark: bool) -> Image.Image:
    """Write one letter in the middle of the picture, dark or white."""
    marked = picture.copy()
    fill = (52, 54, 64, 255) if dark else (255, 255, 255, 255)
    font = ImageFont.load_default(size=120)
    ImageDraw.Draw(marked).text((SIZE / 2, SIZE / 2), text, font=font, fill=fill, anchor="mm")
    return marked
