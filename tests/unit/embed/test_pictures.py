"""Files into pixels: what every camera and shop system produces, and what is refused."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from embed.errors import PictureRefused
from embed.pictures import decode, letterbox, pixels

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 160, 60), (30, 60, 200), (255, 255, 255)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def halves(width: int = 40, height: int = 20) -> Image.Image:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def near(pixel: object, color: tuple[int, int, int], reach: int = 24) -> bool:
    return bool(np.abs(np.asarray(pixel, int) - color).max() <= reach)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_formats_are_read(kind: str) -> None:
    picture = decode(encoded(halves(), kind))

    assert picture.mode == "RGB"
    assert picture.size == (40, 20)
    assert near(picture.getpixel((5, 10)), RED)
    assert near(picture.getpixel((35, 10)), BLUE)


def test_a_camera_held_upright_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right

    picture = decode(encoded(halves(), "JPEG", exif=exif))

    assert picture.size == (20, 40)
    assert near(picture.getpixel((10, 5)), RED)
    assert near(picture.getpixel((10, 35)), BLUE)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_becomes_white(mode: str) -> None:
    picture = Image.new("RGBA", (10, 10), (0, 0, 0, 0)).convert(mode)

    assert decode(encoded(picture, "PNG")).getpixel((5, 5)) == WHITE


def test_a_transparent_colour_of_a_palette_becomes_white() -> None:
    picture = halves().convert("P", palette=Image.Palette.ADAPTIVE)
    red = picture.getpixel((0, 0))

    decoded = decode(encoded(picture, "PNG", transparency=red))

    assert decoded.getpixel((0, 0)) == WHITE
    assert near(decoded.getpixel((35, 10)), BLUE)


def test_half_transparency_is_mixed_with_white() -> None:
    picture = Image.new("RGBA", (4, 4), (0, 0, 0, 128))

    assert near(decode(encoded(picture, "PNG")).getpixel((1, 1)), (127, 127, 127), 2)


def test_print_colours_become_screen_colours() -> None:
    decoded = decode(encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=95))

    assert near(decoded.getpixel((8, 8)), (255, 0, 0))


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    grey = Image.fromarray(np.full((8, 8), 32768, np.uint16))

    assert near(decode(encoded(grey, "PNG")).getpixel((4, 4)), (127, 127, 127), 2)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_is_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (12, 12), color) for color in (GREEN, RED)]

    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])

    assert near(decode(content).getpixel((6, 6)), GREEN)


def test_a_wide_picture_lies_in_the_middle_of_a_white_square() -> None:
    square = letterbox(halves(), 20)

    assert square.shape == (20, 20, 3)
    assert square.dtype == np.uint8
    assert near(square[0, 10], WHITE, 0)
    assert near(square[19, 10], WHITE, 0)
    assert near(square[10, 2], RED)
    assert near(square[10, 17], BLUE)


def test_a_hair_keeps_one_pixel() -> None:
    assert (letterbox(Image.new("RGB", (5000, 1), RED), 32) != 255).any()


def test_a_large_jpeg_looks_the_same_when_decoded_small() -> None:
    content = encoded(halves(2000, 1000), "JPEG")

    small = letterbox(decode(content, side=64), 64).astype(int)
    full = letterbox(decode(content), 64).astype(int)

    assert decode(content, side=64).width < 2000
    assert np.abs(small - full).mean() < 2


def test_an_opened_picture_serves_too() -> None:
    assert (pixels(halves(), 24) == letterbox(halves(), 24)).all()


def header_only(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"Dear shop, this is my picture.", "not a picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 300, "damaged"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"%PDF-1.7 ...", "PDF"),
        (header_only(8000, 6500), "8000 x 6500"),
        (header_only(12_000, 10_000), "million"),
        (header_only(60_000, 60_000), "million"),
        (header_only(100, 100), "damaged or cut short"),
    ],
    ids=["0 bytes", "text", "jpeg noise", "svg", "html", "pdf", "52 megapixels", "120 megapixels", "bomb", "no pixels"],
)
def test_what_is_no_picture_is_refused_with_its_reason(content: bytes, said: str) -> None:
    with pytest.raises(PictureRefused, match=said):
        decode(content)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_a_file_cut_short_is_refused(kind: str) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    content = encoded(noise, kind)

    with pytest.raises(PictureRefused):
        decode(content[: len(content) // 2])


def test_the_limit_of_pixels_is_the_callers() -> None:
    with pytest.raises(PictureRefused, match="40 x 20 pixels"):
        decode(encoded(halves(), "PNG"), max_pixels=500)
