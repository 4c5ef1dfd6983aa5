"""Ratings, counts of reviews, stock and delivery, as an answer claims them. Pure."""

import re
from collections.abc import Callable
from typing import Any, Final

from app.chat.grounding.evidence import Evidence
from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.tokens import stem, tokens
from app.chat.grounding.verdict import Fault
from app.chat.grounding.words import GENERIC, NUMBER_WORDS, word_set

_RATING: Final = re.compile(
    r"(?P<a>\d(?:\.\d+)?)\s?(?:/|out of|of)\s?(?:5|five)\b(?:\sstars)?|(?P<b>\d(?:\.\d+)?)[\s-]?stars?\b"
    r"|\b(?:rated|rating(?: of| is| at|:)?|scores?(?: of)?)\s(?:at |an? |around |about "
    r")?(?P<c>\d(?:\.\d+)?)(?![\d,]|\.\d)(?:\s(?:out )?of (?:5|five)\b)?",
    re.IGNORECASE,
)
_REVIEWS: Final = re.compile(
    r"(?P<how>\b(?:over|more than|nearly|almost|about|around)\s)?(?P<n>\d[\d,]*)\+?\s(?:(?:customer|verified"
    r"|user|happy|satisfied|written)\s)*"
    r"(?:reviews?|ratings?|customers?|reviewers?|buyers?|shoppers?|opinions?)\b",
    re.IGNORECASE,
)
_WELL_RATED: Final = re.compile(r"\b(?:highly|well|top|best)[ -]rated\b|\bgreat reviews\b|\bexcellent reviews\b", re.I)
_BADLY_RATED: Final = re.compile(r"\b(?:badly|poorly|low)[ -]rated\b|\bbad reviews\b|\bpoor reviews\b", re.I)
_WELL: Final = 4.0

_OUT: Final = re.compile(
    r"\b(?:out of stock|sold out|unavailable|no longer available|not (?:currently |yet )?(?:available|in "
    "stock)|isn't (?:currently )?"
    "(?:available|in stock)|aren't (?:currently )?(?:available|in stock)|none left|temporarily unavailable"
    r"|out-of-stock|no stock)\b",
    re.IGNORECASE,
)
_IN: Final = re.compile(
    r"\b(?:in[ -]stock|(?:currently|readily|still|immediately|now|is|are) available(?! (?:in|as|with|from|at"
    r"|for|only)\b)|ready to ship|ships now)\b",
    re.IGNORECASE,
)
_LEFT: Final = re.compile(
    r"\b(?:only |just )?(?P<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s(?:(?:pieces?|units?"
    r"|items?|more)\s)?"
    r"(?:left|remaining|in stock|available|on hand)\b",
    re.IGNORECASE,
)
_IF: Final = re.compile(r"\b(?:if|whether|when|once|as soon as|until|back|filter|only those)\b[^.,;]*$", re.IGNORECASE)

_DELIVERY: Final = re.compile(
    r"\b(?:(?:free|fast|express|next[- ]day|same[- ]day|overnight|standard|two[- ]day|worldwide"
    r"|international)\s(?:shipping|delivery|returns?)"
    "|(?:ship(?:s|ped|ping)?|deliver(?:s|ed|y)?|arriv(?:es?|ing)|dispatch(?:ed|es)?|get it|have it|in your "
    r"hands|receive it)\b[^.;!?]{0,40}?"
    r"\b(?:today|tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|overnight|worldwide"
    "|(?:within|in|takes?|by|on|after"
    r"|before)\s(?:\w+\s){0,3}?\w*\d\w*(?:\s\w+)?|\d+|christmas|next week|free|for free|no extra cost|days?"
    r"|hours?|weeks?)\b"
    r"|(?:shipping|delivery) (?:is|are) (?:free|included)|free of charge|no (?:shipping|delivery) (?:costs?|fees?))",
    re.IGNORECASE,
)


RATINGS: Final = (_RATING, _REVIEWS)
STOCKS: Final = (_LEFT, _OUT, _IN)


def check_rating(sentence: Sentence, known: Known) -> list[Finding]:
    """Ratings and how many people gave them."""
    found = []
    for match in _RATING.finditer(sentence.text):
        group = next(name for name in ("a", "b", "c") if match.group(name))
        found += _number_of(sentence, known, match, group, "rating", Fault.RATING, _rounds_to)
    for match in _REVIEWS.finditer(sentence.text):
        if float(match.group("n").replace(",", "")) in known.rest.numbers | known.told.numbers:
            continue
        near = match.group("how")
        found += _number_of(sentence, known, match, "n", "review_count", Fault.RATING, _over if near else _equal)
    for pattern, good in ((_WELL_RATED, True), (_BADLY_RATED, False)):
        for match in pattern.finditer(sentence.text):
            ratings = [known.products[p].fields.get("rating") for p in sentence.subject(*match.span())]
            fits = [r is not None and (float(r) >= _WELL) == good for r in ratings]
            denied = any(t.denied for t in sentence.tokens if match.start() <= t.start < match.end())
            if not denied and not (all(fits) if sentence.every else any(fits)):
                found.append(Finding(Fault.RATING, *match.span()))
    return found


def _number_of(
    sentence: Sentence,
    known: Known,
    match: re.Match[str],
    group: str,
    field: str,
    fault: Fault,
    same: Callable[[str, Any], bool],
) -> list[Finding]:
    places = sorted(sentence.subject(*match.span()))
    values = [known.products[place].fields.get(field) for place in places]
    fits = [value is not None and same(match.group(group), value) for value in values]
    if fits and (all(fits) if sentence.every else any(fits)):
        return []
    right = f"{values[0]:g}" if len(values) == 1 and isinstance(values[0], int | float) else None
    if field == "review_count" and right is not None:
        right = f"{values[0]:,}" if isinstance(values[0], int) else right
    if match.groupdict().get("how"):
        right = None
    return [Finding(fault, match.start(group), match.end(group), right)]


def _rounds_to(text: str, value: Any) -> bool:  # noqa: ANN401 - JSON
    places = len(text.partition(".")[2])
    return abs(round(float(value), places) - float(text)) < 1e-9 and (places > 0 or float(value) == float(text))


def _equal(text: str, value: Any) -> bool:  # noqa: ANN401 - JSON
    return float(text.replace(",", "")) == float(value)


def _over(text: str, value: Any) -> bool:  # noqa: ANN401 - JSON
    said = float(text.replace(",", ""))
    return said * 0.9 <= float(value) <= said * 1.5


def check_stock(sentence: Sentence, known: Known) -> list[Finding]:
    """In stock, out of stock, so many left."""
    if sentence.text.rstrip().endswith("?"):
        return []
    found, text = [], sentence.text
    taken: list[range] = []
    for match in _LEFT.finditer(text):
        if _IF.search(text[: match.start()]):
            continue
        written = match.group("n").lower()
        said = NUMBER_WORDS.get(written, 1 if written == "one" else 0) or int(written)
        values = [known.products[p].fields.get("stock_quantity") for p in sorted(sentence.subject(*match.span()))]
        if said in values and not (sentence.every and any(value != said for value in values)):
            taken.append(range(*match.span()))
            continue
        right = str(values[0]) if len(values) == 1 and isinstance(values[0], int) and values[0] > 0 else None
        found.append(Finding(Fault.STOCK, match.start("n"), match.end("n"), right))
        taken.append(range(*match.span()))
    for match in _OUT.finditer(text):
        taken.append(range(*match.span()))
        found += _stock(sentence, known, match, claimed=False)
    for match in _IN.finditer(text):
        if not any(match.start() in span for span in taken):
            found += _stock(sentence, known, match, claimed=True)
    return found


def _stock(sentence: Sentence, known: Known, match: re.Match[str], *, claimed: bool) -> list[Finding]:
    if _IF.search(sentence.text[: match.start()]):
        return []
    if claimed and any(t.denied for t in sentence.tokens if match.start() <= t.start < match.end()):
        claimed = False
    places = sorted(sentence.subject(*match.span()) or range(len(known.products)))
    stocked = [bool(known.products[place].fields.get("in_stock")) for place in places]
    if not stocked:
        told = {stem("stock"), stem("available"), stem("sold")} & (known.told.said | known.rest.said)
        return [] if told else [Finding(Fault.STOCK, *match.span())]
    fits = [has == claimed for has in stocked]
    everyone = sentence.every or not (sentence.mentions or sentence.focus)
    if all(fits) if everyone else any(fits):
        return []
    simple = len(set(stocked)) == 1 and re.fullmatch(r"in[ -]stock|out of stock|sold out", match.group(), re.I)
    right = ("in stock" if stocked[0] else "out of stock") if simple and not _denied_before(sentence, match) else None
    return [Finding(Fault.STOCK, *match.span(), right)]


def _denied_before(sentence: Sentence, match: re.Match[str]) -> bool:
    return any(token.denied for token in sentence.tokens if match.start() <= token.start < match.end())


def check_delivery(sentence: Sentence, known: Known) -> list[Finding]:
    """When something comes and what that costs stands in a document, an order or what code has told."""
    found = []
    for match in _DELIVERY.finditer(sentence.text):
        if _IF.search(sentence.text[: match.start()]):
            continue
        own = [known.own[place] for place in sentence.subject(*match.span())]
        if not any(_proves(evidence, match.group()) for evidence in (known.rest, known.told, *own)):
            found.append(Finding(Fault.DELIVERY, *match.span()))
    return found


_MOVES: Final = frozenset(
    stem(w)
    for w in word_set(
        "ship shipping shipped delivery deliver delivered arrive arrives dispatch return returns send sent "
        "post postage free"
    )
)


def _proves(evidence: Evidence, claim: str) -> bool:
    """Whether one sentence has all that is claimed, denied as often."""
    said = tokens(claim)
    needed = {t.stem for t in said if t.text[0].isalnum() and (t.text not in GENERIC or t.text[0].isdigit())}
    needed |= {t.stem for t in said if t.text in NUMBER_WORDS}
    denied = any(t.denied for t in said)
    if not needed:
        return True
    for quote in evidence.quotes:
        if needed <= quote.stems and quote.stems & _MOVES and (quote.denials > 0 or not denied):
            return True
    return needed <= evidence.said and not evidence.quotes
