"""Drawn pictures of what stands in a kitchen and lies in a living room."""

from collections.abc import Callable

from PIL import Image

from shop.demo.canvas import DARK, DEEP, PALE, STEEL, Canvas, at, box, disc, line, polygon, ring


def _coffee_maker() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(44, 22, 212, 236, 18), puff=14)
    canvas.add(box(44, 86, 212, 206, 4), DARK, 8)
    canvas.add(box(104, 80, 152, 108, 6), STEEL, 6)
    canvas.add(line(9, 152, 98, 190, 112), STEEL, 3)
    canvas.add(ring(160, 166, 18, 7), PALE, 3)
    canvas.add(box(98, 142, 158, 198, 12), PALE, 8)
    canvas.add(disc(82, 54, 13), STEEL, 4)
    for x in (138, 168):
        canvas.add(disc(x, 54, 7), PALE, 3)
    return canvas.finish()


def _kettle() -> Image.Image:
    canvas = Canvas()
    canvas.add(lambda draw: draw.arc(at(140, 66, 232, 196), 250, 110, fill=255, width=36), DARK, 6)
    canvas.add(polygon(86, 84, 40, 70, 84, 138), puff=8)
    canvas.add(polygon(88, 60, 166, 60, 190, 212, 64, 212), puff=18)
    canvas.add(box(84, 46, 170, 70, 10), STEEL, 6)
    canvas.add(disc(127, 38, 12), DARK, 5)
    canvas.add(box(56, 208, 198, 232, 8), DARK, 6)
    return canvas.finish()


def _toaster() -> Image.Image:
    canvas = Canvas()
    for x in (66, 134):
        canvas.add(box(x, 40, x + 58, 130, 16), (176, 150, 140), 10)
        canvas.add(box(x + 7, 48, x + 51, 130, 12), PALE, 8)
    canvas.add(box(26, 92, 230, 222, 34), puff=18)
    canvas.add(box(40, 214, 216, 232, 6), DARK, 5)
    canvas.add(box(196, 122, 206, 184, 4), DARK, 3)
    canvas.add(box(188, 134, 224, 150, 6), STEEL, 4)
    return canvas.finish()


def _blender() -> Image.Image:
    canvas = Canvas()
    canvas.add(ring(176, 96, 40, 13), STEEL, 4)
    canvas.add(polygon(70, 44, 186, 44, 164, 162, 92, 162), PALE, 14)
    canvas.add(polygon(78, 88, 178, 88, 164, 162, 92, 162), puff=10)
    canvas.add(box(64, 24, 192, 48, 8), DARK, 6)
    canvas.add(polygon(88, 160, 168, 160, 190, 236, 66, 236), DARK, 12)
    canvas.add(disc(128, 200, 16), STEEL, 5)
    return canvas.finish()


def _vacuum() -> Image.Image:
    canvas = Canvas()
    canvas.add(line(12, 178, 74, 84, 214), STEEL, 4)
    canvas.add(polygon(40, 206, 118, 206, 132, 238, 26, 238), DARK, 6)
    canvas.add(ring(206, 46, 34, 14), DARK, 4)
    canvas.add(line(54, 196, 46, 154, 108), puff=14)
    canvas.add(disc(150, 62, 28), PALE, 10)
    canvas.add(disc(150, 62, 12), DEEP, 5)
    return canvas.finish()


def _lamp() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(121, 120, 135, 216, 4), STEEL, 4)
    canvas.add(disc(128, 222, 58, 16), STEEL, 8)
    canvas.add(disc(128, 138, 20), (252, 244, 228), 6)
    canvas.add(polygon(88, 24, 168, 24, 218, 136, 38, 136), puff=18)
    canvas.add(line(3, 164, 136, 164, 178), STEEL, 1)
    return canvas.finish()


def _armchair() -> Image.Image:
    canvas = Canvas()
    for x in (66, 190):
        canvas.add(line(11, x, 200, x, 238), DARK, 4)
    canvas.add(box(52, 28, 204, 190, 40), puff=18)
    canvas.add(box(60, 136, 196, 186, 18), puff=12)
    canvas.add(box(44, 168, 212, 216, 14), puff=10)
    for x in (26, 186):
        canvas.add(box(x, 108, x + 44, 216, 20), puff=12)
    for x, y in ((98, 70), (158, 70), (128, 98)):
        canvas.add(disc(x, y, 5), DEEP, 2)
    return canvas.finish()


def _curtains() -> Image.Image:
    canvas = Canvas()
    canvas.add(box(78, 34, 178, 214, 2), (214, 224, 232), 6)
    for side in (1, -1):
        for fold in range(4):
            top, foot = 128 - side * (96 - fold * 24), 128 - side * (98 - fold * 15)
            canvas.add(line(26, top, 42, foot, 150, top, 228), puff=9)
        canvas.add(line(10, 128 - side * 110, 146, 128 - side * 46, 154), DEEP, 3)
    canvas.add(box(10, 20, 246, 34, 7), DARK, 4)
    return canvas.finish()


def _blanket() -> Image.Image:
    canvas = Canvas()
    for x in range(46, 220, 14):
        canvas.add(line(4, x, 204, x, 232), puff=2)
    for y in (150, 104, 58):
        canvas.add(box(32, y, 224, y + 58, 24), puff=12)
        canvas.add(line(5, 46, y + 34, 210, y + 34), PALE, 2)
    return canvas.finish()


def _pillow() -> Image.Image:
    canvas = Canvas()
    canvas.add(lambda draw: draw.polygon(at(*_cushion()), fill=255), puff=26)
    canvas.add(ring(128, 128, 6, 6), DEEP, 2)
    return canvas.finish(12)


def _cushion() -> list[float]:
    """The outline of a square that is drawn in along its sides."""
    corners = [(30.0, 52.0), (226.0, 52.0), (226.0, 204.0), (30.0, 204.0)]
    outline: list[float] = []
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        for step in range(12):
            share = step / 12
            inwards = 0.5 * share * (1 - share)
            x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
            outline += [x + (128 - x) * inwards, y + (128 - y) * inwards]
    return outline


def _hair_dryer() -> Image.Image:
    canvas = Canvas()
    canvas.add(polygon(128, 120, 178, 120, 164, 232, 128, 232), DARK, 10)
    canvas.add(box(24, 62, 72, 126, 6), DARK, 8)
    canvas.add(polygon(60, 54, 150, 34, 150, 154, 60, 134), puff=14)
    canvas.add(disc(160, 94, 60), puff=20)
    canvas.add(disc(180, 94, 30), DEEP, 6)
    for y in (82, 94, 106):
        canvas.add(line(4, 164, y, 196, y), PALE, 1)
    canvas.add(box(138, 158, 152, 190, 5), STEEL, 4)
    return canvas.finish()


HOUSEHOLD: dict[str, Callable[[], Image.Image]] = {
    "armchair": _armchair,
    "blanket": _blanket,
    "blender": _blender,
    "coffee_maker": _coffee_maker,
    "curtains": _curtains,
    "hair_dryer": _hair_dryer,
    "kettle": _kettle,
    "lamp": _lamp,
    "pillow": _pillow,
    "toaster": _toaster,
    "vacuum": _vacuum,
}
