"""Cheapest, lighter than, the best rated: recomputed from the records. Pure."""

import re
from typing import Any, Final

from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.units import quantity_of
from app.chat.grounding.verdict import Fault

# A word, what it measures (attributes by the beginning of their name), and which end of it.
_MORE: Final[tuple[tuple[str, tuple[str, ...], int], ...]] = (
    (r"cheap(?:er|est)", ("price",), -1),
    (r"(?:less|least) (?:expensive|costly|pricey)|(?:more|most) affordable|low(?:er|est)[ -]priced?", ("price",), -1),
    (
        "(?:more|most) (?:expensive|costly)|dear(?:er|est)|pric(?:ier|iest)|cost(?:lier|liest)|high(?:er"
        "|est)[ -]priced?",
        ("price",),
        1,
    ),
    (r"less affordable|least affordable", ("price",), 1),
    (r"light(?:er|est)", ("weight",), -1),
    (r"heav(?:ier|iest)", ("weight",), 1),
    (r"(?:high(?:er|est)|better|best|top)[ -]rat(?:ed|ing)", ("rating",), 1),
    (r"(?:low(?:er|est)|worse|worst)[ -]rat(?:ed|ing)", ("rating",), -1),
    (r"(?:more|most) reviews|(?:more|most)[ -]reviewed", ("review_count",), 1),
    (r"(?:few(?:er|est)|less|least) reviews|(?:less|least)[ -]reviewed", ("review_count",), -1),
    (
        r"(?:long(?:er|est)[ -](?:lasting )?batter\w+(?: life)?|long(?:er|est)[ -]lasting)|(?:more|most) battery",
        ("battery", "burn", "play"),
        1,
    ),
    (r"short(?:er|est) battery(?: life)?", ("battery",), -1),
    (r"(?:larg|bigg)(?:er|est) (?:screen|display)", ("screen",), 1),
    (r"small(?:er|est) (?:screen|display)", ("screen",), -1),
    (r"(?:more|most) storage", ("storage",), 1),
    (r"(?:less|least) storage", ("storage",), -1),
    (r"(?:more|most) (?:memory|ram)", ("memory",), 1),
    (r"(?:larg|bigg|great|high)(?:er|est) capacity|(?:more|most) capacity|room(?:ier|iest)", ("capacity", "volume"), 1),
    (r"small(?:er|est) capacity", ("capacity", "volume"), -1),
    (r"tall(?:er|est)", ("height",), 1),
    (r"wid(?:er|est)", ("width",), 1),
    (r"narrow(?:er|est)", ("width",), -1),
    (r"(?:more|most) powerful", ("power", "torque"), 1),
    (r"long(?:er|est) warranty", ("warranty",), 1),
    (r"short(?:er|est) warranty", ("warranty",), -1),
    (r"bright(?:er|est)", ("brightness",), 1),
)
_CLAIMS: Final = tuple((re.compile(rf"\b(?:{way})\b", re.IGNORECASE), names, end) for way, names, end in _MORE)
_SUPERLATIVE: Final = re.compile(r"est\b|\bmost\b|\bleast\b|\bbest\b|\bworst\b|\btop\b", re.IGNORECASE)
_IS: Final = re.compile(r"^[^,.;]*?\b(?:is|would be|being|:)\s", re.IGNORECASE)
_NO_CLAIM: Final = re.compile(
    r"\b(?:something|anything|any|a|want|need|prefer|looking for|like|show you|find you|are there|is there|for"
    r"|(?:against|than|from|to|and|versus|between) the)\s(?:even )?(?:\w+ly )?$",
    re.I,
)


def check_ranking(sentence: Sentence, known: Known) -> list[Finding]:
    """Comparatives and superlatives of measurable things."""
    if len(known.products) < 2 or sentence.text.rstrip().endswith("?"):
        return []
    found = []
    for pattern, names, end in _CLAIMS:
        for match in pattern.finditer(sentence.text):
            if not _NO_CLAIM.search(sentence.text[: match.start()]) and not _holds(sentence, known, match, names, end):
                found.append(Finding(Fault.ARITHMETIC, *match.span()))
    return found


def _holds(sentence: Sentence, known: Known, match: re.Match[str], names: tuple[str, ...], end: int) -> bool:
    superlative = bool(_SUPERLATIVE.search(match.group()))
    subject, others = _sides(sentence, known, match, superlative)
    if not subject:
        return not sentence.mentions and not superlative
    if len(subject) > 1 and not sentence.every and len(subject) == len(known.products):
        # Said of them all at once: nothing that a number could tell.
        return True
    denied = any(token.denied for token in sentence.tokens if match.start() <= token.start < match.end())
    mine = [_value(known, place, names) for place in sorted(subject)]
    theirs = [_value(known, place, names) for place in sorted(others)]
    if any(value is None for value in mine) or not mine:
        return False
    rest = [value for value in theirs if value is not None]
    if not rest:
        return False
    best = max(end * value for value in mine if value is not None)
    true = all(best >= end * value for value in rest) if superlative else all(best > end * value for value in rest)
    return true != denied


def _sides(
    sentence: Sentence, known: Known, match: re.Match[str], superlative: bool
) -> tuple[frozenset[int], frozenset[int]]:
    every = frozenset(range(len(known.products)))
    before = [m for m in sentence.mentions if m.end <= match.start()]
    after = [m for m in sentence.mentions if m.start >= match.end()]
    than = re.search(r"\bthan\b", sentence.raw[match.end() :])
    if superlative:
        if (after and not before) or (after and _IS.search(sentence.raw[match.end() : after[0].start])):
            subject = after[0].products
        else:
            subject = before[-1].products if before else sentence.focus
        return subject, every - subject
    if than is not None:
        place = match.end() + than.end()
        beyond = [m for m in after if m.start >= place]
        subject = before[0].products if before else sentence.focus
        first = [m for m in after if m.start < place]
        if not before and first:
            subject = first[0].products
        if beyond:
            return subject, beyond[0].products
        return subject, every - subject
    subject = before[-1].products if before else (after[0].products if after and not sentence.focus else sentence.focus)
    if len(sentence.mentions) > 1 and before:
        others = frozenset().union(*(m.products for m in sentence.mentions)) - subject
        return subject, others or every - subject
    return subject, every - subject


def _value(known: Known, place: int, names: tuple[str, ...]) -> float | None:
    fields: dict[str, Any] = dict(known.products[place].fields)
    fields |= fields.get("specifications") or {}
    for name, value in fields.items():
        if any(name == wanted or name.startswith(f"{wanted}_") for wanted in names) and _is_number(value):
            quantity = quantity_of(name, value)
            return quantity.size if quantity is not None else float(value)
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
