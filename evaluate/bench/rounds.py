"""Sides measured in turn, so that whatever slows the machine down for a while slows down all of them."""

import math
import multiprocessing
import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from multiprocessing.connection import Connection

from evaluate.bench.client import Client, Target
from evaluate.bench.workload import Call
from evaluate.errors import MeasurementFailed

BLOCK = 30
CLIENTS = 4
TURN_S = 1.5
REST, GAIN = 3, 0.03
"""A side is at rest when so many passes over its searches have made it no faster than by this share."""
_LATE_S = 60.0
# Between two sides of one step lie this many searches, so that none profits from what the other has just warmed.
_APART = 11

Block = dict[str, list[float]]
"""Milliseconds of each request, by side."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Requests a second of each side in one block of turns, and the milliseconds of each of its requests."""

    rate: dict[str, float]
    times: Block


def alternate(
    targets: Mapping[str, Target], calls: Mapping[str, Sequence[Call]], seconds: float, *, repeat: bool
) -> list[Block]:
    """One client asks the sides request by request, their order rotating, until the time is over.

    In each block every side is asked the same searches. With `repeat` the searches begin anew at their end,
    without it each is asked once.
    """
    sides = list(calls)
    count = len(calls[sides[0]])
    blocks: list[Block] = []
    end = time.monotonic() + seconds
    with ExitStack() as stack:
        clients = {side: stack.enter_context(closing(Client(targets[side]))) for side in sides}
        first = 0
        while time.monotonic() < end and (repeat or first + BLOCK <= count):
            block: Block = {side: [] for side in sides}
            for step in range(BLOCK):
                for turn in range(len(sides)):
                    number = (step + turn) % len(sides)
                    side = sides[number]
                    place = first + (step + number * _APART) % BLOCK
                    block[side].append(clients[side].timed(calls[side][place % count]))
            blocks.append(block)
            first += BLOCK
    return blocks


def warm_up(targets: Mapping[str, Target], calls: Mapping[str, Sequence[Call]], passes: int) -> int:
    """Asks every side all of its searches, pass after pass, until none gets faster any more; `passes` at most. Returns
    how many it took. Elasticsearch compiles itself for tens of thousands of searches."""
    medians: dict[str, list[float]] = {side: [] for side in calls}
    for done in range(1, passes + 1):
        for side in calls:
            blocks = alternate({side: targets[side]}, {side: calls[side]}, math.inf, repeat=False)
            medians[side].append(statistics.median(ms for block in blocks for ms in block[side]))
        if all(at_rest(times) for times in medians.values()):
            return done
    return passes


def at_rest(times: Sequence[float]) -> bool:
    """Whether the best of the last three passes is no more than three in a hundred faster than the best before."""
    return len(times) > REST and min(times[-REST:]) > (1 - GAIN) * min(times[:-REST])


def crowd(targets: Mapping[str, Target], calls: Mapping[str, Sequence[Call]], seconds: float) -> list[Turn]:
    """Four clients at once, each in a process of its own, on one side after the other in short turns."""
    spawn = multiprocessing.get_context("spawn")
    sides = list(calls)
    turns: list[Turn] = []
    pipes: list[Connection] = []
    workers = []
    for number in range(CLIENTS):
        ours, theirs = spawn.Pipe()
        worker = spawn.Process(target=_client, args=(theirs, dict(targets), dict(calls), number), daemon=True)
        worker.start()
        theirs.close()
        pipes.append(ours)
        workers.append(worker)
    try:
        _turn(pipes, sides, 0.3)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            turns.append(_turn(pipes, sides, TURN_S))
            sides.reverse()
    finally:
        for pipe in pipes:
            pipe.close()
        for worker in workers:
            worker.join(10)
    return turns


def _turn(pipes: Sequence[Connection], sides: Sequence[str], seconds: float) -> Turn:
    rate: dict[str, float] = {}
    times: Block = {}
    for side in sides:
        for pipe in pipes:
            pipe.send((side, seconds))
        answers = [_answer(pipe, seconds + _LATE_S) for pipe in pipes]
        times[side] = []
        for answer in answers:
            if isinstance(answer, str):
                raise MeasurementFailed(answer)
            times[side] += answer
        rate[side] = len(times[side]) / seconds
    return Turn(rate, times)


def _answer(pipe: Connection, seconds: float) -> list[float] | str:
    if not pipe.poll(seconds):
        return f"A client said nothing for {seconds:.0f} s."
    try:
        told: list[float] | str = pipe.recv()
    except EOFError:
        return "A client has ended; its own words are above."
    return told


def _client(pipe: Connection, targets: dict[str, Target], calls: dict[str, list[Call]], number: int) -> None:
    """A client process: asks whichever side it is told for as long as it is told, until the pipe is closed.

    Answers with the milliseconds of each request, or with what went wrong.
    """
    place = number * 1000
    while True:
        try:
            side, seconds = pipe.recv()
        except EOFError:
            return
        times: list[float] = []
        try:
            # A new connection each turn: servers close those that were idle during the other sides' turns.
            with closing(Client(targets[side])) as client:
                client.open()
                end = time.perf_counter() + seconds
                while time.perf_counter() < end:
                    times.append(client.timed(calls[side][place % len(calls[side])]))
                    place += 1
        except MeasurementFailed as error:
            pipe.send(str(error))
        else:
            pipe.send(times)
