"""Pictures for tests, drawn as they are needed."""

import io

from PIL import Image


def square(color: str, size: tuple[int, int] = (80, 60)) -> Image.Image:
    """A rectangle of one colour on white."""
    picture = Image.new("RGB", size, "white")
    picture.paste(color, (size[0] // 4, size[1] // 6, size[0] - size[0] // 4, size[1] - size[1] // 6))
    return picture


def file(color: str, kind: str = "PNG", size: tuple[int, int] = (80, 60)) -> bytes:
    """`square` as the bytes of a file."""
    content = io.BytesIO()
    square(color, size).save(content, kind)
    return content.getvalue()
