"""Every type of event, and every reason to refuse one."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.events.document import CLASSES, TYPES
from shop.events.intake import Intake, Refusal, Taken
from shop.settings import AddressForm, EventSettings
from tests.factory import EVENT_SAMPLES, event

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def intake(history: bool = False, **settings: Any) -> Intake:  # noqa: ANN401
    return Intake(EventSettings(**settings), history=history)


def taken(raw: object, history: bool = False, **settings: Any) -> Taken:  # noqa: ANN401
    found = intake(history, **settings).take(raw, NOW)
    assert isinstance(found, Taken), found
    return found


def refused(raw: object, history: bool = False, **settings: Any) -> str:  # noqa: ANN401
    found = intake(history, **settings).take(raw, NOW)
    assert isinstance(found, Refusal), found
    return found.why


def test_there_is_a_sample_of_every_type() -> None:
    assert set(EVENT_SAMPLES) == set(TYPES)
    assert len(TYPES) == 15


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_is_stored_with_what_it_says(kind: str) -> None:
    found = taken(event(kind, event_id="e-1"))
    document = found.document
    assert found.event_id == "e-1"
    assert document["type"] == kind
    assert document["session_id"] == "s-1"
    assert document["timestamp"] == document["received_at"] == "2026-11-21T12:00:00.000Z"
    assert document["consent"] is True
    for name, value in EVENT_SAMPLES[kind].items():
        if name in document and name != "items":
            assert document[name] == value
    if "product_id" in EVENT_SAMPLES[kind]:
        assert document["product_id"] == EVENT_SAMPLES[kind]["product_id"]


@pytest.mark.parametrize("kind", TYPES)
def test_each_required_field_is_missed_by_name(kind: str) -> None:
    required = {
        "view_category": ["category"], "search": ["query"], "impression": ["placement", "items"],
        "order_placed": ["order_id", "items"], "recommendation_click": ["recommendation_id", "product_id"],
        "search_click": ["search_id", "product_id"], "recommendation_feedback": ["recommendation_id", "verdict"],
        "dwell": ["seconds"], "scroll": ["depth"], "checkout_started": [], "update_cart": ["product_id", "quantity"],
    }.get(kind, ["product_id"])  # fmt: skip
    for name in required:
        raw = {key: value for key, value in event(kind).items() if key != name}
        assert f"{name} is missing" in refused(raw)


def test_an_order_keeps_lines_quantity_and_value() -> None:
    items = [{"product_id": "a", "quantity": 2, "price": 9.99}, {"product_id": "b", "price": "0.5"}]
    document = taken(event("order_placed", items=items, currency="EUR")).document
    assert document["product_id"] == ["a", "b"]
    assert document["quantity"] == 3
    assert document["value_milli"] == 20_480
    assert document["items"] == [
        {"product_id": "a", "quantity": 2, "price_milli": 9990},
        {"product_id": "b", "quantity": 1, "price_milli": 500},
    ]


def test_an_order_of_one_line_may_be_flat() -> None:
    raw = {"type": "order_placed", "order_id": "o", "session_id": "s", "product_id": 17, "quantity": 3, "price": 2}
    document = taken(raw).document
    assert (document["product_id"], document["quantity"], document["value_milli"]) == ("17", 3, 6000)


def test_a_total_decides_over_the_sum_of_the_lines() -> None:
    items = [{"product_id": "a", "price": 10}]
    assert taken(event("order_placed", items=items, total=8)).document["value_milli"] == 8000


def test_an_impression_keeps_place_algorithm_and_propensity() -> None:
    items = [{"product_id": "a", "position": 1, "propensity": 0.25, "algorithm": "trending"}, {"product_id": "b"}]
    document = taken(event("impression", items=items, recommendation_id="r")).document
    assert document["items"] == [
        {"product_id": "a", "position": 1, "algorithm": "trending", "propensity": 0.25},
        {"product_id": "b"},
    ]
    assert document["placement"] == "home"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"type": "teleport"}, "there is no type 'teleport'; there are view_category, "),
        ({"type": None}, "there is no type"),
        ({"product_id": ""}, "product_id"),
        ({"product_id": "a b"}, "product_id must not hold spaces"),
        ({"product_id": "x" * 201}, "product_id"),
        ({"product_id": "\u00e9" * 200 + "\u20ac" * 100}, "product_id"),
        ({"product_id": ["a"]}, "product_id"),
        ({"product_id": "\ud800"}, "product_id"),
        ({"product_id": True}, "product_id"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"position": 0}, "position"),
        ({"colour": "red"}, "view_product has no field colour; what is free goes under `extra`"),
        ({"ip_address": "1.2.3"}, "ip_address"),
        ({"extra": {str(n): n for n in range(51)}}, "at most 50 keys"),
        ({"extra": {"a": "x" * 4001}}, "4000 characters"),
        ({"extra": {"a": [[[[[[1]]]]]]}}, "5 levels deep"),
        ({"extra": {"a": "\ud800"}}, "surrogate"),
        ({"extra": {"a": 2**64}}, "64 bits"),
        ({"extra": {"a": float("inf")}}, "JSON cannot write"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"timestamp": "0001-01-01T00:00:00Z"}, "timestamp"),
        ({"timestamp": 0}, "lies before 2000; set the clock"),
        ({"timestamp": (NOW + timedelta(minutes=6)).isoformat()}, "6 minutes ahead; set the clock"),
        ({"timestamp": (NOW + timedelta(days=3650)).isoformat()}, "3,650 days ahead"),
        ({"timestamp": (NOW - timedelta(days=8)).isoformat()}, "python -m ingest events"),
        ({"timestamp": (NOW - timedelta(days=800)).isoformat()}, "SHOPSCOUT_EVENTS_RETENTION_DAYS"),
        ({"session_id": None}, "customer_id and session_id are both missing"),
        ({"event_id": "x y"}, "event_id must not hold spaces"),
    ],
)
def test_a_refusal_says_what_is_wrong(change: dict[str, Any], told: str) -> None:
    assert told in refused(event("view_product") | change)


@pytest.mark.parametrize("kind", ["order_placed", "checkout_started"])
def test_sums_that_no_shop_takes_are_refused(kind: str) -> None:
    items = [{"product_id": f"p{n}", "quantity": 1_000_000, "price": 10**11} for n in range(500)]
    assert "the sum of the items reaches" in refused(event(kind, items=items))
    assert "price times quantity" in refused(event("add_to_cart", quantity=1_000_000, price=10**11))


@pytest.mark.parametrize("raw", [None, 1, "view_product", [], [{}], {}, {"type": []}, {"type": {"a": 1}}])
def test_what_is_no_event_is_refused_in_words(raw: object) -> None:
    assert refused(raw)


def test_a_clock_that_is_a_little_ahead_is_welcome() -> None:
    moment = NOW + timedelta(minutes=4)
    assert taken(event("view_product", timestamp=moment.isoformat())).moment == moment


def test_late_events_are_welcome_within_the_window_and_history_beyond_it() -> None:
    late = (NOW - timedelta(days=6)).isoformat()
    old = (NOW - timedelta(days=600)).isoformat()
    assert taken(event("view_product", timestamp=late)).document["timestamp"].startswith("2026-11-15")
    assert taken(event("view_product", timestamp=old), history=True)
    assert taken(event("view_product", timestamp="2004-02-29"), history=True, retention_days=0)
    assert "timestamp is missing" in refused(event("view_product"), history=True)


def test_times_come_in_several_forms() -> None:
    forms = ["2026-11-21T11:00:00Z", "2026-11-21T12:00:00+01:00", "2026-11-21 11:00:00", 1795258800, 1795258800000]
    moments = {taken(event("view_product", timestamp=form)).moment for form in forms}
    assert moments == {datetime(2026, 11, 21, 11, tzinfo=UTC)}


def test_without_an_id_the_content_makes_one() -> None:
    raw = event("view_product", timestamp="2026-11-21T11:00:00Z")
    again = dict(reversed(raw.items())) | {"timestamp": "2026-11-21T12:00:00+01:00"}
    assert taken(raw).event_id == taken(again).event_id
    assert taken(raw).event_id != taken(raw | {"product_id": "other"}).event_id
    # Without a time two equal events are two events.
    assert taken(event("view_product")).event_id != taken(event("view_product")).event_id


def test_ids_may_be_numbers() -> None:
    document = taken(event("view_product", product_id=17, customer_id=4)).document
    assert (document["product_id"], document["customer_id"]) == ("17", "4")


@pytest.mark.parametrize(
    ("address", "kept"),
    [("203.0.113.77", "203.0.113.0"), ("2001:db8:1:2:3::4", "2001:db8:1::"), ("::ffff:203.0.113.77", "203.0.113.0")],
)
def test_addresses_are_truncated(address: str, kept: str) -> None:
    assert taken(event("view_product", ip_address=address)).document["ip_address"] == kept


def test_addresses_are_hashed_with_a_key_or_dropped() -> None:
    raw = event("view_product", ip_address="203.0.113.77")
    first = taken(raw, address=AddressForm.HASH, address_key="k" * 16).document["ip_address"]
    other = taken(raw, address=AddressForm.HASH, address_key="l" * 16).document["ip_address"]
    assert first != other
    assert "203" not in (first[:3], other[:3])
    assert len(first) == 32
    assert "ip_address" not in taken(raw, address=AddressForm.DROP).document
    with pytest.raises(ValueError, match="SHOPSCOUT_EVENTS_ADDRESS_KEY"):
        EventSettings(address=AddressForm.HASH)


WHOLE: dict[str, Any] = {
    "customer_id": "c-1", "ip_address": "203.0.113.77", "user_agent": "Mozilla", "page_url": "https://s.example/?u=1",
    "referrer_url": "https://r.example", "extra": {"email": "x"}, "search_id": "q", "recommendation_id": "r",
    "timestamp": "2026-11-21T11:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
def test_without_consent_nothing_says_who_it_was(kind: str) -> None:
    found = taken(event(kind, **WHOLE, consent=False))
    allowed = {
        "type", "timestamp", "received_at", "consent", "product_id", "category", "quantity", "value_milli", "currency",
        "placement", "algorithm", "position", "verdict", "seconds", "depth", "rating", "results", "items",
    }  # fmt: skip
    assert set(found.document) <= allowed
    assert found.document["consent"] is False
    assert not found.event_id.startswith("c-")


def test_without_consent_no_id_is_needed_and_the_default_is_a_setting() -> None:
    raw = {"type": "view_product", "product_id": "a"}
    assert "both missing" in refused(raw)
    assert taken(raw | {"consent": False}).document["product_id"] == "a"
    assert taken(raw, consent_default=False).document["consent"] is False
    assert taken(event("view_product", consent=True), consent_default=False).document["session_id"] == "s-1"


@pytest.mark.parametrize("agent", ["Googlebot/2.1", "python-requests/2.32", "Mozilla/5.0 HeadlessChrome/120"])
def test_programs_that_say_so_are_marked(agent: str) -> None:
    assert taken(event("view_product", user_agent=agent)).document["bot"] is True


def test_a_session_faster_than_any_shopper_is_marked_from_there_on() -> None:
    under_test = intake(bot_events_per_minute=1000)
    marks = []
    for number in range(1100):
        found = under_test.take(event("view_product", event_id=f"e{number}"), NOW)
        assert isinstance(found, Taken)
        marks.append(found.document.get("bot", False))
    assert marks == [False] * 999 + [True] * 101
    other = under_test.take(event("view_product", session_id="s-2"), NOW)
    assert isinstance(other, Taken)
    assert "bot" not in other.document


def test_sending_the_same_again_makes_no_bot() -> None:
    under_test = intake(bot_events_per_minute=1000)
    for number in range(5000):
        found = under_test.take(event("view_product", event_id=f"e{number % 400}"), NOW)
        assert isinstance(found, Taken)
        assert "bot" not in found.document


def test_what_is_remembered_of_sessions_has_a_bound() -> None:
    under_test = intake(bot_events_per_minute=1000)
    for number in range(120_000):
        under_test.take({"type": "scroll", "depth": 1, "session_id": f"s{number}", "event_id": "e"}, NOW)
    assert len(under_test._rates._seen) == under_test._rates._size <= 100_000


def test_a_busy_shopper_is_no_bot() -> None:
    under_test = intake(bot_events_per_minute=1000)
    for number in range(3000):
        found = under_test.take(event("view_product"), NOW + timedelta(seconds=number))
        assert isinstance(found, Taken)
        assert "bot" not in found.document


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@given(
    st.sampled_from(TYPES),
    st.dictionaries(
        st.sampled_from(["product_id", "items", "timestamp", "extra", "quantity", "price", "ip_address", "event_id"]),
        _JSON,
        max_size=4,
    ),
)
def test_whatever_is_sent_is_taken_or_refused_in_words(kind: str, change: dict[str, Any]) -> None:
    found = intake().take(event(kind) | change, NOW)
    assert isinstance(found, Taken) or found.why


def test_the_reference_names_every_type_with_its_fields() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "events.md").read_text(encoding="utf-8")
    common = set(re.findall(r"`(\w+)`", page.partition("## Types")[0]))
    for kind in CLASSES:
        name = get_args(kind.model_fields["type"].annotation)[0]
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        _, _, needed, optional, _ = row.split("|")
        fields = {field: info.is_required() for field, info in kind.model_fields.items() if field != "type"}
        assert set(re.findall(r"`(\w+)`", needed)) == {field for field, required in fields.items() if required}
        assert set(re.findall(r"`(\w+)`", optional)) >= {f for f, required in fields.items() if not required} - common
