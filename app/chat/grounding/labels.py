"""Facts told as name and value: "Weight g: 249; material: wool", "Size: M for X and L for Y". Pure."""

import re
from typing import Any, Final

from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.tokens import stem
from app.chat.grounding.verdict import Fault

_PAIR: Final = re.compile(r"(?:^|;\s)\W*(?P<name>[^\W\d][\w ]{1,40}?)(?:\sof\s+)?\s*:\s+(?P<value>[^;]+?)(?=;|\.?\s*$)")
_FOR: Final = re.compile(r"(?P<value>[^,:]+?|[^:]+?)\sfor\s+$")


def check_labels(sentence: Sentence, known: Known) -> tuple[list[Finding], list[tuple[int, int]]]:
    """Faults, and stretches that are proven word by word, which nobody needs to look at again."""
    found: list[Finding] = []
    proven: list[tuple[int, int]] = []
    for match in _PAIR.finditer(sentence.text):
        name = _plain(match.group("name"))
        if not any(_has(known, place, name) for place in range(len(known.products))):
            continue
        if " for " in match.group("value") and len(sentence.mentions) > 1:
            _each(sentence, known, name, match, found, proven)
        else:
            _one(sentence, known, name, match, found, proven)
    return found, proven


def _one(
    sentence: Sentence,
    known: Known,
    name: str,
    match: re.Match[str],
    found: list[Finding],
    proven: list[tuple[int, int]],
) -> None:
    places = sorted(sentence.mentions[0].products if sentence.mentions else sentence.focus)
    values = [_value(known, place, name) for place in places]
    _judge(values, match.group("value"), match.span("value"), match.span("name"), found, proven)


def _each(
    sentence: Sentence,
    known: Known,
    name: str,
    match: re.Match[str],
    found: list[Finding],
    proven: list[tuple[int, int]],
) -> None:
    """A value before each name."""
    at = match.start("value")
    for mention in sentence.mentions:
        if mention.start < at:
            continue
        part = sentence.text[at : mention.start]
        if (told := re.match(r"^[\s,]*(?:and\s+)?(?P<value>\S.*?)\s+for\s+(?:the\s+)?$", part)) is not None:
            span = (at + told.start("value"), at + told.end("value"))
            values = [_value(known, place, name) for place in sorted(mention.products)]
            _judge(values, told.group("value"), span, match.span("name"), found, proven)
        at = mention.end


def _judge(
    values: list[Any],
    told: str,
    span: tuple[int, int],
    name: tuple[int, int],
    found: list[Finding],
    proven: list[tuple[int, int]],
) -> None:
    ways = {_plain(way) for value in values if value is not None for way in spoken(value)}
    if _plain(told).rstrip(".") in {way.rstrip(".") for way in ways}:
        proven += [name, span]
        return
    known = [value for value in values if value is not None]
    if len(values) != 1 or not known or (_is_number(known[0]) and not _digits(told)):
        return
    fault = Fault.NUMBER if _is_number(known[0]) else Fault.ATTRIBUTE
    # "30 hours" for 30 is told in other words, not wrong; whoever checks numbers looks at it.
    if not _close(known[0], told):
        found.append(Finding(fault, *span, spoken(known[0])[0]))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _digits(text: str) -> bool:
    return bool(re.search(r"\d", text))


def _close(value: Any, told: str) -> bool:  # noqa: ANN401 - JSON
    """Whether other words may say the same: a number with its unit, a value among others."""
    if isinstance(value, bool):
        yes = bool(re.match(r"yes\b", told.strip(), re.I))
        no = bool(re.match(r"no\b", told.strip(), re.I))
        return (yes and value) or (no and not value) or not (yes or no)
    if isinstance(value, int | float):
        numbers = {float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", told)}
        return bool(re.search(r"[a-z%\"$\u20ac\u00a3/]", told, re.I)) or float(value) in numbers
    mine = {stem(w) for w in re.findall(r"[^\W_]+", str(value).lower())}
    theirs = {stem(w) for w in re.findall(r"[^\W_]+", told.lower())}
    return bool(theirs) and (theirs <= mine or mine <= theirs)


def spoken(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """The ways in which a value is told."""
    if isinstance(value, bool):
        return ["yes" if value else "no", "in stock" if value else "out of stock"]
    if isinstance(value, float):
        return [f"{value:g}", str(value)]
    if isinstance(value, int):
        return [str(value), f"{value:,}"]
    if isinstance(value, list | tuple):
        words = [spoken(item)[0] for item in value]
        return [f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)]
    return [str(value)]


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("_", " ").split())


def _fields(known: Known, place: int) -> dict[str, Any]:
    fields = dict(known.products[place].fields)
    return {_plain(name): value for name, value in {**fields, **(fields.get("specifications") or {})}.items()}


def _has(known: Known, place: int, name: str) -> bool:
    return name in _fields(known, place)


def _value(known: Known, place: int, name: str) -> Any:  # noqa: ANN401 - JSON
    return _fields(known, place).get(name)
