"""How much each part of the hybrid recommender counts until a shop has learned it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

STARTING_WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {"collaborative": 0.4, "content": 0.4, "sequential": 0.2}
)
