"""A cosine on a scale with a meaning: 0.7 says that of two products so near, drawn from as many pairs of the same kind
as of different kinds, 70 % are of the same kind.

The curves are fitted on real catalogues by `python -m evaluate similarity` (docs/explain/similarity.md).
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

BUNDLED_SCALES: Final = Path(__file__).parent / "weights" / "similarity.json"


@dataclass(frozen=True, slots=True)
class Scale:
    """similarity = 1 / (1 + exp(-(slope * cosine + offset))), Platt's scaling; `calibrated` is False for the plain
    cosine of a model that nobody measured."""

    slope: float
    offset: float
    calibrated: bool = True

    def similarity(self, cosine: float) -> float:
        """0 to 1."""
        if not self.calibrated:
            return min(1.0, max(0.0, cosine))
        z = self.slope * cosine + self.offset
        return 1 / (1 + math.exp(-z)) if z > -700 else 0.0

    def cosine(self, similarity: float) -> float:
        """The least cosine of that similarity, from -1 to 1."""
        if not self.calibrated:
            return similarity
        if similarity <= 0:
            return -1.0
        if similarity >= 1:
            return 1.0
        z = math.log(similarity / (1 - similarity))
        return min(1.0, max(-1.0, (z - self.offset) / self.slope))


PLAIN: Final = Scale(1.0, 0.0, calibrated=False)


def scale_of(model_id: str | None) -> Scale:
    """The scale of a model's vectors by its id; the plain cosine where there is none."""
    known = _scales().get(model_id or "")
    return known if known is not None else PLAIN


@cache
def _scales() -> dict[str, Scale]:
    written = json.loads(BUNDLED_SCALES.read_text(encoding="utf-8"))
    return {model: Scale(curve["slope"], curve["offset"]) for model, curve in written["scales"].items()}
