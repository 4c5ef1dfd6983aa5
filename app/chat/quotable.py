"""What of a stored text an answer may show. Pure.

Names, descriptions, reviews and documents come from strangers. Whatever in them speaks to an assistant, lures a shopper
or leads elsewhere is left out here, where records are made, so that no writer, label or list ever sees it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from app.chat.grounding.safety import links_of
from app.chat.grounding.steering import lured, steers
from app.chat.guardrails.guard import plain
from app.chat.guardrails.planted import spoken_of

_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
# Where a part of a name ends, and another may begin that is none.
_PART: Final = re.compile(r"\s+[-/*|+~=#\u2013\u2014]+|\s*[([{<>|:;,!?\u2013\u2014\"]|\s*[*/]{2,}")
_PLAIN_ID: Final = re.compile(r"[\w.-]{1,40}")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"']+|/[^\s<>\"']*", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def harmless(text: str, brand: str = "") -> bool:
    """Whether a text may be shown as it is. `brand`: a name that may look like an address, such as that of a shop."""
    if steers(text) or lured(text) or any(link.lower() != brand.lower() for link in links_of(text)):
        return False
    return not any(spoken_of(plain(sentence)) for sentence in _SENTENCE.split(text))


def quotable(text: str, *, own: bool = False) -> str:
    """The sentences that may be shown; after one that gives orders nothing may, for it can be a part of them. `own`: a
    document of the shop itself, of which only the sentence goes."""
    if harmless(text):
        return text
    kept = []
    for sentence in _SENTENCE.split(text):
        if not own and steers(sentence):
            break
        if harmless(sentence):
            kept.append(sentence.strip())
    joined = " ".join(kept)
    # What is cut into several sentences may be seen only when they are read together.
    return joined if own or harmless(joined) else ""


def quotable_name(name: str, otherwise: str, brand: str = "") -> str:
    """The name, or its first part where the rest is none; `otherwise` where not even that may be shown."""
    if harmless(name, brand):
        return name
    first = _PART.split(name, maxsplit=1)[0].strip(" -.,*/")
    return first if len(first.split()) > 1 and harmless(first, brand) else otherwise


def product_name(name: str, product_id: str, brand: str = "") -> str:
    """The name of a product as it may be shown; its number where that cannot be told."""
    return quotable_name(name, f"Product {product_id}" if _PLAIN_ID.fullmatch(product_id) else "A product", brand)


def quotable_value(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A value of an attribute without what may not be shown; None where nothing is left of it."""
    if isinstance(value, str):
        return quotable(value) or None
    if isinstance(value, Mapping):
        return quotable_fields(value)
    if isinstance(value, Sequence):
        return [kept for item in value if (kept := quotable_value(item)) is not None]
    return value


def quotable_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes whose names and values may be shown."""
    cleaned = {name: quotable_value(value) for name, value in fields.items() if harmless(name.replace("_", " "))}
    return {name: value for name, value in cleaned.items() if value is not None and value != []}


def picture_address(address: Any) -> str | None:  # noqa: ANN401 - whatever a feed has given
    """The address of a picture; None for what is no address that a browser only loads."""
    return address if isinstance(address, str) and _ADDRESS.fullmatch(address) else None
