"""The door: who is let in, who waits, who is refused with an answer that was written beforehand."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.deadlines import Deadlines
from app.door import CAME, LONG_SHARE, PLACE, QUICK_S, RETRY_AFTER_S, SPARE_PATIENT_S, Door, Visit
from app.waiting import PRESSED_S, SPARING, STANDING_S, WAITED_S

ORIGIN = "https://shop.example"


class Guest:
    """A request that comes to the door."""

    def __init__(self, path: str = "/api/search", method: str = "GET", origin: str = "") -> None:
        headers = [(b"origin", origin.encode())] if origin else []
        self.scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": headers}
        self.begun, self.left = False, False
        self.waited_s = 0.0
        self.sparing = False
        self.answer = b""

    @property
    def visit(self) -> Visit:
        return Visit(self.scope, self._begin, self._refuse, lambda: self.left)

    @property
    def head(self) -> bytes:
        return self.answer.partition(b"\r\n\r\n")[0]

    def _begin(self) -> None:
        self.begun, self.waited_s, self.sparing = True, WAITED_S.get(), SPARING.get()

    def _refuse(self, answer: bytes) -> None:
        self.answer = answer


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door(2, lambda: {ORIGIN})
    yield door
    door.tell()


def full(door: Door) -> list[Guest]:
    """Whoever takes all places."""
    inside = [Guest(), Guest()]
    for guest in inside:
        door.come(guest.visit)
    assert all(guest.begun for guest in inside)
    return inside


async def until_told(*guests: Guest) -> None:
    async with asyncio.timeout(30):
        while not all(guest.answer or guest.begun for guest in guests):
            await asyncio.sleep(0.01)


async def test_who_finds_no_place_waits_and_has_it_when_one_is_free(door: Door) -> None:
    inside, guest, next_one = full(door), Guest(), Guest()
    door.come(guest.visit)
    door.come(next_one.visit)
    assert not guest.begun
    door.leave(inside[0].scope[PLACE])
    assert (guest.begun, next_one.begun) == (True, False)
    assert (guest.waited_s > 0, CAME in guest.scope, WAITED_S.get()) == (True, True, 0.0)
    next_one.left = True
    door.leave(inside[1].scope[PLACE])
    assert not next_one.begun, "nobody waits for the answer"
    door.leave(guest.scope[PLACE])
    assert door.quick.under_way == 0


async def test_who_waits_too_long_is_refused_with_a_problem_and_told_when_to_come_again(door: Door) -> None:
    inside, guest, page = full(door), Guest("/api/products/p1/similar"), Guest(origin=ORIGIN)
    door.come(guest.visit)
    door.come(page.visit)
    await until_told(guest, page)
    head, _, body = guest.answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"content-length: %d\r\n" % len(body) in head
    assert json.loads(body)["type"] == "/problems/overloaded"
    assert any(head.endswith(b"retry-after: %d" % seconds) for seconds in RETRY_AFTER_S)
    assert b"access-control" not in guest.answer
    assert b"access-control-allow-origin: https://shop.example\r\n" in page.answer
    assert not guest.begun
    for one in inside:
        door.leave(one.scope[PLACE])
    assert (door.quick.under_way, len(door.quick.waiting)) == (0, 0)


async def test_refusals_are_told_in_one_line_with_their_number(door: Door) -> None:
    full(door)
    door.quick.limit = 0.0
    guests = [Guest("/api/products/a/similar"), Guest("/api/products/b/similar"), Guest("/api/chat/message", "HEAD")]
    door.long.limit = 0.0
    for guest in guests[:2]:
        door.come(guest.visit)
    await until_told(*guests[:2])
    door.come(guests[2].visit)
    assert guests[2].answer.endswith(b"\r\n\r\n"), "HEAD has no body"
    with capture_logs() as lines:
        door.tell()
        door.tell()
    assert [(line["event"], line["count"]) for line in lines] == [("requests refused", 3)]
    assert lines[0]["routes"] == {"/api/products": 2, "/api/chat": 1}


async def test_pages_and_questions_of_browsers_take_no_place(door: Door) -> None:
    full(door)
    for guest in (Guest("/health/ready"), Guest("/"), Guest("/api/search", "OPTIONS")):
        door.come(guest.visit)
        assert guest.begun
        assert PLACE not in guest.scope


async def test_what_takes_long_has_places_of_its_own_and_few_while_the_quick_are_too_many() -> None:
    now = [0.0]
    door = Door(40, clock=lambda: now[0])
    chats = [Guest("/api/chat/message", "POST") for _ in range(60)]
    for guest in chats[:20]:
        door.come(guest.visit)
    assert all(guest.begun for guest in chats[:20])
    for _ in range(41):
        door.come(Guest().visit)
    now[0] += STANDING_S + 2 * PRESSED_S
    assert door.quick.waiting.pressed
    door.come(chats[20].visit)
    assert chats[20].answer, "there are more than a quarter of the quick ones already"
    for guest in chats[:20]:
        door.leave(guest.scope[PLACE])
    for guest in chats[21:]:
        door.come(guest.visit)
    assert sum(guest.begun for guest in chats[21:]) == 40 / LONG_SHARE
    door.tell()


async def test_what_costs_little_is_not_refused_for_want_of_places_that_searches_fill(door: Door) -> None:
    full(door)
    guests = [Guest("/api/events", "POST"), Guest("/api/products/p1")]
    for guest in guests:
        door.come(guest.visit)
    assert all(guest.begun for guest in guests)
    more = [Guest(), Guest("/api/events", "POST"), Guest("/api/products/p1"), Guest("/api/products/p2")]
    for guest in more:
        door.come(guest.visit)
    assert [guest.begun for guest in more] == [False, True, True, False]
    assert not more[3].answer, "of these there are too many, too, so it waits for one of them"
    door.leave(guests[0].scope[PLACE])
    assert not more[3].begun
    door.leave(guests[1].scope[PLACE])
    assert (more[3].begun, more[3].waited_s > 0, more[0].begun) == (True, True, False)
    for guest in more[1:]:
        door.leave(guest.scope[PLACE])
    assert (door.light.under_way, door.events.under_way) == (0, 0)


async def test_how_long_writing_takes_says_nothing_of_searches() -> None:
    now = [0.0]
    door = Door(40, clock=lambda: now[0])
    guests = [Guest(f"/api/products/p{n}", "PATCH") for n in range(20)] + [Guest() for _ in range(20)]
    for guest in guests:
        door.come(guest.visit)
    for guest in guests[20:]:
        door.leave(guest.scope[PLACE])
    now[0] += 2 * QUICK_S
    for guest in guests[:20]:
        door.leave(guest.scope[PLACE])
    assert (door.quick.limit, door.changes.limit) == (40, 40)


async def test_what_can_be_answered_from_memory_is_told_to_spare_instead_of_refused(door: Door) -> None:
    full(door)
    guests = [Guest("/api/recommendations"), Guest("/api/suggest"), Guest("/api/recommendations", "POST")]
    for guest in guests:
        door.come(guest.visit)
    await until_told(*guests)
    assert [(guest.begun, guest.sparing) for guest in guests] == [(True, True), (True, True), (False, False)]
    assert not SPARING.get()
    # There are no more places for these either: the next one has the first that is free.
    last = Guest("/api/suggest")
    door.come(last.visit)
    await asyncio.sleep(2 * SPARE_PATIENT_S)
    assert (last.begun, last.answer) == (False, b"")
    door.leave(guests[0].scope[PLACE])
    assert (last.begun, last.sparing, last.waited_s >= SPARE_PATIENT_S) == (True, True, True)
    never = Guest("/api/recommendations")
    door.come(never.visit)
    await until_told(never)
    assert never.answer


async def test_answers_from_memory_that_find_a_place_at_once_are_no_pressure() -> None:
    now = [0.0]
    door = Door(2, clock=lambda: now[0])
    # Searches have been too many for long: lists are made from memory at once.
    door.quick.limit = 0.0
    door.come(Guest().visit)
    now[0] += STANDING_S + 0.01
    assert door.quick.waiting.pressed

    def lists(count: int) -> list[Guest]:
        found = [Guest("/api/recommendations") for _ in range(count)]
        for one in found:
            door.come(one.visit)
        return found

    def leave(*inside: Guest) -> None:
        for one in inside:
            door.leave(one.scope[PLACE])

    def one_waits() -> list[Guest]:
        found = lists(3)
        assert [(one.begun, one.answer) for one in found] == [(True, b""), (True, b""), (False, b"")]
        return found

    first = one_waits()
    leave(*first)
    for _ in range(40):
        now[0] += (STANDING_S - 0.1) / 40
        leave(*lists(1))
    second = one_waits()
    leave(*second)
    now[0] += 0.3
    leave(*lists(1))
    last = one_waits()
    assert not door.spared.waiting.pressed
    now[0] += 2 * PRESSED_S
    # Long enough for the door to look who has waited too long.
    await asyncio.sleep(0.1)
    assert last[2].answer == b""
    leave(*last)
    assert (last[2].sparing, door.spared.under_way) == (True, 0)
    door.tell()


async def test_who_is_turned_away_for_another_reason_teaches_nothing() -> None:
    now = [0.0]
    door = Door(40, clock=lambda: now[0])
    chats = [Guest("/api/chat/message", "POST") for _ in range(20)]
    quick = [Guest() for _ in range(20)]
    for guest in (*chats, *quick):
        door.come(guest.visit)
    now[0] += 10 * QUICK_S
    for guest in (*chats, *quick):
        door.leave(guest.scope[PLACE], refused=True, unused=True)
    assert (door.long.limit, door.quick.limit, door.long.under_way, door.quick.under_way) == (40, 40, 0, 0)


async def test_a_slow_line_teaches_nothing() -> None:
    now = [0.0]
    door = Door(40, clock=lambda: now[0])
    guests = [Guest("/api/search", "POST") for _ in range(20)]
    for guest in guests:
        door.come(guest.visit)
    now[0] += 10 * QUICK_S
    for guest in guests:
        door.begins(guest.scope[PLACE])
    for guest in guests:
        door.leave(guest.scope[PLACE])
    assert door.quick.limit == 40


async def test_what_has_waited_too_long_while_the_machine_stood_still_is_not_begun() -> None:
    now = [0.0]
    door = Door(2, clock=lambda: now[0], deadlines=Deadlines(search_s=1.0))
    inside, searches, lists = full(door), [Guest(), Guest()], Guest("/api/recommendations")
    door.come(searches[0].visit)
    now[0] += 0.5
    door.come(searches[1].visit)
    now[0] += 0.2
    door.leave(inside[0].scope[PLACE])
    assert searches[0].answer.startswith(b"HTTP/1.1 503"), "0.7 s are over, and 0.3 s too few"
    assert (searches[1].begun, searches[1].answer) == (True, b"")
    door.come(lists.visit)
    now[0] += 5.0
    door.leave(searches[1].scope[PLACE])
    assert (lists.begun, lists.sparing) == (True, True), "from memory, in no time"
    door.tell()
