"""Another claim in a true sentence: of stock, a denial, another colour or material, a feature of something else."""

import random
import re
from typing import Final

from evaluate.grounding.answers import Told

_COLOURS: Final = ("black", "white", "red", "green", "blue", "yellow", "purple", "orange", "pink", "turquoise")

_MATERIALS: Final = (
    "titanium",
    "leather",
    "bamboo",
    "porcelain",
    "silk",
    "copper",
    "marble",
    "nylon",
    "cork",
    "velvet",
)

_TURNS: Final = (
    (r"\bis not\b", "is"),
    (r"\bare not\b", "are"),
    (r"\bcannot\b", "can"),
    (r"\bdo not\b", "do"),
    (r"\bNever put\b", "Always put"),
    (r"\bcomes with\b", "comes without"),
    (r"\bis made of\b", "is not made of"),
    (r"\bIt features\b", "It has no"),
    (r"\bcomes in\b", "does not come in"),
    (r"\bare accepted\b", "are not accepted"),
    (r"\bis (?=waterproof|wireless|vegan|organic|handmade|insulated)", "is not "),
    (r"\bYou can\b", "You cannot"),
    (r"\bwe pay\b", "we do not pay"),
    (r"\bWe accept\b", "We do not accept"),
)


def stock(_: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    one, other = ("out of stock", "in stock") if "out of stock" in text else ("in stock", "out of stock")
    false = other if text.count("stock") == 1 else ""
    return (text.replace(one, other, 1), false) if one in text else None


def negation(_: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    text = told.sentences[place]
    if re.search(r"\b(?:free of|non|no|without|with(?:out)? no)\b", text):
        return None
    for pattern, turned in _TURNS:
        if re.search(pattern, text):
            return re.sub(pattern, turned, text, count=1), ""
    return None


def attribute(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    """Another colour or material than the record has."""
    text = told.sentences[place]
    hidden = told.hidden(text)
    for words in (_COLOURS, _MATERIALS):
        for word in words:
            if (match := re.search(rf"\b{word}\b", hidden)) is not None:
                own = " ".join(f"{r.title} {r.fields} {r.text}" for r in told.brief.records).lower()
                ways = [w for w in words if w not in own]
                if not ways:
                    return None
                false = draw.choice(ways)
                return text[: match.start()] + false + text[match.end() :], false
    return None


def feature(draw: random.Random, told: Told, place: int) -> tuple[str, str] | None:
    """A feature of another product."""
    text, products = told.sentences[place], told.products
    named = told.named(text)
    if len(products) < 2 or len(named) != 1:
        return None
    mine = named[0]
    own = f"{mine.title} {mine.fields} {mine.text}".lower()
    for feature in mine.fields.get("features", ()):
        if f"with {feature}" in text:
            others = [f for r in products for f in r.fields.get("features", ()) if r is not mine]
            ways = [f for f in others if all(word not in own for word in re.findall(r"[a-z]{4,}", f.lower()))]
            if ways:
                false = draw.choice(ways)
                return text.replace(feature, false, 1), false
    return None
