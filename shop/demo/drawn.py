"""Pictures drawn here: things that have no render, and placeholders for when there are no renders."""

from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from shop.demo.canvas import DARK, DEEP, PALE, SIZE, STEEL, TINTED, Canvas, box, disc, line, polygon, ring
from shop.demo.drawn_household import HOUSEHOLD
from shop.demo.drawn_worn import WORN


def _bottle() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(100, 20, 156, 62, 10), DARK, 8)
    canvas.add(box(106, 54, 150, 84, 6), STEEL, 6)
    canvas.add(box(82, 74, 174, 240, 26), puff=22)
    return canvas.finish(-12)


def _dumbbell() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(60, 116, 196, 140, 10), STEEL, 8)
    for x0, y0, x1, y1 in ((28, 70, 62, 186), (56, 54, 92, 202), (164, 54, 200, 202), (194, 70, 228, 186)):
        canvas.add(box(x0, y0, x1, y1, 12), puff=10)
    return canvas.finish(25)


def _mat() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(34, 150, 238, 214, 12), puff=6)
    canvas.add(disc(70, 130, 54), puff=14)
    canvas.add(box(70, 76, 214, 184, 20), puff=22)
    canvas.add(disc(70, 130, 54), puff=16)
    for radius in (38, 24, 11):
        canvas.add(ring(70, 130, radius, 5), (120, 12, 34), 2)
    return canvas.finish(10)


def _poles() -> Image.Image:
    canvas = Canvas()
    for x in (88, 160):
        canvas.add(box(x - 5, 60, x + 5, 236, 4), STEEL, 4)
        canvas.add(box(x - 6, 70, x + 6, 160, 5), puff=5)
        canvas.add(box(x - 13, 18, x + 13, 82, 12), puff=8)
        canvas.add(disc(x, 214, 24, 7), DARK, 4)
    return canvas.finish(14)


def _bands() -> Image.Image:
    canvas = Canvas()
    colors = ((226, 60, 60), (246, 160, 40), (70, 170, 90), (56, 120, 216), (130, 80, 190))
    for index, color in enumerate(colors):
        canvas.add(ring(78 + index * 25, 128 + (index % 2) * 22 - 11, 58, 16), color, 6)
    return canvas.finish()


def _phone_case() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(68, 14, 188, 242, 28), puff=10)
    canvas.add(box(82, 28, 136, 84, 16), DEEP, 6)
    canvas.cut(disc(98, 44, 9))
    canvas.cut(disc(120, 44, 9))
    canvas.cut(disc(98, 67, 9))
    return canvas.finish(8)


def _ball() -> Image.Image:
    canvas = Canvas()
    for x, y, radius in ((92, 96, 62), (172, 168, 62)):
        canvas.add(disc(x, y, radius), puff=30)
        for step in range(10):
            angle = step * pi / 5
            canvas.add(disc(x + radius * 0.6 * cos(angle), y + radius * 0.6 * sin(angle), 7), puff=4)
    return canvas.finish()


def _tablet() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(20, 52, 236, 204, 18), puff=8)
    canvas.add(box(34, 64, 222, 192, 6), DARK, 4)
    for row in range(2):
        for column in range(4):
            x, y = 52 + column * 40, 86 + row * 48
            canvas.add(box(x, y, x + 30, y + 30, 8), STEEL, 4)
    return canvas.finish(8)


def _monitor() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(112, 176, 144, 222, 4), STEEL, 6)
    canvas.add(box(76, 212, 180, 230, 8), STEEL, 5)
    canvas.add(box(14, 40, 242, 184, 12), puff=6)
    canvas.add(box(24, 50, 232, 168, 4), DARK, 4)
    canvas.add(polygon(24, 168, 90, 50, 150, 50, 84, 168), (92, 96, 108), 2)
    return canvas.finish()


def _cable() -> Image.Image:
    canvas = Canvas()
    for radius in (78, 62):
        canvas.add(ring(118, 136, radius, 11), puff=4)
    canvas.add(line(11, 118, 58, 176, 46), puff=4)
    canvas.add(line(11, 118, 214, 186, 218), puff=4)
    for y in (44, 218):
        canvas.add(box(172, y - 13, 214, y + 13, 8), DARK, 5)
        canvas.add(box(212, y - 8, 236, y + 8, 5), STEEL, 4)
    return canvas.finish()


def _drone() -> Image.Image:
    canvas = Canvas()
    for x, y in ((52, 72), (204, 72), (52, 176), (204, 176)):
        canvas.add(line(13, 128, 124, x, y), DARK, 5)
        canvas.add(ring(x, y, 46, 5, 20), STEEL, 2)
        canvas.add(line(6, x - 38, y - 6, x + 38, y + 6), DARK, 2)
        canvas.add(disc(x, y, 9), puff=4)
    canvas.add(box(88, 92, 168, 160, 28), puff=14)
    canvas.add(disc(128, 144, 15), DARK, 5)
    canvas.add(disc(124, 140, 5), STEEL, 2)
    return canvas.finish()


def _sleeping_bag() -> Image.Image:
    canvas = Canvas()
    canvas.add(polygon(76, 60, 180, 60, 164, 220, 92, 220), puff=16)
    canvas.add(disc(128, 222, 36, 18), puff=12)
    canvas.add(disc(128, 72, 62, 52), puff=16)
    canvas.add(disc(128, 76, 36, 32), DARK, 10)
    canvas.add(box(100, 74, 156, 108, 14), PALE, 8)
    for y in (134, 164, 194):
        canvas.add(line(4, 86 + (y - 124) / 8, y, 170 - (y - 124) / 8, y), DEEP, 2)
    return canvas.finish(-24)


def _tyre() -> Image.Image:
    canvas = Canvas()
    for step in range(40):
        angle = step * pi / 20
        canvas.add(disc(128 + 104 * cos(angle), 128 + 104 * sin(angle), 10), DARK, 3)
    canvas.add(disc(128, 128, 106), puff=16)
    canvas.add(disc(128, 128, 64), STEEL, 8)
    canvas.add(disc(128, 128, 52), DARK, 6)
    for step in range(5):
        angle = step * pi / 2.5 - pi / 2
        canvas.add(line(15, 128, 128, 128 + 50 * cos(angle), 128 + 50 * sin(angle)), STEEL, 5)
    canvas.add(disc(128, 128, 14), STEEL, 5)
    return canvas.finish()


def _floor_mats() -> Image.Image:
    canvas = Canvas()
    for x in (24, 134):
        canvas.add(polygon(x + 12, 44, x + 86, 44, x + 98, 212, x, 212), puff=6)
        canvas.add(polygon(x + 22, 56, x + 76, 56, x + 86, 200, x + 12, 200), DEEP, 4)
        for y in range(76, 200, 22):
            canvas.add(line(7, x + 24, y, x + 74, y), puff=2)
    return canvas.finish()


def _bricks() -> Image.Image:
    canvas = Canvas()
    for x, y, studs, color in (
        (28, 158, 3, TINTED),
        (152, 158, 2, (56, 120, 216)),
        (66, 96, 3, (246, 190, 40)),
        (104, 34, 2, (70, 170, 90)),
    ):
        for stud in range(studs):
            canvas.add(box(x + 8 + stud * 38, y - 2, x + 32 + stud * 38, y + 20, 5), color, 4)
        canvas.add(box(x, y + 12, x + 2 + studs * 38, y + 70, 5), color, 7)
    return canvas.finish()


def _doll() -> Image.Image:
    canvas = Canvas()
    for x in (108, 148):
        canvas.add(line(20, x, 190, x, 234), PALE, 8)
    canvas.add(line(18, 108, 124, 62, 158), PALE, 7)
    canvas.add(line(18, 148, 124, 194, 158), PALE, 7)
    canvas.add(polygon(106, 108, 150, 108, 190, 204, 66, 204), puff=12)
    canvas.add(disc(128, 66, 54, 52), DARK, 12)
    canvas.add(disc(80, 92, 18, 30), DARK, 8)
    canvas.add(disc(176, 92, 18, 30), DARK, 8)
    canvas.add(disc(128, 76, 42, 38), PALE, 14)
    for x in (112, 144):
        canvas.add(disc(x, 74, 5), DARK, 1)
    canvas.add(line(4, 116, 92, 128, 97, 140, 92), DARK, 1)
    canvas.add(polygon(128, 26, 160, 10, 160, 44), puff=4)
    canvas.add(polygon(128, 26, 96, 10, 96, 44), puff=4)
    return canvas.finish()


def _perfume() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(100, 18, 156, 66, 8), DARK, 8)
    canvas.add(box(108, 62, 148, 88, 4), STEEL, 5)
    canvas.add(box(50, 84, 206, 236, 24), PALE, 14)
    canvas.add(box(64, 116, 192, 222, 14), puff=14)
    canvas.add(box(94, 148, 162, 188, 4), PALE, 4)
    return canvas.finish()


def _gift_card() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(16, 58, 240, 200, 16), puff=8)
    canvas.add(box(70, 58, 88, 200, 0), PALE, 3)
    canvas.add(box(16, 120, 240, 138, 0), PALE, 3)
    canvas.add(polygon(79, 129, 40, 100, 40, 158), PALE, 6)
    canvas.add(polygon(79, 129, 118, 100, 118, 158), PALE, 6)
    canvas.add(disc(79, 129, 12), PALE, 5)
    return canvas.finish(8)


DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "ball": _ball,
    "bands": _bands,
    "bottle": _bottle,
    "bricks": _bricks,
    "cable": _cable,
    "doll": _doll,
    "drone": _drone,
    "dumbbell": _dumbbell,
    "floor_mats": _floor_mats,
    "gift_card": _gift_card,
    "mat": _mat,
    "monitor": _monitor,
    "perfume": _perfume,
    "phone_case": _phone_case,
    "poles": _poles,
    "sleeping_bag": _sleeping_bag,
    "tablet": _tablet,
    "tyre": _tyre,
    **HOUSEHOLD,
    **WORN,
}


def placeholder() -> Image.Image:
    """A cushion to be tinted; letter() writes on it afterwards."""
    canvas = Canvas()
    canvas.add(box(28, 28, 228, 228, 52), puff=20)
    return canvas.finish()


def letter(picture: Image.Image, text: str, dark: bool) -> Image.Image:
    """Write one letter in the middle of the picture, dark or white."""
    marked = picture.copy()
    fill = (52, 54, 64, 255) if dark else (255, 255, 255, 255)
    font = ImageFont.load_default(size=120)
    ImageDraw.Draw(marked).text((SIZE / 2, SIZE / 2), text, font=font, fill=fill, anchor="mm")
    return marked
