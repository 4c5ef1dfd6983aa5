"""Rate limits: what passes, what does not, and that waiting as told is enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.limits import MOST_SUBJECTS, WINDOW_S, Limit, RateCounts, rate_headers
from app.access.sharing import CountsUnavailable, SharedCounts, Sharing


class Clock:
    def __init__(self, at: float = 6_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def of(quota: int, subject: str = "a", name: str = "key") -> Limit:
    return Limit(name, subject, quota)


def passes(counts: RateCounts, *limits: Limit) -> bool:
    found = counts.take(limits)
    assert found is not None
    return found.passes


def test_a_quota_passes_and_no_more() -> None:
    counts = RateCounts(Clock())
    assert [passes(counts, of(3)) for _ in range(5)] == [True, True, True, False, False]
    assert passes(counts, of(3, "b")), "another one has its own"


def test_without_limits_nothing_is_counted() -> None:
    counts = RateCounts(Clock())
    assert counts.take([]) is None
    assert counts.unshared()[1] == {}


def test_at_the_turn_of_a_window_there_is_no_second_quota() -> None:
    clock = Clock(6_000.0 + WINDOW_S - 0.1)
    counts = RateCounts(clock)
    assert all(passes(counts, of(100)) for _ in range(100))
    clock.at += 0.2
    assert sum(passes(counts, of(100)) for _ in range(100)) <= 1


def test_the_tightest_limit_is_told_and_a_refusal_counts_for_none() -> None:
    counts = RateCounts(Clock())
    limits = (of(5, "k", "key"), of(2, "v", "visitor"))
    first = counts.take(limits)
    assert first is not None
    assert (first.limit.name, first.remaining) == ("visitor", 1)
    policy, left = (value.decode() for _, value in rate_headers(limits, first))
    assert policy == '"key";q=5;w=60, "visitor";q=2;w=60'
    assert left == '"visitor";r=1;t=60'
    counts.take(limits)
    assert not passes(counts, *limits)
    assert counts.unshared()[1] == {"k": 2, "v": 2}


@given(
    quota=st.integers(1, 50),
    sent=st.lists(st.floats(0, 30, allow_nan=False), min_size=1, max_size=200),
)
def test_whoever_waits_as_told_may_pass(quota: int, sent: list[float]) -> None:
    clock = Clock()
    counts = RateCounts(clock)
    for pause in sent:
        clock.at += pause
        found = counts.take([of(quota)])
        assert found is not None
        if not found.passes:
            clock.at += found.retry_after_s
            assert passes(counts, of(quota))


@given(quota=st.integers(1, 30), sent=st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=300))
def test_never_more_than_two_quotas_in_any_minute(quota: int, sent: list[float]) -> None:
    """The estimate takes the last window as even; the most that it can be wrong by is a quota."""
    clock = Clock()
    counts = RateCounts(clock)
    passed: list[float] = []
    for pause in sent:
        clock.at += pause
        if passes(counts, of(quota)):
            passed.append(clock.at)
        assert sum(at > clock.at - WINDOW_S for at in passed) <= 2 * quota


def test_a_flood_of_addresses_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.access.limits.MOST_SUBJECTS", 100)
    assert MOST_SUBJECTS > 100
    counts = RateCounts(Clock())
    passed = sum(passes(counts, of(10, str(n))) for n in range(1_000))
    assert passed == 100 + 10, "beyond the most they share one count"
    assert len(counts.unshared()[1]) == 101


class Together(SharedCounts):
    """Counts of several processes, in one."""

    def __init__(self) -> None:
        self.totals: dict[tuple[int, str], int] = {}
        self.away = False

    async def add(self, window: int, counts: dict[str, int]) -> dict[str, int]:  # type: ignore[override]
        if self.away:
            raise CountsUnavailable("away")
        for subject, count in counts.items():
            self.totals[window, subject] = self.totals.get((window, subject), 0) + count
        return {subject: self.totals[window, subject] for subject in counts}

    async def close(self) -> None: ...


async def test_processes_that_share_keep_one_limit() -> None:
    clock, shared = Clock(), Together()
    counts = [RateCounts(clock) for _ in range(4)]
    sharing = [Sharing(each, None) for each in counts]
    passed = 0
    for _ in range(100):
        for each, its in zip(counts, sharing, strict=True):
            passed += passes(each, of(50))
            await its.share(shared)
    assert 50 <= passed <= 50 + len(counts) - 1


async def test_what_could_not_be_shared_is_shared_later_and_counts_meanwhile() -> None:
    clock, shared = Clock(), Together()
    one, other = RateCounts(clock), RateCounts(clock)
    shared.away = True
    assert all(passes(one, of(10)) for _ in range(10))
    with pytest.raises(CountsUnavailable):
        await Sharing(one, None).share(shared)
    assert not passes(one, of(10))
    shared.away = False
    await Sharing(one, None).share(shared)
    passes(other, of(10))
    await Sharing(other, None).share(shared)
    assert not passes(other, of(10))
