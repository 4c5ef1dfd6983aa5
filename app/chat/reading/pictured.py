"""What words mean that come with a picture: they narrow what looks like it. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, Final

from app.chat.answering import Found
from app.chat.context import Context, Told, keeps
from app.chat.reading.following import names_kind
from app.chat.reading.intents import SHOPPING, Intent
from app.chat.reading.message import Reading
from app.chat.reading.references import Pointed
from app.chat.records import Record
from app.chat.showing import MAX_SHOWN

_POINTS: Final = re.compile(
    r"\b(?:some|any)?(?:thing|things)\b|\b(?:similar|like|looks?|looking|alike|same|this|these|that|those|it"
    r"|one|ones|"
    r"pictures?|photos?|images?|the|in|on|to|as|a|an|but|have|got|sell|find|show|me|what|is|do|you|can)\b",
    re.IGNORECASE,
)
CANNOT_SEE: Final = "I cannot look at pictures at the moment; tell me in words what it shows."


def beginning(before: Context) -> Context:
    """The context before a message with a picture: what was looked for is over; budget and people stay."""
    return replace(before, about="", interests=(), shown=(), compared=(), focus=None, pending=None,
                   wishes=tuple(wish for wish in before.wishes if keeps(wish)))  # fmt: skip


def beside_picture(reading: Reading) -> Reading:
    """The reading of the words beside a picture. Those that only point at it are no words to search by."""
    if reading.guarded:
        return reading
    about = " ".join(_POINTS.sub(" ", reading.told.about or "").split())
    told: Told = replace(reading.told, about=about, refines=False)
    intent = reading.intent if reading.intent in SHOPPING else Intent.SEARCH
    return replace(
        reading, intent=intent, sure=max(reading.sure, 0.7), told=told, pointed=Pointed(), of_the_shop=False,
        goes_on=False,
    )  # fmt: skip


def seen(found: Found) -> Found:
    """What was found, for whoever writes of it: nearest to the picture, or by the words alone."""
    if any(reason.startswith("pictures") for reason in found.degraded):
        return replace(found, notes=(*found.notes, CANNOT_SEE))
    facts: dict[str, Any] = {**found.facts, "pictured": True}
    return replace(found, facts=facts)


def kind_shown(products: Iterable[Record], kinds: Collection[str]) -> str:
    """The kind of thing that the products are, in the words of their names, the first ones counting most, so that the
    talk can go on about it; empty where no name says one. `kinds`: stems of words for kinds of things."""
    counted: Counter[str] = Counter()
    for place, product in enumerate(products):
        name = product.title.removeprefix(product.fields.get("brand") or "")  # "Blue Kettle" makes pans
        head = re.split(r"[,(]", name, maxsplit=1)[0]
        words = [word for word in head.split() if names_kind(word, kinds)]
        if words:
            counted[words[-1].lower()] += MAX_SHOWN - place
    return counted.most_common(1)[0][0] if counted else ""
