"""Which completions led to a product that may be shown, as the index said a moment ago.

The same beginnings are typed all day. Where there is no place to ask the index, what it said of the same completions,
under the same rules, is good enough; what it has not been asked about is not offered.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import orjson

from shop.lexicon.phrases import Phrase

FRESH_S: Final = 60.0
MOST: Final = 20_000

Kind = str


class Checked:
    """What checks found, at most MOST of them; `visible`: the clauses that a product must pass to be shown."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: OrderedDict[tuple[bytes, Kind, str], tuple[float, bool]] = OrderedDict()

    def keep(self, visible: Sequence[dict[str, Any]], kind: Kind, found: Iterable[tuple[Phrase, bool]]) -> None:
        """Notes what checks found now."""
        rules, now = orjson.dumps(visible), self._clock()
        for phrase, there in found:
            key = (rules, kind, phrase.value or phrase.text)
            self._found[key] = (now, there)
            self._found.move_to_end(key)
        while len(self._found) > MOST:
            self._found.popitem(last=False)

    def there(self, visible: Sequence[dict[str, Any]], kind: Kind, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Those that led somewhere within FRESH_S."""
        rules, oldest = orjson.dumps(visible), self._clock() - FRESH_S
        kept = []
        for phrase in phrases:
            at, there = self._found.get((rules, kind, phrase.value or phrase.text), (float("-inf"), False))
            if there and at >= oldest:
                kept.append(phrase)
        return kept
