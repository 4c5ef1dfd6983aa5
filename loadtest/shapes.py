"""The shapes of a load test for locust, each with its curve."""

from typing import ClassVar, Final

from locust import LoadTestShape

from loadtest.curves import CURVES, Curve
from loadtest.settings import LoadSettings

# Users that may come or go in a second; the curve says how many there are. Locust warns of more.
_RATE: Final = 100.0


class Curved(LoadTestShape):
    """Follows its curve until the time of the settings is over."""

    abstract: ClassVar[bool] = True
    curve: ClassVar[Curve]
    settings: ClassVar[LoadSettings] = LoadSettings.model_construct()

    def tick(self) -> tuple[int, float] | None:
        """Users now and how many may come a second; None: it is over."""
        ran_s: float = self.get_run_time()  # type: ignore[no-untyped-call] # locust's own has no types
        share = ran_s / self.settings.time_s
        return None if share >= 1 else (max(1, round(self.settings.users * self.curve.users_at(share))), _RATE)


class Steady(Curved):
    """The same number all the time, after a short climb."""

    curve = CURVES["steady"]


class Ramp(Curved):
    """More and more: where does it begin to hurt?"""

    curve = CURVES["ramp"]


class Spike(Curved):
    """A mail went out: five times as many at once, and quiet again."""

    curve = CURVES["spike"]


class Soak(Curved):
    """Steady for hours: does anything grow?"""

    curve = CURVES["soak"]


class Overload(Curved):
    """Up to more than the service can do, and held there: how much of its best does it still do?"""

    curve = CURVES["overload"]


SHAPES: Final[dict[str, type[Curved]]] = {kind.__name__.lower(): kind for kind in (Steady, Ramp, Spike, Soak, Overload)}


def shape_of(settings: LoadSettings) -> type[Curved]:
    """The shape that the settings name, with their number of users and time."""
    kind = SHAPES[settings.shape]
    return type(kind.__name__, (kind,), {"settings": settings, "__module__": __name__})
