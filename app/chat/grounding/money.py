"""Amounts of money: prices, bounds, differences, totals. Pure."""

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations
from typing import Final, Literal

from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.verdict import Fault

SIGNS: Final = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP", "\u00a5": "JPY", "\u20b9": "INR"}
_WORDS: Final = {
    "dollar": "USD",
    "dollars": "USD",
    "buck": "USD",
    "bucks": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "pounds sterling": "GBP",
    "quid": "GBP",
    "yen": "JPY",
    "rupees": "INR",
    "francs": "CHF",
}
AMOUNT: Final = re.compile(
    r"(?P<sign>[$\u20ac\u00a3\u00a5\u20b9])\s?(?P<a>\d[\d,]*(?:\.\d+)?)|(?<![\d,])(?P<b>\d[\d,]*(?:\.\d+)?)\s?"
    rf"(?P<code>(?:USD|EUR|GBP|CHF|JPY|INR|{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b|[\u20ac\u00a3])",
    re.IGNORECASE,
)
_UNDER: Final = re.compile(
    "(?:under|below|less than|up to|within|at most|no more than|max(?:imum)?(?: of)?|cheaper than|not "
    r"over)\s(?:your\s)?(?:budget of\s)?$",
    re.I,
)
_OVER: Final = re.compile(
    r"(?:over|above|more than|at least|from|starting at|upwards of|exceeds)\s(?:your\s)?(?:budget of\s)?$", re.I
)
_ABOUT: Final = re.compile(
    r"(?:around|about|roughly|nearly|almost|approximately|some|just over|just under|close to)\s$", re.I
)
_RANGE: Final = re.compile(r"(?:(?:between|from)\s+\S+\s+(?:and|to)\s+|\d\s?[-\u2013]\s?)$", re.I)
_BUDGET: Final = re.compile(r"budget", re.I)
_LEFT: Final = re.compile(
    r"\b(?:leaves? you|left over|to spare|remaining|left of your budget|left in your budget)\b", re.I
)
_DIFFERENCE: Final = re.compile(
    r"\b(?:sav(?:e|es|ing|ings)|cheaper|less|dearer|difference|more expensive|costlier|pricier|apart|more than"
    r"|extra|against)\b",
    re.I,
)
_COMPARED: Final = re.compile(r"\s(?:cheaper|less|more|dearer|costlier|pricier|apart|extra)\b", re.I)
_TOTAL: Final = re.compile(
    r"\b(?:total|together|altogether|combined|sum|in all|for both|for all|both for|all (?:two|three|four|five) for)\b",
    re.I,
)
_TIMES: Final = re.compile(r"\b(two|three|four|five|\d)\s(?:of (?:them|these|it)|pieces|pairs|units)\b", re.I)
_OFF: Final = re.compile(
    r"^\s?(?:off|discount|voucher|coupon|cashback)|\b(?:discount|voucher|coupon|was|instead of|originally"
    r"|reduced from|regular price|down from)\b",
    re.I,
)
_FEE: Final = re.compile(r"\b(?:shipping|delivery|postage|fee|refund|deposit|return label|restocking)\b", re.I)
_COUNTS: Final = {"two": 2, "three": 3, "four": 4, "five": 5}


def money(amount: Decimal, currency: str) -> str:
    """$1,299.00, 45.00 CHF: as the rest of the answer tells amounts."""
    places = 0 if currency in ("JPY", "KRW", "VND", "CLP") else max(2, -int(amount.normalize().as_tuple().exponent))
    sign = {code: sign for sign, code in SIGNS.items()}.get(currency)
    return f"{sign}{amount:,.{places}f}" if sign else f"{amount:,.{places}f} {currency}"


def check_money(sentence: Sentence, known: Known) -> list[Finding]:
    """Every amount is the price of what it is said of, or what the code makes of prices."""
    findings = []
    text = sentence.text
    for match in AMOUNT.finditer(text):
        value = Decimal((match.group("a") or match.group("b")).replace(",", ""))
        code = match.group("sign") or match.group("code").lower()
        currency = SIGNS.get(code) or _WORDS.get(code, code.upper())
        finding = _amount(sentence, known, match, value, currency)
        if finding is not None:
            findings.append(finding)
    return findings


def _amount(sentence: Sentence, known: Known, match: re.Match[str], value: Decimal, currency: str) -> Finding | None:
    text, (start, end) = sentence.text, match.span()
    clause = clause_of(text, start, end)
    before = text[:start]
    products = sorted(sentence.subject(start, end))
    wrong = Finding(Fault.PRICE, start, end)
    trusted = any(value in e.amounts and currency in (e.currencies or {currency}) for e in (known.rest, known.told))
    if not trusted and currency not in {_price(known, place)[1] for place in range(len(known.products))}:
        return _repaired(known, products, start, end) if _is_price(before) else wrong
    if _OFF.search(text[end:]) or _OFF.search(clause):
        return None if trusted or value in _fields(known, products) else wrong
    if _FEE.search(clause) or (trusted and not known.products):
        return None if trusted else wrong
    prices = [_price(known, place) for place in products]
    fitting = [price for price, own in prices if own == currency]
    reckoned = _reckoned(sentence, known, match, value, currency, fitting)
    if reckoned is not None:
        return reckoned or None
    if not known.products or (not sentence.mentions and not sentence.focus):
        told = (value, currency) in {_price(known, place) for place in range(len(known.products))}
        return None if trusted or told else wrong
    if _ABOUT.search(before):
        near = [p for p in fitting if abs(p - value) <= p * Decimal("0.05")]
        return None if near else _repaired(known, products, start, end)
    return _exact(sentence, known, products, fitting, match, value, trusted)


def _exact(
    sentence: Sentence,
    known: Known,
    products: list[int],
    fitting: list[Decimal],
    match: re.Match[str],
    value: Decimal,
    trusted: bool,
) -> Finding | None:
    """The price itself, or another amount that the record has as a field."""
    good = [price == value for price in fitting]
    if good and (all(good) if sentence.every and len(good) == len(products) else any(good)):
        return None
    if (trusted and not sentence.mentions and not _is_price(sentence.text[: match.start()])) or (
        fitting and value in _fields(known, products)
    ):
        return None
    return _repaired(known, products, *match.span())


def _reckoned(
    sentence: Sentence, known: Known, match: re.Match[str], value: Decimal, currency: str, fitting: list[Decimal]
) -> Finding | Literal[False] | None:
    """Bounds, budgets, totals and differences: a finding, False where it is right, None where it is none of these."""
    text, (start, end) = sentence.text, match.span()
    before, clause = text[:start], clause_of(text, start, end)
    several = len(known.products) > 1
    if several and _COMPARED.match(text[end:]):
        return _difference(sentence, known, match, value, currency) or False
    if _LEFT.search(clause):
        left = [bound - price for bound in _budget(known) for price in fitting]
        return False if value in left else Finding(Fault.ARITHMETIC, start, end)
    if _UNDER.search(before) or _OVER.search(before) or _RANGE.search(before):
        return _bound(sentence, known, before, start, end, value, fitting) or False
    if text[end:].lower().startswith(" budget") or re.search(r"budget\b[^.;]{0,12}$", before, re.I):
        asked = value in _budget(known) or value in _amounts(known.message)
        return False if asked else Finding(Fault.BUDGET, start, end)
    if _TOTAL.search(clause) or _TIMES.search(clause):
        return _total(sentence, known, match, value, currency) or False
    if several and _DIFFERENCE.search(clause) and not _is_price(before):
        return _difference(sentence, known, match, value, currency) or False
    return None


def _is_price(before: str) -> bool:
    """costs $5 - whatever else the clause says, this is a price."""
    return bool(
        re.search(r"\b(?:costs?|priced at|price of|price is|sells for|at|is|for)\s(?:just |only )?$", before, re.I)
    ) and not re.search(r"\b(?:difference|saving|total|saves?)\b[^.,;]*$", before, re.I)


def _repaired(known: Known, products: list[int], start: int, end: int) -> Finding:
    prices = {_price(known, place) for place in products}
    if len(prices) == 1:
        return Finding(Fault.PRICE, start, end, money(*prices.pop()))
    return Finding(Fault.PRICE, start, end)


def _bound(
    sentence: Sentence, known: Known, before: str, start: int, end: int, value: Decimal, prices: list[Decimal]
) -> Finding | None:
    """under $100, over $50, from $20 to $40: true of what it is said of, or what was asked for."""
    fault = Finding(Fault.BUDGET, start, end)
    asked = value in _budget(known) or value in _amounts(known.message)
    about = sentence.named() or frozenset(range(len(known.products)))
    every = [price for price, _ in (_price(known, place) for place in sorted(about))]
    if sentence.mentions:
        every = prices or every
    if re.search(r"\b(?:nothing|none|no(?! more than)|not(?! over)|n't)\b", sentence.text, re.I):
        return None if asked or value in known.told.amounts else fault
    if _RANGE.search(before) or re.match(r"\s?(?:and|to|-|\u2013)\s?[$\u20ac\u00a3\d]", sentence.text[end:]):
        return None if asked or value in every else fault
    if _UNDER.search(before):
        return None if (every and all(price <= value for price in every)) or (asked and not every) else fault
    return None if (every and all(price >= value for price in every)) or (asked and not every) else fault


def _difference(
    sentence: Sentence, known: Known, match: re.Match[str], value: Decimal, currency: str
) -> Finding | None:
    places = sorted(sentence.named()) if len(sentence.named()) > 1 else range(len(known.products))
    prices = [price for price, own in (_price(known, place) for place in places) if own == currency]
    right = {abs(a - b) for a, b in combinations(prices, 2)}
    if value in right or (value in _facts(known) and len(sentence.mentions) != 2):
        return None
    if len(right) == 1:
        return Finding(Fault.ARITHMETIC, *match.span(), money(right.pop(), currency))
    return Finding(Fault.ARITHMETIC, *match.span())


def _total(sentence: Sentence, known: Known, match: re.Match[str], value: Decimal, currency: str) -> Finding | None:
    places = sorted(sentence.named()) if sentence.named() else list(range(len(known.products)))
    prices = [price for price, own in (_price(known, place) for place in places) if own == currency]
    times = _TIMES.search(sentence.text)
    if times and len(prices) == 1:
        count = _COUNTS.get(times.group(1).lower()) or int(times.group(1))
        right = {prices[0] * count}
    else:
        right = {sum(prices, Decimal(0))}
    if value in right or value in known.told.amounts or value in known.rest.amounts:
        return None
    return Finding(Fault.ARITHMETIC, *match.span(), money(right.pop(), currency) if len(prices) > 1 or times else None)


def clause_of(text: str, start: int, end: int) -> str:
    """What stands between the signs around a place."""
    left = max(text.rfind(sign, 0, start) for sign in (", ", "; ", ": ", " \u2014 ", " \u2013 ", " but ", " and "))
    rights = [
        at for sign in (", ", "; ", " \u2014 ", " \u2013 ", " but ", " and ") if (at := text.find(sign, end)) >= 0
    ]
    return text[max(0, left) : min(rights, default=len(text))]


def _price(known: Known, place: int) -> tuple[Decimal, str]:
    fields = known.products[place].fields
    return Decimal(str(fields.get("price", "NaN"))), str(fields.get("currency", "USD"))


def _fields(known: Known, products: Iterable[int]) -> set[Decimal]:
    """Amounts that records have as fields beside the price, such as the value of a gift card."""
    return set().union(*(known.own[place].amounts for place in products)) if products else set()


def _facts(known: Known) -> set[Decimal]:
    return {
        Decimal(str(v))
        for v in known.facts.values()
        if isinstance(v, int | float | Decimal) and not isinstance(v, bool)
    }


def _amounts(text: str) -> set[Decimal]:
    return {Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def _budget(known: Known) -> set[Decimal]:
    return _amounts(known.context.get("budget", ""))
