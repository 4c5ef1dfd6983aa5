"""The pace of a copy: it falls where the shop's searches take longer than before, and rises where they do not."""

import subprocess
import sys
import threading

import pytest

from es.errors import EngineUnavailable
from ingest.reindex.pace import FIRST_RATE, LEAST_RATE, Effort, Pace, Searched


class Machine:
    """A machine whose searches take 4 ms, and 20 ms while more than `bears` products a second are copied. Time passes
    only where somebody waits; `asked`: searches a second; `costs`: milliseconds of the server's threads a product."""

    def __init__(self, bears: float, asked: float = 50.0, costs: float = 1.0) -> None:
        self.now = 0.0
        self.rate = 0.0
        self.bears = bears
        self.asked = asked
        self.costs = costs
        self.worked = 0.0
        self._queries = 0.0
        self._ms = 0.0

    def clock(self) -> float:
        return self.now

    def look(self) -> Searched:
        return Searched(int(self._queries), self._ms)

    def wait(self, timeout: float | None = None) -> bool:
        seconds = timeout or 0.0
        self.now += seconds
        self.worked += seconds * self.rate * self.costs
        self._queries += seconds * self.asked
        self._ms += seconds * self.asked * (20.0 if self.rate > self.bears else 4.0)
        return False


def pace_on(machine: Machine, slower: float = 1.5, most: float = 0.0, may_ms: float = 0.0) -> Pace:
    stop = threading.Event()
    stop.wait = machine.wait  # type: ignore[method-assign] # time passes in the machine
    effort = Effort(lambda: machine.worked, may_ms)
    return Pace(machine.look, effort, slower=slower, most=most, stop=stop, clock=machine.clock)


def copied(machine: Machine, pace: Pace, seconds: float) -> list[float]:
    """The rate at each second."""
    rates: list[float] = []
    until = machine.now + seconds
    while machine.now < until:
        machine.rate = pace.rate
        pace.wait()
        if len(rates) < int(machine.now):
            rates.append(pace.rate)
    return rates


@pytest.mark.parametrize("bears", [200.0, 700.0])
def test_it_goes_as_fast_as_searches_bear(bears: float) -> None:
    machine = Machine(bears)
    pace = pace_on(machine)
    pace.begin()
    assert pace.usual_ms == pytest.approx(4)
    rates = copied(machine, pace, 120)[60:]
    assert 0.5 * bears < min(rates) < max(rates) < 1.5 * bears


@pytest.mark.parametrize(("costs", "rate"), [(1.0, 250.0), (2.5, 100.0), (25.0, LEAST_RATE)])
def test_it_takes_no_more_than_its_share_while_there_are_searches(costs: float, rate: float) -> None:
    machine = Machine(10_000, costs=costs)
    pace = pace_on(machine, may_ms=250)
    pace.begin()
    rates = copied(machine, pace, 120)[60:]
    assert 0.9 * rate <= min(rates) <= max(rates) <= 1.1 * rate
    machine.asked = 0
    assert copied(machine, pace, 40)[-1] > 400, "nobody is kept waiting"


def test_what_cannot_be_looked_at_for_a_while_ends_no_copy() -> None:
    machine = Machine(10_000, costs=1.0)
    away = False
    real = machine.look

    def look() -> Searched:
        if away:
            raise EngineUnavailable("it restarts")
        return real()

    machine.look = look  # type: ignore[method-assign]
    pace = pace_on(machine, may_ms=250)
    pace.begin()
    before = copied(machine, pace, 60)[-1]
    away = True
    during = copied(machine, pace, 10)
    away, machine.worked = False, 0.0  # it counts anew
    after = copied(machine, pace, 60)[-1]
    assert min(during) == max(during)
    assert before == pytest.approx(250, rel=0.1)
    assert after == pytest.approx(250, rel=0.1)


def test_a_shop_that_cannot_be_looked_at_when_the_copy_begins_is_copied() -> None:
    machine = Machine(10_000)

    def away() -> Searched:
        raise EngineUnavailable("no shard has started")

    pace = Pace(away, Effort(lambda: 0.0, 250), slower=1.5, most=0, stop=threading.Event(), clock=machine.clock)
    pace.begin()
    assert pace.rate == FIRST_RATE


def test_the_command_lets_other_processes_go_first() -> None:
    told = (
        "import os; from ingest.reindex.command import give_way; "
        "before = os.nice(3); give_way(); give_way(); print(before, os.nice(0))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after == max(before, 10), "as low, and twice no lower"


def test_it_gives_way_when_the_shop_gets_busy_and_comes_back() -> None:
    machine = Machine(400)
    pace = pace_on(machine)
    pace.begin()
    copied(machine, pace, 60)
    machine.bears = 0
    assert copied(machine, pace, 40)[-1] == LEAST_RATE, "never nothing: it must catch up with what is written"
    machine.bears = 400
    assert copied(machine, pace, 60)[-1] > 250


def test_nobody_is_kept_waiting_at_night() -> None:
    machine = Machine(200, asked=1)
    pace = pace_on(machine)
    pace.begin()
    assert pace.usual_ms == 0
    assert copied(machine, pace, 60)[-1] > 250


def test_a_shop_that_wakes_up_is_looked_at_then() -> None:
    machine = Machine(10_000, asked=0)
    pace = pace_on(machine)
    pace.begin()
    copied(machine, pace, 30)
    machine.asked = 50
    copied(machine, pace, 10)
    assert pace.usual_ms == pytest.approx(4, rel=0.05)


def test_no_faster_than_was_asked() -> None:
    machine = Machine(10_000)
    pace = pace_on(machine, most=120)
    pace.begin()
    assert max(copied(machine, pace, 60)) == 120
    slow = pace_on(Machine(10_000), most=20)
    slow.begin()
    assert slow.rate == 20


def test_who_does_not_look_copies_as_asked() -> None:
    machine = Machine(10)
    free, fixed = pace_on(machine, slower=0), pace_on(machine, slower=0, most=30)
    for pace in (free, fixed):
        pace.begin()
    assert machine.now == 0
    for _ in range(1000):
        free.wait()
    assert machine.now == 0
    for _ in range(300):
        fixed.wait()
    assert machine.now == pytest.approx(10)
    assert FIRST_RATE > LEAST_RATE
