"""What is kept in memory: of one generation, or for a while; never too much of it."""

import time

from app.recommend.kept import Fresh, Kept


def test_a_new_generation_takes_the_place_of_the_old() -> None:
    kept: Kept[int] = Kept(10)
    assert kept.known("g1", ["a", "b"]) == {}
    kept.keep("g1", {"a": 1, "b": None})
    assert kept.known("g1", ["a", "b", "c"]) == {"a": 1, "b": None}
    assert kept.known("g2", ["a", "b"]) == {}
    # Read of the generation before, and late.
    kept.keep("g1", {"a": 1})
    assert kept.known("g2", ["a"]) == {}


def test_nothing_is_kept_of_what_nobody_knows() -> None:
    kept: Kept[int] = Kept(10)
    kept.known("", ["a"])
    kept.keep("", {"a": 1})
    assert kept.known("", ["a"]) == {}


def test_the_one_that_was_asked_for_longest_ago_goes() -> None:
    kept: Kept[int] = Kept(2)
    kept.known("g", [])
    kept.keep("g", {"a": 1, "b": 2})
    kept.known("g", ["a"])
    kept.keep("g", {"c": 3})
    assert kept.known("g", ["a", "b", "c"]) == {"a": 1, "c": 3}


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
