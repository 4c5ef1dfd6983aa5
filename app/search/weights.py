"""The weight of the words for each query, from cheap features of it, by a learned file. Pure but for reading that.

A query whose nearest neighbours the words find as well can trust its words; one whose words find little cannot. How
much each of this counts is learned from judged queries (`python -m evaluate learn-fusion`) and kept in a small JSON
file that a person can read. Without such a file every query has the same weight.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.search.fusion import Candidate

TOP: Final = 10
FLAT_OVER: Final = 40
FURTHEST: Final = 2.0
"""A feature further than this from its mean, in standard deviations, counts as this far: beyond lies what no judged
query has shown."""

FEATURES: Final[Mapping[str, str]] = {
    "words": "words of the query",
    "digits": "1 where a word of the query holds a digit (a model number, a size), else 0",
    "coverage": "share of the window that the words found",
    "nearest": "the best cosine of the window",
    "flatness": "mean of the 40 best BM25F scores over the best one: near 1 where the words tell nothing apart",
    "agreement": "mean BM25F score of the 10 nearest by meaning, over the best of the window",
    "words_know": "share of the 10 nearest by meaning that the words found too",
}

_DIGIT = re.compile(r"\d")
Share = Annotated[float, Field(ge=0, le=1)]


def features_of(text: str, window: Sequence[Candidate]) -> dict[str, float]:
    """The features of one search, by the names of FEATURES; `window`: the candidates that are fused, in any order."""
    words = sorted((c.words for c in window), reverse=True)
    best = words[0] if words else 0.0
    nearest = sorted((c for c in window if c.cosine is not None), key=_by_cosine)[:TOP]
    over = (len(nearest) or 1) * (best or 1.0)
    return {
        "words": float(len(text.split())),
        "digits": 1.0 if _DIGIT.search(text) else 0.0,
        "coverage": sum(score > 0 for score in words) / (len(words) or 1),
        "nearest": (nearest[0].cosine or 0.0) if nearest else 0.0,
        "flatness": sum(words[:FLAT_OVER]) / (min(len(words), FLAT_OVER) or 1) / (best or 1.0),
        "agreement": sum(c.words for c in nearest) / over,
        "words_know": sum(c.words > 0 for c in nearest) / (len(nearest) or 1),
    }


def _by_cosine(candidate: Candidate) -> tuple[float, float, str]:
    return -(candidate.cosine or 0.0), -candidate.words, candidate.product_id


class Learned(BaseModel):
    """What one feature does: each `scale` above `mean` moves the weight by `coefficient`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mean: float
    scale: float = Field(gt=0)
    coefficient: float


class QueryWeights(BaseModel):
    """A learned file. `weight` = intercept + sum of coefficient x (feature - mean) / scale, between least and most."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    text_model: str = Field(description="Model whose cosines it was learned from; with another it does not apply.")
    intercept: Share
    least: Share
    most: Share
    features: dict[str, Learned]
    learned: str = Field("", description="Date.")
    data: dict[str, str | int] = Field({}, description="What it was learned from.")
    cross_validated: dict[str, float | bool] = Field({}, description="Figures on queries that had no say.")

    @model_validator(mode="after")
    def _known(self) -> "QueryWeights":
        if unknown := set(self.features) - set(FEATURES):
            raise ValueError(f'there is no feature "{min(unknown)}"; there are: {", ".join(FEATURES)}')
        if self.least > self.most:
            raise ValueError("least is above most")
        return self

    def weight(self, text: str, window: Sequence[Candidate]) -> float:
        """The weight of the words for this search, 0 to 1."""
        found = features_of(text, window)
        weight = self.intercept
        for name, learned in self.features.items():
            steps = (found[name] - learned.mean) / learned.scale
            weight += learned.coefficient * min(max(steps, -FURTHEST), FURTHEST)
        return min(max(weight, self.least), self.most)


@lru_cache(maxsize=8)
def read_weights(path: Path) -> QueryWeights:
    """The learned file, read once. Raises ValueError with a sentence that names what is wrong."""
    try:
        return QueryWeights.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise ValueError(f"{path} holds no learned weights: {place}: {first['msg']}") from error


def learned_weight(path: Path | None, text_model: str | None, text: str, window: Sequence[Candidate]) -> float | None:
    """The weight of the words for one search; None without a learned file, or with one of another model."""
    if path is None or not window:
        return None
    weights = read_weights(path)
    return weights.weight(text, window) if weights.text_model == text_model else None
