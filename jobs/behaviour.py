"""Whether a customer behaves otherwise than before: categories of the last weeks against those of the weeks before."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

RECENT: Final = timedelta(days=30)
BEFORE: Final = timedelta(days=90)
LEAST_EVENTS: Final = 5
"""In each window; of less nothing is said."""
CHANGED: Final = 0.3
"""From which divergence on a customer counts as changed."""
_NAMED: Final = 3


def change(recent: Mapping[str, float], before: Mapping[str, float]) -> dict[str, Any] | None:
    """What changed from the BEFORE window to the RECENT one, by events of each category; None where there are too few.

    `divergence`: Jensen-Shannon (base 2) between the shares, 0 the same to 1 nothing in common. `activity`: events a
    day now over events a day before. `more` and `less`: categories by the change of their share, at most three each.
    """
    now, then = sum(recent.values()), sum(before.values())
    if now < LEAST_EVENTS or then < LEAST_EVENTS:
        return None
    shares = {name: (recent.get(name, 0) / now, before.get(name, 0) / then) for name in sorted({*recent, *before})}
    moved = {name: new - old for name, (new, old) in shares.items()}
    found = sum(_part(new, (new + old) / 2) + _part(old, (new + old) / 2) for new, old in shares.values()) / 2
    order = sorted(moved, key=lambda name: (-moved[name], name))
    return {
        "divergence": round(max(0.0, min(1.0, found)), 4),
        "activity": round((now / RECENT.days) / (then / BEFORE.days), 3),
        "more": [{"value": name, "change": round(moved[name], 4)} for name in order[:_NAMED] if moved[name] > 0],
        "less": [{"value": name, "change": round(moved[name], 4)} for name in order[::-1][:_NAMED] if moved[name] < 0],
    }


def _part(share: float, middle: float) -> float:
    return share * math.log2(share / middle) if share > 0 else 0.0
