"""Numbers with units, and bare numbers. Pure."""

import re
from typing import Final

from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.tokens import stem
from app.chat.grounding.units import SIDES, UNITS, Quantity, quantities
from app.chat.grounding.verdict import Fault
from app.chat.grounding.words import NUMBER_WORDS

_WORDED: Final = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b", re.IGNORECASE)
_BARE: Final = re.compile(r"(?<![\w.,/])\d[\d,]*(?:\.\d+)?(?![\w%])")
_MARKER: Final = re.compile(r"^\W*\d{1,2}[.)](?:\s|$)")
_COUNTED: Final = re.compile(
    r"^[\s-](?:[\w'\u2019\u201c\u201d-]+\s){0,4}?(?:products?|options?|items?|gifts?|results?|matches|choices|picks|ideas"
    "|suggestions|recommendations|things|of them|of these"
    r"|models?|alternatives?)\b",
    re.IGNORECASE,
)
_AGE: Final = re.compile(r"\b(?P<years>\d{1,2})[- ]years?[- ]olds?\b", re.IGNORECASE)
_FIGURES: Final = dict(NUMBER_WORDS)


def check_numbers(sentence: Sentence, known: Known) -> list[Finding]:
    """Every number stands in the record that it is said of, in a document, or counts what was found."""
    text = _figures(sentence.text)
    found: list[Finding] = []
    taken: list[range] = []
    if marker := _MARKER.match(text):
        taken.append(range(*marker.span()))
    # How old somebody is whom it is for was said by the user.
    whom = re.findall(r"\d+", known.context.get("recipient", ""))
    taken += [range(*age.span()) for age in _AGE.finditer(text) if age["years"] in whom]
    for quantity in quantities(text):
        if any(quantity.start in span for span in taken):
            continue
        taken.append(range(quantity.start, quantity.end))
        found += _quantity(sentence, known, quantity, text)
    for match in _BARE.finditer(text):
        if not any(match.start() in span for span in taken):
            found += _bare(sentence, known, match, text)
    return found


def _figures(text: str) -> str:
    """Number words as figures, at the same places."""
    return _WORDED.sub(lambda m: str(_FIGURES[m.group().lower()]).ljust(len(m.group())), text)


def _quantity(sentence: Sentence, known: Known, said: Quantity, text: str) -> list[Finding]:
    if said.kind == "count" and _counts(known, said.number):
        return []
    places = sorted(sentence.subject(said.start, said.end))
    if said.kind == "share" and _share(sentence, known, said):
        return []
    others = [*known.rest.quantities, *known.told.quantities]
    if not places:
        ways = [*others, *(q for own in known.own for q in own.quantities)]
        return [] if any(said.same(q) for q in ways) else [Finding(Fault.NUMBER, said.start, said.number_end)]
    side = _side(text, said) if said.kind == "length" else None
    fits = []
    for place in places:
        own = known.own[place].quantities
        named = [q for q in own if side is not None and q.of and side in q.of.split("_")]
        fits.append(any(said.same(q) for q in (named or own)))
    if all(fits) if sentence.every else any(fits):
        return []
    if any(said.same(q) for q in others) and not sentence.mentions:
        return []
    right = _right(sentence, known, places, said, side)
    return [Finding(Fault.NUMBER, said.start, said.number_end if right else said.end, right)]


def _side(text: str, said: Quantity) -> str | None:
    near = text[max(0, said.start - 18) : said.end + 12].lower()
    sides = [side for side, words in SIDES.items() if any(re.search(rf"\b{word}\b", near) for word in words)]
    return sides[0] if len(sides) == 1 else None


def _right(sentence: Sentence, known: Known, places: list[int], said: Quantity, side: str | None) -> str | None:
    """The number that the record has, where there is one alone that it can be, in the unit that was written."""
    if len(places) != 1:
        return None
    own = [q for q in known.own[places[0]].quantities if q.kind == said.kind and _speaks_of(sentence, q)]
    if side is not None:
        own = [q for q in own if side in q.of.split("_")] or own
    sizes = {round(q.size, 6) for q in own}
    if len(sizes) != 1:
        return None
    value = sizes.pop() / (said.size / said.number) if said.number else None
    return f"{round(value, 2):g}" if value is not None else None


def _speaks_of(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the sentence has a word of the attribute's name: weighs, for weight_g."""
    names = [part for part in quantity.of.split("_") if part not in UNITS]
    return any(token.stem.startswith(stem(name)[:5]) for token in sentence.tokens for name in names if len(name) > 2)


def _share(sentence: Sentence, known: Known, said: Quantity) -> bool:
    """A saving in percent, worked out from the prices of the two products that are compared."""
    prices = [float(known.products[p].fields.get("price", 0)) for p in sentence.named()]
    if len(prices) != 2 or not min(prices):
        return False
    low, high = sorted(prices)
    return any(abs(round(100 * share) - said.number) < 1 for share in ((high - low) / high, (high - low) / low))


def _bare(sentence: Sentence, known: Known, match: re.Match[str], text: str) -> list[Finding]:
    value = float(match.group().replace(",", ""))
    if _COUNTED.match(text[match.end() :]) and not sentence.mentions:
        return [] if _counts(known, value) else [_miscounted(known, match)]
    worded = not sentence.text[match.start()].isdigit()
    if worded and value <= max(2, len(known.products)):
        return []
    if value in known.rest.numbers or value in known.told.numbers:
        return []
    places = sentence.subject(*match.span()) or range(len(known.products))
    fits = [value in known.own[place].numbers for place in places]
    if fits and (all(fits) if sentence.every else any(fits)):
        return []
    if not sentence.mentions and str(match.group()) in known.context.get("budget", ""):
        return []
    return [Finding(Fault.NUMBER, *match.span())]


def _counts(known: Known, value: float) -> bool:
    shown = len(known.products)
    total = known.facts.get("total")
    return value in (shown, total, min(shown, 3)) or (value <= shown and value == 2)


def _miscounted(known: Known, match: re.Match[str]) -> Finding:
    return Finding(Fault.NUMBER, *match.span(), str(len(known.products)) if len(known.products) > 1 else None)
