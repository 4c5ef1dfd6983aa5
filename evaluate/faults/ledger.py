"""What was sent and what was answered: against this the shop is checked when all is well again."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

GRACE_S: Final = 0.1
"""So much past its deadline an answer may be."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request and what came back; `status` 0: no answer. `at_s`: since the start of the run."""

    request_id: str
    kind: str
    at_s: float
    took_s: float
    status: int
    retry_after: bool
    told: str = ""

    @property
    def well(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a product by its version; `price` None: it is deleted."""

    version: int
    price: float | None


@dataclass(slots=True)
class Goods:
    """One product: its changes in the order of their versions; `sure`: the newest version that was acknowledged."""

    changes: list[Change] = field(default_factory=list)
    sure: int = 0

    def may_be(self) -> list[Change]:
        """What the product may be now: as it was acknowledged last, or as any change since that nobody answered."""
        return [change for change in self.changes if change.version >= self.sure] or [Change(0, None)]


@dataclass(slots=True)
class Ledger:
    """Of one run. `events` and `messages`: ids -> whether they were acknowledged."""

    sent: list[Sent] = field(default_factory=list)
    goods: dict[str, Goods] = field(default_factory=dict)
    events: dict[str, bool] = field(default_factory=dict)
    messages: dict[str, dict[str, bool]] = field(default_factory=dict)

    def counts(self) -> Counter[int]:
        """Requests by status."""
        return Counter(one.status for one in self.sent)


@dataclass(frozen=True, slots=True)
class Found:
    """What the shop has when all is well again. `dead`: ids of products with a dead letter; `searched`: ids that a
    search for all products of the run found, with repetitions; `events` and `messages`: how often each is there."""

    prices: dict[str, float | None]
    dead: frozenset[str]
    searched: Sequence[str]
    events: Counter[str]
    messages: Counter[str]


def broken(ledger: Ledger, found: Found) -> list[str]:
    """Sentences about what was acknowledged and is not there, or is there twice."""
    return [*_products(ledger, found), *_once("event", ledger.events, found.events), *_messages(ledger, found)]


def _products(ledger: Ledger, found: Found) -> list[str]:
    wrong = []
    there = {product_id for product_id, price in found.prices.items() if price is not None}
    for product_id, goods in ledger.goods.items():
        price = found.prices.get(product_id)
        may_be = [change.price for change in goods.may_be()]
        # Nothing was promised of one that was never acknowledged; what was promised may be reported instead.
        if price not in may_be and not (goods.sure == 0 and price is None) and product_id not in found.dead:
            wrong.append(f"{product_id} costs {price}, and may cost {may_be}; version {goods.sure} was acknowledged")
    twice = [product_id for product_id, count in Counter(found.searched).items() if count > 1]
    wrong += [f"{product_id} is found twice" for product_id in twice]
    wrong += [f"{product_id} is stored and not found" for product_id in sorted(there - set(found.searched))]
    wrong += [f"{product_id} is found and not stored" for product_id in sorted(set(found.searched) - there)]
    return wrong


def _once(what: str, sent: dict[str, bool], there: Counter[str]) -> list[str]:
    wrong = []
    for name, sure in sent.items():
        count = there[name]
        if count > 1 or (sure and not count):
            wrong.append(f"{what} {name} is there {count} times, {'acknowledged' if sure else 'not acknowledged'}")
    return wrong


def _messages(ledger: Ledger, found: Found) -> list[str]:
    return [line for sent in ledger.messages.values() for line in _once("message", sent, found.messages)]


def impolite(sent: Sequence[Sent], away: Sequence[tuple[float, float]]) -> list[str]:
    """Answers that no trouble excuses: 5xx but 503 with Retry-After, and none at all while the API ran. `away`: when
    it did not."""
    wrong = []
    for one in sent:
        killed = any(start - 0.2 <= one.at_s + one.took_s and one.at_s <= end for start, end in away)
        if one.status == 0 and not killed:
            wrong.append(f"{one.kind} at {one.at_s:.1f} s had no answer: {one.told}")
        elif one.status >= 500 and not (one.status == 503 and one.retry_after):
            wrong.append(f"{one.kind} at {one.at_s:.1f} s was answered with {one.status}: {one.told}")
    return wrong


def late(
    served_ms: dict[str, float], sent: Sequence[Sent], deadlines: dict[str, float], slack: Callable[[Sent], float]
) -> list[str]:
    """Answers past their deadline, by the time in the service. `slack`: how many seconds of a request the machine
    itself was late."""
    wrong: list[str] = []
    for one in sent:
        ms = served_ms.get(one.request_id)
        if ms is None or ms <= (deadlines[one.kind] + GRACE_S) * 1000:
            continue
        limit_ms = (deadlines[one.kind] + GRACE_S + slack(one)) * 1000
        if ms > limit_ms:
            wrong.append(f"{one.kind} at {one.at_s:.1f} s took {ms:.0f} ms, at most {limit_ms:.0f} were allowed")
    return wrong
