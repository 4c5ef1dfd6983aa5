"""How many users there are at each moment of a load test: curves as data, for any number of users and any time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Curve:
    """`points`: (share of the time, share of the users) in the order of time, straight lines between them.
    `settled_from`: share of the time from which the load is held."""

    points: Sequence[tuple[float, float]]
    settled_from: float = 0.0

    def users_at(self, share: float) -> float:
        """The share of the users at a share of the time."""
        before = self.points[0]
        for point in self.points:
            if point[0] >= share:
                width = point[0] - before[0]
                return point[1] if not width else before[1] + (point[1] - before[1]) * (share - before[0]) / width
            before = point
        return self.points[-1][1]


CURVES: Final[Mapping[str, Curve]] = {
    "steady": Curve([(0.0, 0.0), (0.1, 1.0), (1.0, 1.0)]),
    "ramp": Curve([(0.0, 0.0), (1.0, 1.0)]),
    "spike": Curve([(0.0, 0.0), (0.1, 0.2), (0.4, 0.2), (0.42, 1.0), (0.6, 1.0), (0.62, 0.2), (1.0, 0.2)]),
    "soak": Curve([(0.0, 0.0), (0.02, 1.0), (1.0, 1.0)]),
    "overload": Curve([(0.0, 0.0), (0.6, 1.0), (1.0, 1.0)], settled_from=0.65),
}
