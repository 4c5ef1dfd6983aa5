"""What goes wrong in one run, and when: drawn from a seed, so that a run that failed can be made again."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from evaluate.faults.proxy import State

WINDOW_S: Final = 3.0
"""Faults begin within this time; the load goes on a little longer than the last of them."""


class Target(StrEnum):
    ELASTICSEARCH = "elasticsearch"
    REDIS = "redis"
    MODEL = "model"
    REDIS_SERVER = "redis-server"
    CONSUMER = "consumer"
    API = "api"


KILLED: Final = "killed"
SLOW: Final = "slow"
TROUBLES: Final[Mapping[Target, Sequence[str]]] = {
    Target.ELASTICSEARCH: [SLOW, *(state.value for state in State if state is not State.OPEN)],
    Target.REDIS: [SLOW, *(state.value for state in State if state is not State.OPEN)],
    Target.MODEL: [SLOW, *(state.value for state in State if state is not State.OPEN)],
    Target.REDIS_SERVER: [KILLED],
    Target.CONSUMER: [KILLED],
    Target.API: [KILLED],
}
# The API is started anew in seconds, and everybody waits for it: less often than the others.
_WEIGHTS: Final[Mapping[Target, float]] = {
    Target.ELASTICSEARCH: 4,
    Target.REDIS: 3,
    Target.MODEL: 2,
    Target.REDIS_SERVER: 1,
    Target.CONSUMER: 2,
    Target.API: 1,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`trouble` of a target for `for_s` seconds from `at_s` on; of what is killed, until it is started again."""

    at_s: float
    target: Target
    trouble: str
    for_s: float
    delay_s: float = 0.0

    def __str__(self) -> str:
        slowed = f" by {self.delay_s:g} s" if self.delay_s else ""
        return f"{self.at_s:g} s: {self.target.value} {self.trouble}{slowed} for {self.for_s:g} s"


def plan(seed: int, targets: Sequence[Target] = tuple(Target)) -> list[Fault]:
    """Two to four faults in the order of time, none of a target that is in trouble already."""
    draw = random.Random(f"faults-{seed}")
    faults: list[Fault] = []
    busy: dict[Target, float] = {}
    for at_s in sorted(round(draw.uniform(0.1, WINDOW_S), 2) for _ in range(draw.randint(2, 4))):
        free = [target for target in targets if busy.get(target, 0.0) <= at_s]
        if not free:
            continue
        target = draw.choices(free, [_WEIGHTS[each] for each in free])[0]
        trouble = draw.choice(TROUBLES[target])
        # Short mostly, and now and then longer than the deadlines.
        for_s = round(draw.uniform(0.3, 2.0) if draw.random() < 0.8 else draw.uniform(3.0, 6.0), 2)
        # Just slow, or slower than any deadline.
        delay_s = draw.choice((0.05, 0.3, 3.0)) if trouble == SLOW else 0.0
        faults.append(Fault(at_s, target, trouble, for_s, delay_s))
        busy[target] = at_s + for_s + 0.1
        if target is Target.API:
            busy[target] = WINDOW_S + 1
        if target is Target.REDIS_SERVER:
            busy[Target.REDIS] = busy[target]
    return faults
