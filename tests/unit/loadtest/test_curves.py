"""Curves of users over time."""

import pytest

from loadtest.curves import CURVES, Curve


def test_users_lie_on_straight_lines_between_the_points() -> None:
    curve = Curve([(0.0, 0.0), (0.5, 1.0), (0.5, 0.2), (1.0, 0.2)])
    assert [curve.users_at(share) for share in (0, 0.25, 0.5, 0.75, 1, 2)] == pytest.approx([0, 0.5, 1, 0.2, 0.2, 0.2])


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_in_order_and_reaches_its_height(name: str) -> None:
    points = CURVES[name].points
    times = [time for time, _ in points]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (0, 1)
    assert max(users for _, users in points) == 1
    assert all(0 <= users <= 1 for _, users in points)


def test_an_overload_is_held_at_its_height_from_where_it_is_judged() -> None:
    overload = CURVES["overload"]
    assert [overload.users_at(share) for share in (overload.settled_from, 0.8, 1)] == [1, 1, 1]
    assert overload.users_at(0.3) == 0.5
