"""Amounts in a text: numbers in digits or words, with or without a currency. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.money import (
    CENTS,
    COUNTRIES_OF_DOLLARS,
    CURRENCIES,
    CURRENCY_SIGNS,
    DOLLARS,
    WEIGHT_OR_MONEY,
)
from app.search.understanding.language.numbers import MULTIPLIERS, NUMBER_WORDS
from app.search.understanding.reading import Reading

HALF: Final = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number at tokens [start, end). `currency`: its code where one was said; `pounds`: it may be a weight too."""

    value: Decimal
    start: int
    end: int
    currency: str | None = None
    pounds: bool = False
    digits: bool = True
    glued_k: bool = False

    @property
    def is_money(self) -> bool:
        return self.currency is not None


def number_at(r: Reading, i: int) -> Amount | None:
    """A number that begins at token `i`: "50", "1,299.99", "50k", "a hundred", "two hundred and fifty"."""
    if not r.free(i):
        return None
    if (part := _fraction(r, i)) is not None:
        return part
    token = r.tokens[i]
    found = _multiplied(r, Amount(token.number, i, i + 1)) if token.number is not None else _in_words(r, i)
    return found if found is None else _and_a_half(r, found)


def _fraction(r: Reading, i: int) -> Amount | None:
    """What is less than a whole unit, or a number with such: "half a litre", "1/2 l", "1 1/2 inch"."""
    if r.word(i) == "half":
        end = i + 1 + (r.word(i + 1) in ("a", "an"))
        return Amount(HALF, i, end, digits=False) if r.word(end) in UNITS and r.free(i, end + 1) else None
    upper = i if r.word(i + 1) == "/" else i + 1
    end = upper + 3
    if not r.free(i, end) or r.word(upper + 1) != "/" or r.word(end) not in UNITS or r.word(end) == "in":
        return None
    parts = [r.tokens[at].number for at in (upper, upper + 2)]
    if parts[0] is None or not parts[1] or parts[0] >= parts[1]:
        return None
    whole = r.tokens[i].number if upper > i else Decimal(0)
    return None if whole is None else Amount(whole + parts[0] / parts[1], i, end)


def _and_a_half(r: Reading, amount: Amount) -> Amount:
    """ "one and a half litres", "two and a half metres"."""
    if [r.word(at) for at in range(amount.end, amount.end + 3)] != ["and", "a", "half"]:
        return amount
    end = amount.end + 3
    if r.word(end) not in UNITS or not r.free(amount.end, end):
        return amount
    return replace(amount, value=amount.value + HALF, end=end)


def _multiplied(r: Reading, amount: Amount) -> Amount:
    word = r.word(amount.end)
    if word in MULTIPLIERS and r.free(amount.end):
        glued = r.tokens[amount.end].start == r.tokens[amount.end - 1].end
        if word != "k" or glued:
            return replace(amount, value=amount.value * MULTIPLIERS[word], end=amount.end + 1, glued_k=word == "k")
    return amount


def _in_words(r: Reading, i: int) -> Amount | None:
    """English number words; "a hundred" is one hundred and "a euro" one, "a" alone is nothing."""
    if r.word(i) == "a" and r.word(i + 1) in CURRENCIES and r.free(i + 1):
        return Amount(Decimal(1), i, i + 1, digits=False)
    total = group = 0
    seen = False
    at = i
    if r.word(at) in ("a", "one") and r.word(at + 1) in MULTIPLIERS and r.word(at + 1) != "k":
        group, at = 1, at + 1
    while r.free(at):
        word = r.word(at)
        if word in NUMBER_WORDS:
            number = NUMBER_WORDS[word]
            # "Two fifty" is two hundred and fifty, "fifty two" is not.
            group = (group * 100 if 0 < group < 10 <= number else group) + number
        elif word in MULTIPLIERS and word != "k":
            size = MULTIPLIERS[word]
            group = max(group, 1) * size
            if size >= 1000:
                total, group = total + group, 0
        elif not (word == "and" and seen and r.word(at - 1) in MULTIPLIERS and r.word(at + 1) in NUMBER_WORDS):
            break
        seen, at = True, at + 1
    return Amount(Decimal(total + group), i, at, digits=False) if seen else None


def amount_at(r: Reading, i: int) -> Amount | None:
    """A number with what is said of its currency before or after it: "$50", "50 euros", "US$ 50", "99 cents".

    Where the things asked for have a weight, pounds were taken as that before.
    """
    start, code = i, None
    if r.free(i) and r.word(i) in COUNTRIES_OF_DOLLARS and r.word(i + 1) == "$" and r.free(i + 1):
        code, i = COUNTRIES_OF_DOLLARS[r.word(i)], i + 2
    elif r.free(i) and r.word(i) in CURRENCY_SIGNS:
        code, i = _code(r, CURRENCY_SIGNS[r.word(i)]), i + 1
    elif r.free(i) and len(r.word(i)) == 3 and r.word(i) in CURRENCIES and i + 1 < len(r.tokens):
        code, i = _code(r, CURRENCIES[r.word(i)]), i + 1
    number = number_at(r, i)
    if number is None:
        return None
    number = replace(number, start=start)
    if code is not None:
        number = replace(number, currency=code)
    return _thousands(r, _said_after(r, number))


def _said_after(r: Reading, amount: Amount) -> Amount:
    end = amount.end
    end += r.word(end) == "ish" and r.word(end + 1) in {**CURRENCIES, **WEIGHT_OR_MONEY}  # "fifty-ish dollars"
    word = r.word(end)
    if not r.free(end):
        return amount
    if word in COUNTRIES_OF_DOLLARS and r.free(end + 1) and r.word(end + 1) in ("dollar", "dollars", "$"):
        return replace(amount, currency=COUNTRIES_OF_DOLLARS[word], end=end + 2)
    if word in CURRENCY_SIGNS or word in CURRENCIES:
        if amount.currency is not None and word in CURRENCY_SIGNS:
            return amount
        if word in CURRENCY_SIGNS and _begins_amount(r, end):
            return amount
        said = CURRENCY_SIGNS.get(word, CURRENCIES.get(word, ""))
        return replace(
            amount, currency=amount.currency if not said and amount.currency else _code(r, said), end=end + 1
        )
    if word in WEIGHT_OR_MONEY and amount.currency is None:
        if r.word(end + 1) == "sterling":
            return replace(amount, currency="GBP", end=end + 2)
        return replace(amount, currency="GBP", end=end + 1, pounds=True)
    if word in CENTS and amount.currency is None:
        return replace(amount, value=amount.value / 100, currency=_code(r, ""), end=end + 1)
    return amount


def _begins_amount(r: Reading, i: int) -> bool:
    """Whether a sign belongs to the number after it: "$5 $10"."""
    after = r.tokens[i + 1] if i + 1 < len(r.tokens) else None
    return after is not None and after.number is not None and after.start == r.tokens[i].end


def _thousands(r: Reading, amount: Amount) -> Amount:
    """ "1.299 euros" are a thousand and more: money has no thousandths."""
    token = next((t for t in r.tokens[amount.start : amount.end] if t.number is not None), None)
    if token is None or amount.currency in (None, "KWD", "BHD", "OMR", "JOD", "TND") or "," in token.text:
        return amount
    whole, dot, fraction = token.text.partition(".")
    if dot and len(fraction) == 3 and whole not in ("", "0"):
        return replace(amount, value=amount.value * 1000)
    return amount


def _code(r: Reading, said: str) -> str:
    """The code of a currency; a dollar is the shop's own dollar where it has one."""
    if said:
        return said
    return next((code for code in r.lexicon.currencies if code in DOLLARS), "USD")
