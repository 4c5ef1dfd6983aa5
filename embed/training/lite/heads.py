"""The trained part: two heads on frozen towers that end in one space of 512 dims."""

import torch
from torch import nn
from torch.nn import functional

DIMS = 512
FEATURES = 1280
"""Features of ImageNet's classifier: the last that many columns of the picture tower's output."""
_UNFAMILIAR = -2.0  # deviations below the middle of the training pictures
_SOFTNESS = 0.4  # deviations


class TextHead(nn.Module):  # type: ignore[misc, unused-ignore]
    """Sentence vectors (n, 384) to (n, 512), length 1."""

    def __init__(self, size: int = 384) -> None:
        super().__init__()
        self.linear = nn.Linear(size, DIMS)
        nn.init.orthogonal_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, sentences: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return functional.normalize(self.linear(sentences), dim=1)


class Doubt(nn.Module):  # type: ignore[misc, unused-ignore]
    """How much more the classes' way counts for a picture that is unlike what was learned from: a factor, (n,).

    1 for what is familiar, 1 + `most` for what is not, evenly between. Familiar is a picture whose learned vector is
    near one of `centres` (k, 512), measured in deviations from the middle of the training pictures. Generalised
    zero-shot models must doubt what they were taught in the same way (calibrated stacking, Chao et al. 2016).
    """

    def __init__(self, centres: torch.Tensor, middle: float, deviation: float, *, most: float) -> None:
        super().__init__()
        self.centres = nn.Buffer(centres)
        self.middle, self.deviation, self.most = middle, deviation, most

    def forward(self, learned: torch.Tensor) -> torch.Tensor:
        """Learned vectors (n, 512), length 1, to factors."""
        familiar = ((learned @ self.centres.T).amax(1) - self.middle) / self.deviation
        return 1.0 + self.most * torch.sigmoid((_UNFAMILIAR - familiar) / _SOFTNESS)


class PictureHead(nn.Module):  # type: ignore[misc, unused-ignore]
    """Components (n, size) and class mixtures (n, 384) to (n, 512), length 1.

    The sum of two ways: a small network over the tower's components, which learns what it is shown, and the text
    head's view of the picture's likeliest ImageNet classes (ConSE), which knows a thousand things for no picture.
    """

    def __init__(self, size: int, hidden: int, dropout: float, alone: float) -> None:
        """While training, the first way is silent for a share of `alone` of the pictures: the second must do alone."""
        super().__init__()
        self.alone = alone
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(size, DIMS)
        self.hidden = nn.Sequential(nn.Linear(size, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, DIMS))
        self.share = nn.Parameter(torch.tensor(0.5))
        self.doubt: Doubt | None = None
        """Set when training is done (embed.training.lite.familiar): it would teach the first way to be doubted."""
        nn.init.normal_(self.linear.weight, std=0.02)

    def forward(self, components: torch.Tensor, mixture: torch.Tensor, text: TextHead) -> torch.Tensor:
        """See the class."""
        learned = self.learned(components)
        share = self.share if self.doubt is None else self.share * self.doubt(learned)[:, None]
        if self.training and self.alone:
            learned = learned * (torch.rand(len(learned), 1) > self.alone)
        return functional.normalize(learned + share * text(mixture), dim=1)

    def learned(self, components: torch.Tensor) -> torch.Tensor:
        """The first way alone: components (n, size) to (n, 512), length 1."""
        x = self.dropout(components)
        return functional.normalize(self.linear(x) + self.hidden(x), dim=1)


class ClassMixture(nn.Module):  # type: ignore[misc, unused-ignore]
    """The picture tower's last 1,280 columns to the mean sentence vector of its likeliest classes, (n, 384).

    `weight` (1000, 1280) and `bias` are the classifier, `names` (1000, 384) the sentence vectors of its classes.
    So many classes as `likeliest` count, by their chances at `temperature`: a higher one evens them out.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, names: torch.Tensor) -> None:
        super().__init__()
        self.weight, self.bias, self.names = nn.Buffer(weight), nn.Buffer(bias), nn.Buffer(names)
        self.likeliest = 10
        self.temperature = 1.0

    def broadened(self, names: torch.Tensor) -> "ClassMixture":
        """The same with more classes, more evenly, and `names` (1000, 384) that say more, as it serves.

        A picture of what was never shown is seldom one class. The README of the weights has figures; training with
        more classes as well was not measured.
        """
        broad = ClassMixture(self.weight, self.bias, names)
        broad.likeliest, broad.temperature = 20, 1.5
        return broad

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """See the class."""
        chances = (functional.linear(features, self.weight, self.bias) / self.temperature).softmax(1)
        least = chances.topk(self.likeliest, 1).values[:, -1:]
        chances = torch.where(chances >= least, chances, torch.zeros_like(chances))
        mixed: torch.Tensor = (chances @ self.names) / chances.sum(1, keepdim=True)
        return mixed


class PictureModel(nn.Module):  # type: ignore[misc, unused-ignore]
    """All from pixels to the shared vector, as it is exported: tower, projection, mixture, head."""

    def __init__(
        self,
        tower: nn.Module,
        scaling: tuple[torch.Tensor, torch.Tensor],
        axes: torch.Tensor,
        mixture: ClassMixture,
        heads: tuple[PictureHead, TextHead],
    ) -> None:
        super().__init__()
        self.tower, self.mixture = tower, mixture
        self.mean, self.deviation = (nn.Buffer(value) for value in scaling)
        self.axes = nn.Buffer(axes)
        self.head, self.text = heads

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """uint8 (n, side, side, 3) to float32 (n, 512)."""
        pooled = self.tower(pixels)
        components = ((pooled - self.mean) / self.deviation).clamp(-6.0, 6.0) @ self.axes
        vectors: torch.Tensor = self.head(components, self.mixture(pooled[:, -FEATURES:]), self.text)
        return vectors
