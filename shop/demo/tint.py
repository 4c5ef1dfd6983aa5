"""Give a render another colour: the part that carries its colour is redrawn in a ramp of the new one."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# "auto" is the commonest hue and its neighbours, or the gray where a picture has little else.
Part = Literal["auto", "all", "colored", "vivid", "neutral", "pale", "dark", "light", "orange hues", "violet hues"]
Pixels = NDArray[np.floating]

# Shadow, body and highlight of each basic colour.
RAMPS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]] = {
    "black": ((16, 16, 20), (42, 43, 50), (104, 106, 118)),
    "white": ((168, 171, 184), (234, 235, 241), (255, 255, 255)),
    "gray": ((84, 87, 96), (136, 140, 149), (192, 196, 204)),
    "silver": ((112, 119, 132), (188, 194, 204), (244, 247, 252)),
    "gold": ((158, 100, 16), (224, 170, 48), (255, 228, 136)),
    "brown": ((62, 34, 20), (118, 70, 42), (176, 124, 86)),
    "beige": ((168, 138, 102), (217, 192, 156), (244, 229, 204)),
    "red": ((136, 8, 22), (212, 28, 40), (248, 106, 98)),
    "orange": ((188, 74, 6), (244, 122, 20), (255, 184, 96)),
    "yellow": ((206, 150, 8), (251, 209, 36), (255, 240, 136)),
    "green": ((16, 80, 42), (44, 144, 72), (130, 208, 134)),
    "blue": ((20, 52, 136), (38, 102, 214), (122, 180, 252)),
    "purple": ((64, 26, 120), (122, 62, 188), (190, 144, 240)),
    "pink": ((194, 56, 114), (245, 128, 174), (255, 200, 222)),
}
_HUE_REACH = 0.15  # of the circle, to each side of the commonest hue
_HUES: dict[Part, float] = {"orange hues": 0.04, "violet hues": 0.74}
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


class Tintable:
    """A picture that can be had in any colour; finding its part is done once."""

    def __init__(self, picture: Image.Image, part: Part = "auto") -> None:
        """`picture` is RGBA; `part` is what takes the colour, the rest stays."""
        self._picture = picture
        pixels: Pixels = np.asarray(picture.convert("RGBA"), dtype=np.float32) / np.float32(255)
        self._rgb, alpha = pixels[..., :3], pixels[..., 3]
        luma = self._rgb @ _LUMA
        self._share = _share(self._rgb, luma, alpha, part)
        self._place = (_place_on_ramp(luma, self._share * alpha) * 255).astype(np.uint8)

    def tint(self, color: str) -> Image.Image:
        """Return the RGBA picture with its part in `color`, a key of RAMPS; "multicolor" changes nothing."""
        if color == "multicolor":
            return self._picture
        ramp = np.array(RAMPS[color], dtype=np.float32) / 255
        steps = np.linspace(0, 1, 256)
        table = np.stack([np.interp(steps, (0, 0.5, 1), ramp[:, channel]) for channel in range(3)], axis=-1)
        redrawn = table.astype(np.float32)[self._place]
        mixed = self._rgb + (redrawn - self._rgb) * self._share[..., None]
        tinted = Image.fromarray((mixed * 255).round().astype(np.uint8), "RGB")
        tinted.putalpha(self._picture.getchannel("A"))
        return tinted


def _share(rgb: Pixels, luma: Pixels, alpha: Pixels, part: Part) -> Pixels:
    """How much of each pixel belongs to the part, from 0 to 1."""
    chroma = rgb.max(axis=-1) - rgb.min(axis=-1)
    colored = _smooth(chroma, 0.10, 0.24)
    match part:
        case "all":
            return np.ones_like(alpha)
        case "colored":
            return colored
        case "vivid":
            return _smooth(chroma, 0.38, 0.55)
        case "pale":
            return 1 - _smooth(chroma, 0.35, 0.5)
        case "dark":
            return 1 - _smooth(luma, 0.42, 0.56)
        case "light":
            return _smooth(luma, 0.4, 0.52)
        case "orange hues" | "violet hues":
            return _near(_hue(rgb, chroma), _HUES[part], 0.09) * colored
        case "auto" if (colored * alpha).sum() >= 0.3 * alpha.sum():
            hue = _hue(rgb, chroma)
            return _near(hue, _commonest(hue, chroma * alpha), _HUE_REACH) * colored
        case _:  # neutral, and auto on a gray picture
            return 1 - colored


def _commonest(hue: Pixels, weight: Pixels) -> float:
    counts, edges = np.histogram(hue, bins=36, range=(0, 1), weights=weight)
    around = counts + np.roll(counts, 1) + np.roll(counts, -1)
    return float(edges[int(around.argmax())]) + 1 / 72


def _near(hue: Pixels, center: float, reach: float) -> Pixels:
    distance = np.abs((hue - center + 0.5) % 1 - 0.5)
    return 1 - _smooth(distance, reach, reach + 0.04)


def _hue(rgb: Pixels, chroma: Pixels) -> Pixels:
    """HSV hue from 0 to 1; 0 for gray."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    top = rgb.max(axis=-1)
    spread = np.where(chroma > 0, chroma, 1)
    sixths = np.select(
        [top == red, top == green],
        [(green - blue) / spread % 6, (blue - red) / spread + 2],
        (red - green) / spread + 4,
    )
    return np.asarray(sixths / 6, dtype=np.float32)


def _place_on_ramp(luma: Pixels, weight: Pixels) -> Pixels:
    """0 for the part's shadows, 0.5 for its usual brightness, 1 for its highlights."""
    inside = luma[weight > 0.5]
    if not inside.size:
        return np.full_like(luma, 0.5)
    low, middle, high = np.percentile(inside, (4, 50, 97))
    # A flat part has no shading to stretch: noise must not become shadows.
    low, high = min(low, middle - 0.12), max(high, middle + 0.12)
    return np.interp(luma, (low, middle, high), (0.0, 0.5, 1.0)).astype(np.float32)


def _smooth(value: Pixels, low: float, high: float) -> Pixels:
    """0 below low, 1 above high, an even passage between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    smooth: Pixels = t * t * (3 - 2 * t)
    return smooth
