"""What is kept in memory: of one generation, or for a while; never too much of it."""

import time
from types import SimpleNamespace

import pytest

from app.recommend import kept
from app.recommend.kept import Fresh, Kept


def test_a_new_generation_takes_the_place_of_the_old() -> None:
    values: Kept[int] = Kept(10)
    assert values.known("g1", ["a", "b"]) == {}
    values.keep("g1", {"a": 1, "b": None})
    assert values.known("g1", ["a", "b", "c"]) == {"a": 1, "b": None}
    assert values.known("g2", ["a", "b"]) == {}
    # Read of the generation before, and late.
    values.keep("g1", {"a": 1})
    assert values.known("g2", ["a"]) == {}


def test_nothing_is_kept_of_what_nobody_knows() -> None:
    values: Kept[int] = Kept(10)
    values.known("", ["a"])
    values.keep("", {"a": 1})
    assert values.known("", ["a"]) == {}


def test_the_one_that_was_asked_for_longest_ago_goes() -> None:
    values: Kept[int] = Kept(2)
    values.known("g", [])
    values.keep("g", {"a": 1, "b": 2})
    values.known("g", ["a"])
    values.keep("g", {"c": 3})
    assert values.known("g", ["a", "b", "c"]) == {"a": 1, "c": 3}


def test_what_is_too_old_is_gone() -> None:
    fresh: Fresh[str, int] = Fresh(2, fresh_s=60)
    fresh.keep({"a": 1, "b": 2})
    assert fresh.get("a") == 1
    fresh.keep({"c": 3})
    assert fresh.known(["a", "b", "c"]) == {"a": 1, "c": 3}
    old: Fresh[str, int] = Fresh(2, fresh_s=-1)
    old.keep({"a": 1})
    time.sleep(0)
    assert old.get("a") is None


def test_what_nobody_asks_for_any_more_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a steady stream of new keys there are those of one life and no more, long before there are too many."""
    now = 0.0
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: now))
    fresh: Fresh[int, int] = Fresh(100_000, fresh_s=60)
    for second in range(600):
        now = float(second)
        fresh.keep({second * 10 + n: n for n in range(10)})
        assert fresh.get(second * 10) == 0
        assert len(fresh) <= 62 * 10
    assert fresh.get(5_500) == 0
    assert fresh.get(5_300) is None
