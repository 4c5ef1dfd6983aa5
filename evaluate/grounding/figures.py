"""Another figure in a true sentence: a price, its currency, a rating, a number of reviews, a measure, its unit."""

import random
import re
from decimal import Decimal
from typing import Final

from evaluate.grounding.answers import Told

_AMOUNT: Final = re.compile(r"\$\d[\d,]*(?:\.\d+)?")

_RATING: Final = re.compile(r"(?<=rated )\d(?:\.\d)?|\d(?:\.\d)?(?= stars)")

_REVIEWS: Final = re.compile(r"\d[\d,]*(?= (?:customers|reviews))")

_UNITED: Final = re.compile(
    r"(?<![\w.$])(?P<n>\d+(?:\.\d+)?)(?P<gap>[ -])(?P<unit>g|kg|hours|litres|cm|GB|MP|inch|year|years|pages"
    r"|days|business days|weeks|minutes|people)\b"
)

_OTHER_UNIT: Final = {
    "g": "kg",
    "kg": "g",
    "hours": "minutes",
    "litres": "ml",
    "cm": "mm",
    "GB": "TB",
    "MP": "GB",
    "inch": "cm",
    "year": "month",
    "years": "months",
    "days": "weeks",
    "business days": "weeks",
    "weeks": "months",
    "minutes": "hours",
}


def price(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    amounts = [
        m
        for m in _AMOUNT.finditer(told.hidden(text))
        if not re.search(r"(?:under|within|than|over)\s$", text[: m.start()])
    ]
    if not amounts:
        return None
    match = draw.choice(amounts)
    value = Decimal(match.group()[1:].replace(",", ""))
    known = {Decimal(str(r.fields["price"])) for r in told.products}
    ways = [
        value + 10,
        value - 1,
        value * 2,
        (value * Decimal("0.7")).quantize(Decimal("0.01")),
        value + Decimal("0.50"),
        value * 10,
    ]
    false = draw.choice([way for way in ways if way > 0 and way not in known and f"${way:,.2f}" not in text])
    shown = f"${false:,.2f}" if "." in match.group() else f"${false:,.0f}"
    if shown == match.group():
        return None
    return text[: match.start()] + shown + text[match.end() :], shown


def currency(_: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    match = _AMOUNT.search(told.hidden(text))
    if match is None or re.search(r"(?:under|within|than|over)\s$", text[: match.start()]):
        return None
    false = f"\u20ac{match.group()[1:]}"
    return text[: match.start()] + false + text[match.end() :], false


def rating(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    match = _RATING.search(told.hidden(text))
    if match is None:
        return None
    now = float(match.group())
    ratings = {record.fields.get("rating") for record in told.products}
    ways = [w for w in (round(now + 0.2, 1), round(now - 0.3, 1), 2.1, 5.0) if w <= 5 and w not in ratings]
    false = f"{draw.choice(ways):g}"
    return text[: match.start()] + false + text[match.end() :], ""


def reviews(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    match = _REVIEWS.search(told.hidden(text))
    if match is None:
        return None
    now = int(match.group().replace(",", ""))
    false = f"{draw.choice([now + 100, now * 10, now + 1]):,}"
    return text[: match.start()] + false + text[match.end() :], f" {false} "


def number(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    match = _UNITED.search(told.hidden(text))
    if match is None:
        return None
    now = float(match.group("n"))
    false = f"{draw.choice([now * 2, now + 7, now * 3, round(now * 1.5 + 1)]):g}"
    own = " ".join(str(record.fields) + record.text for record in told.brief.records)
    if re.search(rf"\b{re.escape(false)}\b", own):
        return None
    return text[: match.start()] + false + text[match.end("n") :], f"{false}{match.group('gap')}{match.group('unit')}"


def unit(_: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    match = _UNITED.search(told.hidden(text))
    if match is None or match.group("unit") not in _OTHER_UNIT:
        return None
    unit = _OTHER_UNIT[match.group("unit")]
    return text[: match.start("unit")] + unit + text[
        match.end("unit") :
    ], f"{match.group('n')}{match.group('gap')}{unit}"
