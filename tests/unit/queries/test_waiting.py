"""The queue has a limit, keeps its order, and counts what it drops."""

from hypothesis import given
from hypothesis import strategies as st

from shop.queries.waiting import Waiting

steps = st.lists(st.one_of(st.just("add"), st.tuples(st.just("take"), st.integers(1, 5)), st.just("back")), max_size=60)


@given(steps, st.integers(1, 6))
def test_nothing_is_lost_without_being_counted(taken_steps: list[object], limit: int) -> None:
    waiting: Waiting[int] = Waiting(limit)
    added, done, out = 0, [], []
    for step in taken_steps:
        if step == "add":
            waiting.add(added)
            added += 1
        elif step == "back":
            waiting.put_back(out)
            out = []
        else:
            assert isinstance(step, tuple)
            done += out
            out = waiting.take(step[1])
        assert len(waiting) <= limit
    left = done + out + waiting.take(limit)
    assert len(left) + waiting.dropped == added
    assert len(set(left)) == len(left)


def test_what_is_put_back_comes_first_and_the_newest_go() -> None:
    waiting: Waiting[int] = Waiting(3)
    for item in range(3):
        assert waiting.add(item)
    taken = waiting.take(2)
    assert waiting.add(3)
    assert waiting.add(4)
    assert not waiting.add(5)
    waiting.put_back(taken)
    assert waiting.take(9) == [0, 1, 2]
    assert waiting.dropped == 3
