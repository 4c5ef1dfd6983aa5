"""The budget and what the user does not want, held in every sentence. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.tokens import stem
from app.chat.grounding.verdict import Fault

# Where products are recommended; a question about one product may be answered whatever it costs.
RECOMMENDING: Final = frozenset(("search", "gift", "similar", "recommend"))
_WITHIN: Final = re.compile(
    r"\b(?:within|inside|under|below|fits?|fitting|meets?|respects?|well within|easily within"
    r"|in)\s(?:\w+\s)?(?:your |the |that |her |his )?(?:\w+\s)?budget\b",
    re.IGNORECASE,
)
_BEYOND: Final = re.compile(
    r"\b(?:over|above|beyond|exceeds?|outside|more than)\s(?:\w+\s)?(?:your |the |that )?(?:\w+\s)?(?:budget|limit)\b",
    re.I,
)
_LEADS: Final = re.compile(
    "^(?:not?|without|w/o|non|nothing|anything but|except|avoid|from|of|in|with|by|made|a|an|the|any|isn't"
    r"|aren't|that|but)\b[\s-]*",
    re.I,
)


def bounds(context: Mapping[str, str]) -> tuple[Decimal | None, Decimal | None]:
    """Least and highest price of "under $100", "from $20 to $40", "from $50"."""
    text = context.get("budget", "")
    amounts = [Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]
    if not amounts:
        return None, None
    if len(amounts) > 1:
        return min(amounts), max(amounts)
    return (amounts[0], None) if re.match(r"\s*(?:from|over|above|at least)\b", text, re.I) else (None, amounts[0])


def check_limits(sentence: Sentence, known: Known) -> list[Finding]:
    """Nothing over the budget is recommended, or called within it; nothing that was excluded is recommended."""
    found = []
    low, high = bounds(known.context)
    said_beyond = _BEYOND.search(sentence.text)
    for place in sorted(sentence.named()):
        price = Decimal(str(known.products[place].fields.get("price", 0)))
        outside = (high is not None and price > high) or (low is not None and price < low)
        mentioned = any(place in m.products and len(m.products) == 1 for m in sentence.mentions)
        if outside and mentioned and known.intent in RECOMMENDING and not said_beyond:
            found.append(Finding(Fault.BUDGET))
        if outside and (match := _WITHIN.search(sentence.text)) and not _denied(sentence, match):
            found.append(Finding(Fault.BUDGET, *match.span()))
        if said_beyond and high is not None and price <= high and not _denied(sentence, said_beyond) and mentioned:
            found.append(Finding(Fault.BUDGET, *said_beyond.span()))
        if mentioned and known.intent in RECOMMENDING and _excluded(known, place):
            found.append(Finding(Fault.EXCLUSION))
    return found


def _denied(sentence: Sentence, match: re.Match[str]) -> bool:
    return any(token.denied for token in sentence.tokens if match.start() <= token.start < match.end())


def exclusions(context: Mapping[str, str]) -> list[list[str]]:
    """The words of each thing that must not be, by their stems: "not red and without leather" is two."""
    phrases = []
    for part in re.split(r",|\band\b|\bor\b|\bnor\b", context.get("without", "")):
        text = part.strip()
        while (match := _LEADS.match(text)) and match.end():
            text = text[match.end() :]
        words = [stem(word) for word in re.findall(r"[^\W_]+", text.lower())]
        if words:
            phrases.append(words)
    return phrases


def _excluded(known: Known, place: int) -> bool:
    record = known.products[place]
    has = _stems(record.fields)
    return any(set(words) <= has for words in exclusions(known.context))


def _stems(fields: Mapping[str, Any]) -> set[str]:
    """What a record's attributes say of it; names of attributes that are true."""
    found: set[str] = set()
    for name in ("brand", "category", "categories", "features", "tags"):
        found |= _words(fields.get(name))
    for name, value in (fields.get("specifications") or {}).items():
        if value is True:
            found |= _words(name)
        elif value is not False:
            found |= _words(value)
    return found


def _words(value: object) -> set[str]:
    if isinstance(value, list | tuple):
        return set().union(*(_words(item) for item in value)) if value else set()
    if isinstance(value, str):
        return {stem(word) for word in re.findall(r"[^\W_]+", value.lower())}
    return set()
