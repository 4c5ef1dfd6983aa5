"""What a rule may be, and what is told of one that may not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.rules.models import RuleBody
from shop.rules.document import Rule
from shop.rules.schedule import Schedule

PIN: dict[str, Any] = {"type": "pin", "product_id": "p1", "place": 1}


def rule(**given: Any) -> Rule:  # noqa: ANN401
    return Rule.model_validate({"id": "r1", "name": "a rule", "actions": [PIN], **given})


@pytest.mark.parametrize(
    "action",
    [
        PIN,
        {"type": "boost", "products": {"product_ids": ["p1"]}, "factor": 2},
        {"type": "bury", "products": {"filters": {"brand": ["Acme"], "price": {"max": 50}}}, "factor": 0.5},
        {"type": "hide", "products": {"filters": {"in_stock": False}}},
        {"type": "filter", "filters": {"color": "red"}},
        {"type": "redirect", "url": "/sale?from=search"},
        {"type": "replace", "words": "trainers", "by": "running shoes"},
        {"type": "replace", "words": "cheap", "by": ""},
        {"type": "synonyms", "phrases": ["sofa", "couch"]},
        {"type": "one_way_synonyms", "phrases": ["phone"], "also": ["iphone"]},
    ],
)
def test_every_action_is_kept_as_it_is(action: dict[str, Any]) -> None:
    made = rule(actions=[action], when={"query_contains": ["x"]})
    assert Rule.model_validate(made.model_dump(mode="json")) == made


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"actions": []}, "at least 1"),
        ({"actions": [{"type": "delete_everything"}]}, "pin"),
        ({"actions": [PIN | {"place": 0}]}, "greater than or equal to 1"),
        ({"actions": [PIN | {"place": 41}]}, "less than or equal to 40"),
        ({"actions": [PIN | {"place": "1"}]}, "valid integer"),
        ({"actions": [PIN | {"note": "x"}]}, "not permitted"),
        (
            {"actions": [{"type": "boost", "products": {"product_ids": ["a"]}, "factor": 11}]},
            "less than or equal to 10",
        ),
        ({"actions": [{"type": "boost", "products": {"product_ids": ["a"]}, "factor": 0.5}]}, "greater than 1"),
        ({"actions": [{"type": "bury", "products": {"product_ids": ["a"]}, "factor": 0}]}, "greater than or equal"),
        ({"actions": [{"type": "bury", "products": {"product_ids": ["a"]}, "factor": float("nan")}]}, "factor"),
        ({"actions": [{"type": "hide", "products": {}}]}, "a selection of nothing"),
        ({"actions": [{"type": "filter", "filters": {}}]}, "at least 1"),
        ({"actions": [{"type": "synonyms", "phrases": ["sofa"]}]}, "at least 2"),
        ({"actions": [{"type": "synonyms", "phrases": ["sofa", "the"]}]}, '"the" is a stop word'),
        ({"actions": [{"type": "one_way_synonyms", "phrases": ["of the"], "also": ["sofa"]}]}, "is a stop word"),
        ({"actions": [{"type": "synonyms", "phrases": ["sofa", "Sofas"]}]}, "the same words already"),
        ({"actions": [{"type": "synonyms", "phrases": ["sofa", "?!"]}]}, "no letter and no digit"),
        ({"actions": [{"type": "synonyms", "phrases": ["sofa", "a b c d e f g h i"]}]}, "at most 8"),
        ({"actions": [{"type": "replace", "words": "sofa", "by": " SOFA "}]}, "replaced by itself"),
        ({"actions": [{"type": "redirect", "url": "/x"}]}, "say when it applies"),
        ({"when": {"query_contains": ["!!"]}}, "no letter and no digit"),
        ({"when": {"query_regex": "(a+)+$"}}, "no regular expressions"),
        ({"when": {"pattern": ".*"}}, "no regular expressions"),
        ({"when": {"constraints": {"brand": []}}}, "brand has no value"),
        ({"when": {"schedule": {"time_zone": "Mars/Olympus"}}}, 'no time zone "Mars/Olympus"'),
        ({"when": {"schedule": {"time_zone": "../../etc/passwd"}}}, "no time zone"),
        ({"when": {"schedule": {"starts": "tomorrow"}}}, "write a time as"),
        ({"when": {"schedule": {"starts": "0001-01-01T00:00"}}}, "the year must be"),
        ({"when": {"schedule": {"starts": "2027-01-02T00:00", "ends": "2027-01-01T00:00"}}}, "ends before it begins"),
        ({"when": {"schedule": {"daily_from": "18:00"}}}, "go together"),
        ({"when": {"schedule": {"daily_from": "18:00", "daily_until": "18:00"}}}, "are the same"),
        ({"when": {"schedule": {"daily_from": "18:00+01:00", "daily_until": "19:00"}}}, "leave the offset out"),
        ({"when": {"schedule": {"weekdays": ["caturday"]}}}, "monday"),
        ({"id": "Not An Id"}, "pattern"),
        ({"id": "preview"}, "an address of its own"),
        ({"surfaces": []}, "at least 1"),
        ({"priority": 5000}, "less than or equal to 1000"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match="validation error") as refused:
        rule(**given)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "//evil.example", "/\\evil.example", "sale", "data:text/html,x", "https://", "http://[",
     "/a b", "/a\nSet-Cookie: x", "ftp://shop.example/x", "\t//evil.example"],
)  # fmt: skip
def test_a_redirect_leads_to_a_page_and_nowhere_else(url: str) -> None:
    with pytest.raises(ValidationError):
        rule(actions=[{"type": "redirect", "url": url}], when={"query_is": ["x"]})


def test_half_a_character_is_refused_wherever_it_stands() -> None:
    with pytest.raises(ValidationError, match="surrogate"):
        RuleBody.model_validate({"id": "r", "name": "x", "note": "\ud800", "actions": [PIN]})


def schedule(**given: Any) -> Schedule:  # noqa: ANN401
    return Schedule.model_validate({"time_zone": "Europe/Berlin", **given})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("given", "first", "told"),
    [
        ("2026-07-01T08:00", "2026-07-01T06:00Z", "summer time"),
        ("2026-12-01T08:00", "2026-12-01T07:00Z", "winter time"),
        ("2026-12-01T08:00Z", "2026-12-01T08:00Z", "an offset of its own"),
        ("2026-12-01T08:00-05:00", "2026-12-01T13:00Z", "an offset of its own"),
        ("2027-03-28T02:30", "2027-03-28T01:30Z", "skipped: as 03:30 of summer time"),
        ("2026-10-25T02:30", "2026-10-25T00:30Z", "twice: the first"),
    ],
)
def test_a_window_begins(given: str, first: str, told: str) -> None:
    window = schedule(starts=given)
    assert window.starts_at == at(first), told
    assert not window.holds(at(first) - timedelta(seconds=1))
    assert window.holds(at(first))


@pytest.mark.parametrize(
    ("given", "end", "told"),
    [
        ("2026-12-01T08:00", "2026-12-01T07:00Z", "winter time"),
        ("2027-03-28T02:30", "2027-03-28T01:30Z", "skipped: as 03:30 of summer time"),
        ("2026-10-25T02:30", "2026-10-25T01:30Z", "twice: the second"),
    ],
)
def test_a_window_ends(given: str, end: str, told: str) -> None:
    window = schedule(ends=given)
    assert window.ends_at == at(end), told
    assert not window.holds(at(end))
    assert window.holds(at("2026-01-01T00:00Z"))


def test_a_window_over_the_hour_that_happens_twice_holds_both() -> None:
    window = schedule(starts="2026-10-25T02:00", ends="2026-10-25T03:00")
    assert window.starts_at is not None
    assert window.ends_at is not None
    assert (window.ends_at - window.starts_at).total_seconds() == 2 * 3600


def test_a_window_inside_the_hour_that_is_skipped_is_none_and_is_still_as_long() -> None:
    window = schedule(starts="2027-03-28T02:10", ends="2027-03-28T02:40")
    assert window.starts_at == at("2027-03-28T01:10Z")
    assert window.ends_at == at("2027-03-28T01:40Z")


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-11-27T16:59Z", False),  # Friday 17:59 in Berlin
        ("2026-11-27T17:00Z", True),
        ("2026-11-27T23:30Z", True),  # 00:30 on Saturday: the night of Friday
        ("2026-11-28T00:59Z", True),
        ("2026-11-28T01:00Z", False),
        ("2026-11-28T18:00Z", False),  # Saturday
        ("2026-07-03T16:00Z", True),  # the same hours by the summer's clock
        ("2026-07-03T15:59Z", False),
    ],
)
def test_hours_of_the_week_go_by_the_wall_clock(moment: str, holds: bool) -> None:
    nights = schedule(weekdays=["friday"], daily_from="18:00", daily_until="02:00")
    assert nights.holds(at(moment)) is holds


def test_daily_hours_that_a_night_skips_or_has_twice() -> None:
    hour = schedule(daily_from="02:00", daily_until="03:00")
    spring = [at(f"2027-03-28T{h:02}:{m:02}Z") for h in range(3) for m in (0, 30)]
    autumn = [at(f"2026-10-25T{h:02}:{m:02}Z") for h in range(3) for m in (0, 30)]
    assert [hour.holds(moment) for moment in spring] == [False] * 6
    assert [hour.holds(moment) for moment in autumn] == [True] * 4 + [False] * 2
