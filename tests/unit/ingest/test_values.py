"""Numbers, money, dates, words and HTML as feeds write them."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mapping import amounts, values
from ingest.mapping.amounts import Money
from ingest.mapping.mistakes import ValueMistake
from ingest.mapping.names import USUAL


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("19.99", "19.99", ""),
        ("19,99", "19.99", ""),
        ("1.299,00 €", "1299.00", "EUR"),
        ("€ 1.299,00", "1299.00", "EUR"),
        ("$1,299.00", "1299.00", "USD"),
        ("US$ 1,299", "1299", "USD"),
        ("1.299 €", "1299", "EUR"),
        ("1 299,00", "1299.00", ""),
        ("1\u00a0299,00\u00a0kr", "1299.00", "SEK"),
        ("1\u202f299,00 zł", "1299.00", "PLN"),
        ("1'299.50 CHF", "1299.50", "CHF"),
        ("CHF 12.-", "12", "CHF"),
        ("12,- €", "12", "EUR"),
        ("1.234.567,89", "1234567.89", ""),
        ("1,234,567.89", "1234567.89", ""),
        ("1,234,567", "1234567", ""),
        ("£.99", "0.99", "GBP"),
        ("0.999 €", "0.999", "EUR"),
        ("12.5 KWD", "12.5", "KWD"),
        ("-5", "-5", ""),
        ("$-5.00", "-5.00", "USD"),
        ("-$5.00", "-5.00", "USD"),
        ("1e3", "1000", ""),
    ],
)
def test_prices_as_shops_write_them(text: str, amount: str, currency: str) -> None:
    assert amounts.money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "free",
        "1,2,3",
        "12.34.56",
        "1.29,9.0",
        "12 EUR 15",
        "NaN",
        "inf",
        "1e999999",
        "10 quid",
        "--5",
        "12..5",
        "€",
    ],
)
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueMistake):
        amounts.money(text)


@pytest.mark.parametrize("text", ["1.299", "1,299"])
def test_a_price_that_can_be_read_in_two_ways_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueMistake, match="two ways"):
        amounts.money(text)
    assert amounts.money(text, decimal=".").amount in (Decimal("1.299"), Decimal("1299"))
    assert amounts.money(text, ".").amount != amounts.money(text, ",").amount


def test_a_declared_decimal_character_decides() -> None:
    assert amounts.number("1.299", ",") == 1299
    assert amounts.number("1,5", ",") == Decimal("1.5")
    assert amounts.number("1,299", ".") == 1299
    with pytest.raises(ValueMistake):
        amounts.number("1.29", ",")
    with pytest.raises(ValueMistake):
        amounts.number("1,299.5", ",")


def test_typed_numbers_stay_exact() -> None:
    assert amounts.money(19.99) == Money(Decimal("19.99"), "")
    assert amounts.money(Decimal("0.10")) == Money(Decimal("0.10"), "")
    assert amounts.money(5) == Money(Decimal(5), "")
    refused: tuple[object, ...] = (True, float("nan"), float("inf"), [1], {})
    for wrong in refused:
        with pytest.raises(ValueMistake):
            amounts.money(wrong)


@given(st.decimals(0, 10**9, places=2))
def test_german_and_english_writing_mean_the_same(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert amounts.money(f"${english}").amount == amount
    assert amounts.money(f"{german} €").amount == amount


@given(st.text(max_size=30))
def test_no_text_raises_anything_but_a_mistake(text: str) -> None:
    for convert in (amounts.money, amounts.number, amounts.currency, values.boolean, values.moment, values.json_value):
        with suppress(ValueMistake):
            convert(text)
    assert isinstance(values.without_html(text), str)


@pytest.mark.parametrize(
    ("text", "default", "code"),
    [
        ("€", "USD", "EUR"),
        ("usd", "EUR", "USD"),
        ("$", "EUR", "USD"),
        ("$", "CAD", "CAD"),
        ("kr", "DKK", "DKK"),
        ("zł", "USD", "PLN"),
    ],
)
def test_currency_symbols(text: str, default: str, code: str) -> None:
    assert amounts.currency(text, default) == code


def test_currency_that_is_none() -> None:
    with pytest.raises(ValueMistake, match="not a currency"):
        amounts.currency("@@")


@pytest.mark.parametrize(
    ("value", "formats", "expected"),
    [
        ("2026-03-31T12:30:00Z", [], datetime(2026, 3, 31, 12, 30, tzinfo=UTC)),
        ("2026-03-31", [], datetime(2026, 3, 31)),
        ("2026-03-31 12:30:00+02:00", [], datetime(2026, 3, 31, 12, 30, tzinfo=timezone(timedelta(hours=2)))),
        (date(2026, 3, 31), [], datetime(2026, 3, 31, tzinfo=UTC)),
        ("31.03.2026", ["%d/%m/%Y", "%d.%m.%Y"], datetime(2026, 3, 31)),
        (1774960200, [], datetime(2026, 3, 31, 12, 30, tzinfo=UTC)),
        ("1774960200000", [], datetime(2026, 3, 31, 12, 30, tzinfo=UTC)),
        ("86400", ["epoch_s"], datetime(1970, 1, 2, tzinfo=UTC)),
        ("86400000", ["epoch_ms"], datetime(1970, 1, 2, tzinfo=UTC)),
    ],
)
def test_dates(value: object, formats: list[str], expected: datetime) -> None:
    assert values.moment(value, formats) == expected


def test_dates_that_are_none_say_what_was_wanted() -> None:
    with pytest.raises(ValueMistake, match="ISO 8601"):
        values.moment("soon")
    with pytest.raises(ValueMistake, match=r"%d\.%m\.%Y"):
        values.moment("2026-03-31", ["%d.%m.%Y"])
    with pytest.raises(ValueMistake):
        values.moment("9" * 30)


def test_booleans_in_words() -> None:
    assert [values.boolean(v) for v in (True, 1, "1", "Yes", " in stock ", "ja", 1.0)] == [True] * 7
    assert [values.boolean(v) for v in (False, 0, "0", "No", "out of stock", "nein")] == [False] * 6
    with pytest.raises(ValueMistake, match='"maybe" is neither yes nor no'):
        values.boolean("maybe")


def test_html_becomes_text() -> None:
    markup = (
        "<style>p{}</style><p>Soft &amp;amp; <b>warm</b></p>"
        "<ul><li>100&nbsp;% wool<li>M &lt; L</ul><script>x()</script>"
    )

    assert values.without_html(markup) == "Soft & warm\n100 % wool\nM < L"
    assert values.without_html("HeatTec&reg; 3 < 4") == "HeatTec® 3 < 4"


def test_whole_numbers() -> None:
    assert [values.integer(v) for v in (3, "3", 3.0, "3.0", "1,000")] == [3, 3, 3, 3, 1000]
    for wrong in ("3.5", "three", None, True):
        with pytest.raises(ValueMistake):
            values.integer(wrong)


def test_texts() -> None:
    assert values.text(12.0) == "12"
    assert values.texts(["a", None, " ", 3, float("nan")]) == ["a", "3"]
    with pytest.raises(ValueMistake, match="is an object, not a text"):
        values.text({"a": 1})


def test_usual_names_of_enumerations_are_known() -> None:
    def gender(value: str) -> str:
        return values.named(value, USUAL["target_gender"])

    assert [gender(v) for v in ("Men", "Women\u2019s", "F", "Boys", "Unisex", "male")] == [
        "male", "female", "female", "kids", "unisex", "male",
    ]  # fmt: skip
    assert values.named("Toddler", USUAL["target_age"]) == "kids"
    assert values.named("Home & Garden", {}) == values.named("home-garden", {}) == "home_garden"
    assert values.named("Health and Beauty", {}) == "health_beauty"
    # What is none of them stays what it is, and is refused as such.
    assert gender("robots") == "robots"
    assert gender("") == ""
