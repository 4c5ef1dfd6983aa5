"""Signals of a product's worth, beside how well it fits the query: the one place where they are named. Pure.

Each signal has a value from 0 to 1, or none where nothing is known of it, and a strength from the settings, 0 (off)
unless it is set. A hit's fused score is moved by

    boost = sum over the signals of strength x (2 x value - 1), kept between -MOST and MOST
    score = fused score x (1 + boost)

so a signal of strength 0.1 moves a score by at most a tenth, up or down, all together by at most a half, and what is
not known moves nothing. A hit is never put before one whose fused score is more than (1 + B) / (1 - B) times its own,
with B the sum of the strengths. Signals order what is fused; what only the words found behind it keeps its order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log1p
from typing import Any, Final, NamedTuple

from app.settings import ServiceSettings
from es.mappings import products as fields

MOST: Final = 0.5
STARS: Final = 2.0
"""Stars between an average whose value is 0 and one whose value is 1; the usual rating is in the middle."""
_DAY_MS: Final = 86_400_000.0

# Doc values that are fetched with each hit, beside the card, for the signals that need them.
_FETCHED: Final[Mapping[str, Any]] = {
    "freshness": {"field": fields.CREATED_AT, "format": "epoch_millis"},
    "margin": fields.MARGIN,
}


class Merits(NamedTuple):
    """What the signals know of a product. None: not known."""

    reviews: int = 0
    rating: float | None = None
    in_stock: bool = True
    age_days: float | None = None
    margin: float | None = None


class Signal(NamedTuple):
    """One signal of one hit: its value, and how it moves the score (0.05: up by a twentieth)."""

    value: float | None
    effect: float


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals that are on, with their strengths; made by `signals_of`."""

    strengths: Mapping[str, float]
    popular_reviews: int
    usual_rating: float
    rating_reviews: float
    fresh_days: float

    def __bool__(self) -> bool:
        return bool(self.strengths)

    @property
    def fetched(self) -> list[Any]:
        """Doc values that the hits must come with."""
        return [wanted for name, wanted in _FETCHED.items() if name in self.strengths]

    def of(self, merits: Merits) -> dict[str, Signal]:
        """Each signal that is on, by name."""
        found = {}
        for name, strength in self.strengths.items():
            value = _VALUES[name](merits, self)
            effect = 0.0 if value is None else strength * (2 * value - 1)
            found[name] = Signal(value, effect)
        return found

    def boost(self, merits: Merits) -> float:
        """What all signals together add to 1."""
        return min(max(sum(signal.effect for signal in self.of(merits).values()), -MOST), MOST)


def signals_of(settings: ServiceSettings) -> Signals:
    """The signals that the settings turn on."""
    given = {
        "popularity": settings.signal_popularity,
        "rating": settings.signal_rating,
        "freshness": settings.signal_freshness,
        "stock": settings.signal_stock,
        "margin": settings.signal_margin,
    }
    return Signals(
        {name: strength for name, strength in given.items() if strength > 0},
        settings.signal_popular_reviews,
        settings.signal_usual_rating,
        settings.signal_rating_reviews,
        settings.signal_fresh_days,
    )


def merits_of(card: Mapping[str, Any], found: Mapping[str, Any], now: datetime) -> Merits:
    """What is known of a hit, from its card and the doc values that came with it."""
    created, margin = found.get(fields.CREATED_AT), found.get(fields.MARGIN)
    return Merits(
        reviews=card["review_count"],
        rating=card["rating"],
        in_stock=card["in_stock"],
        age_days=(now.timestamp() * 1000 - float(created[0])) / _DAY_MS if created else None,
        margin=margin[0] if margin else None,
    )


def popularity(merits: Merits, signals: Signals) -> float:
    """How many people have written a review, by orders of magnitude; 1 from `popular_reviews` up."""
    return min(log1p(merits.reviews) / log1p(signals.popular_reviews), 1.0)


def rating(merits: Merits, signals: Signals) -> float | None:
    """Where the Bayesian average stands to the usual rating: a star above it is 1, a star below it 0.

    Bayesian average = (usual x k + rating x reviews) / (k + reviews), as if k reviews of the usual rating came first:
    five stars of one reviewer are no more than the usual.
    """
    if merits.rating is None or merits.reviews == 0:
        return None
    k = signals.rating_reviews
    average = (signals.usual_rating * k + merits.rating * merits.reviews) / (k + merits.reviews)
    return min(max(0.5 + (average - signals.usual_rating) / STARS, 0.0), 1.0)


def freshness(merits: Merits, signals: Signals) -> float | None:
    """Halved every `fresh_days` since it came into the shop; a date to come counts as today."""
    if merits.age_days is None:
        return None
    value: float = 0.5 ** (max(merits.age_days, 0.0) / signals.fresh_days)
    return value


def stock(merits: Merits, _: Signals) -> float:
    """1 in stock, 0 sold out."""
    return 1.0 if merits.in_stock else 0.0


def margin(merits: Merits, _: Signals) -> float | None:
    """The shop's share of the price."""
    return None if merits.margin is None else min(max(merits.margin, 0.0), 1.0)


_VALUES: Final[Mapping[str, Callable[[Merits, Signals], float | None]]] = {
    "popularity": popularity,
    "rating": rating,
    "freshness": freshness,
    "stock": stock,
    "margin": margin,
}
