"""Drawn pictures of what is worn: garments, a helmet, jewelry."""

from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image

from shop.demo.canvas import DARK, DEEP, PALE, STEEL, TINTED, Canvas, at, box, disc, line, polygon, ring


def _top() -> Canvas:
    """The body and the sleeves that garments for the upper half share."""
    canvas = Canvas()
    canvas.add(line(40, 88, 70, 46, 110, 36, 190), puff=12)
    canvas.add(line(40, 168, 70, 210, 110, 220, 190), puff=12)
    canvas.add(polygon(84, 46, 172, 46, 196, 72, 186, 226, 70, 226, 60, 72), puff=16)
    return canvas


def _jacket() -> Image.Image:
    canvas = _top()
    canvas.add(box(92, 22, 164, 70, 16), puff=8)
    canvas.add(box(104, 32, 152, 56, 10), DEEP, 5)
    canvas.add(box(125, 56, 131, 226, 2), STEEL, 2)
    for x in (92, 164):
        canvas.add(line(6, x, 156, x - (10 if x < 128 else -10), 194), DEEP, 2)
    return canvas.finish()


def _puffer() -> Image.Image:
    canvas = _top()
    canvas.add(box(92, 24, 164, 66, 16), puff=8)
    for y in (62, 94, 126, 158, 190):
        canvas.add(box(64, y, 126, y + 36, 15), puff=7)
        canvas.add(box(130, y, 192, y + 36, 15), puff=7)
    canvas.add(box(125, 50, 131, 226, 2), STEEL, 2)
    return canvas.finish()


def _hoodie() -> Image.Image:
    canvas = _top()
    canvas.add(disc(128, 58, 50, 42), puff=12)
    canvas.add(disc(128, 62, 28, 26), DEEP, 6)
    canvas.add(polygon(100, 156, 156, 156, 176, 204, 80, 204), DEEP, 4)
    canvas.add(polygon(102, 160, 154, 160, 170, 200, 86, 200), puff=6)
    for x in (114, 142):
        canvas.add(line(5, x, 86, x, 132), PALE, 2)
    return canvas.finish()


def _sweater() -> Image.Image:
    canvas = _top()
    canvas.add(ring(128, 52, 34, 12, 20), DEEP, 3)
    canvas.add(disc(128, 48, 22, 12), DARK, 4)
    for y in (96, 112):
        for x in range(80, 180, 16):
            canvas.add(line(4, x, y + 8, x + 8, y, x + 16, y + 8), PALE, 2)
    canvas.add(box(68, 208, 188, 230, 6), DEEP, 4)
    return canvas.finish()


def _bike_helmet() -> Image.Image:
    canvas = Canvas()
    canvas.add(line(7, 66, 156, 110, 226, 160, 160), DARK, 3)
    canvas.add(lambda draw: draw.pieslice(at(22, 40, 234, 270), 180, 360, fill=255), puff=22)
    canvas.add(box(16, 146, 240, 170, 12), puff=8)
    for x0, x1 in ((62, 84), (112, 118), (168, 150)):
        canvas.add(line(17, x0, 122, x1, 72), DARK, 5)
    return canvas.finish(6)


def _chain(canvas: Canvas, bead: float, count: int, color: tuple[int, int, int]) -> None:
    for step in range(count):
        angle = pi * (1.2 + 2 * step / count)
        x, y = 128 + 84 * sin(angle), 96 - 84 * cos(angle)
        canvas.add(disc(x, y, bead), color, bead / 2.5)


def _necklace() -> Image.Image:
    canvas = Canvas()
    _chain(canvas, 4.5, 56, STEEL)
    canvas.add(polygon(128, 168, 170, 210, 128, 252, 86, 210), puff=12)
    return canvas.finish()


def _pearls() -> Image.Image:
    canvas = Canvas()
    _chain(canvas, 11.5, 26, TINTED)
    return canvas.finish()


def _bracelet() -> Image.Image:
    canvas = Canvas()
    canvas.add(ring(128, 133, 100, 26, 67), puff=8)
    return canvas.finish(8)


def _earrings() -> Image.Image:
    canvas = Canvas()
    for x in (76, 180):
        canvas.add(ring(x, 56, 26, 6), STEEL, 3)
        canvas.add(disc(x, 92, 12), puff=6)
        canvas.add(polygon(x, 102, x + 30, 182, x - 30, 182), puff=8)
        canvas.add(disc(x, 186, 31), puff=16)
    return canvas.finish()


WORN: dict[str, Callable[[], Image.Image]] = {
    "bike_helmet": _bike_helmet,
    "bracelet": _bracelet,
    "earrings": _earrings,
    "hoodie": _hoodie,
    "jacket": _jacket,
    "necklace": _necklace,
    "pearls": _pearls,
    "puffer": _puffer,
    "sweater": _sweater,
}
