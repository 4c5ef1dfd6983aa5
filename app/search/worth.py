"""What the products of one search are worth to the shop, as the signals see it. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.search.fusion import Fusion, Lifted
from app.search.hit import Hit
from app.search.hits import Retrieved, card_of
from app.search.signals import Merits, Signal, Signals, merits_of


@dataclass(frozen=True, slots=True)
class Worth:
    """The signals that are on, and the time that freshness is measured from."""

    signals: Signals
    now: datetime

    def of(self, hit: Hit) -> Merits:
        return merits_of(card_of(hit), hit.fields, self.now)

    def told(self, hit: Hit) -> dict[str, Any]:
        """What the signals did to a hit, for its explanation."""
        merits = self.of(hit)
        return {
            "boost": round(self.signals.boost(merits), 6),
            "signals": {name: _plain(signal) for name, signal in self.signals.of(merits).items()},
        }


def worth(signals: Signals) -> Worth | None:
    """None where no signal is on. Time goes by hours, so that pages of one list agree."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return Worth(signals, hour) if signals else None


def lifting(fusion: Fusion, worth: Worth | None, found: Retrieved) -> Fusion:
    """The fusion, its scores moved by what each product is worth."""
    if worth is None or isinstance(fusion, Lifted):
        return fusion
    return Lifted(fusion, {hit.candidate.product_id: worth.signals.boost(worth.of(hit)) for hit in found.hits})


def _plain(signal: Signal) -> dict[str, float | None]:
    value = None if signal.value is None else round(signal.value, 6)
    return {"value": value, "effect": round(signal.effect, 6)}
