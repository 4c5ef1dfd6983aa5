"""Searching by example: a picture, or products that the wanted ones should be like or unlike. Pure."""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from embed.pictures import Picture

MAX_LIKE: Final = 20
MAX_WEIGHT: Final = 10.0


# Words that point at the example and name nothing: "something like this but blue" asks for blue.
_POINTING: Final = frozenset(
    {"something", "anything", "one", "ones", "like", "this", "that", "these", "those", "it", "them", "similar", "same"}
    | {"thing", "things", "but", "just", "to", "as", "the", "a", "an", "only", "and", "please", "such"}
)


def without_pointing(text: str) -> str:
    """The words beside an example that say something: those at the beginning that only point at it are left out."""
    words = text.split()
    while words and words[0].lower().strip(",.!?") in _POINTING:
        words.pop(0)
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Liked:
    """A product that the wanted ones are like, more so with a higher `weight`; unlike it where that is negative."""

    product_id: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Example:
    """What the wanted products are like. `digest` names the picture, whose bytes take no part in comparisons."""

    liked: tuple[Liked, ...] = ()
    digest: str = ""
    picture: Picture | None = field(default=None, repr=False, compare=False)


def of_picture(content: bytes, liked: Sequence[Liked] = ()) -> Example:
    """An example from the bytes of a file; whether it is a picture shows when it is embedded."""
    return Example(tuple(liked), hashlib.sha256(content).hexdigest()[:16], content)


def parse_example(own: Mapping[str, Any], problems: list[tuple[str, str]]) -> Example | None:
    """The example of raw values: `image`, bytes or base64 text (a data: address too), and `like`, product ids or
    `{product_id, weight}`. What is wrong is added to `problems`."""
    liked = _liked(own.get("like"), problems)
    image = own.get("image")
    if image is None or image == "":
        if liked and all(item.weight < 0 for item in liked):
            problems.append(("like", "like needs a product with a weight above 0, or a picture beside it."))
        return Example(liked) if liked else None
    content = image if isinstance(image, bytes) else _decoded(image, problems)
    return of_picture(content, liked) if content else None


def _decoded(image: object, problems: list[tuple[str, str]]) -> bytes:
    told = "image must be a picture in base64, such as the part after the comma of a data: address."
    if not isinstance(image, str):
        problems.append(("image", told))
        return b""
    start, comma, rest = image.partition(",")
    text = rest if comma and start.startswith("data:") else image
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        problems.append(("image", told))
    return content


def _liked(raw: object, problems: list[tuple[str, str]]) -> tuple[Liked, ...]:
    if raw is None:
        return ()
    given = raw if isinstance(raw, list) else [raw]
    if len(given) > MAX_LIKE:
        problems.append(("like", f"like names {len(given)} products; at most {MAX_LIKE} are taken."))
        return ()
    liked = [_one(item) for item in given]
    found = [item for item in liked if item is not None]
    if len(found) != len(given):
        problems.append(
            (
                "like",
                'like is a list of product ids, or of {"product_id": .., "weight": ..} with a weight from '
                f"-{MAX_WEIGHT:g} to {MAX_WEIGHT:g}, not 0.",
            )
        )
    elif len({item.product_id for item in found}) != len(found):
        problems.append(("like", "like names a product twice."))
    return tuple(found)


def _one(item: object) -> Liked | None:
    if isinstance(item, str):
        return Liked(item) if item.strip() else None
    if not isinstance(item, dict) or not set(item) <= {"product_id", "weight"}:
        return None
    product_id, weight = item.get("product_id"), item.get("weight", 1.0)
    if not isinstance(product_id, str) or not product_id.strip():
        return None
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < abs(weight) <= MAX_WEIGHT:
        return None
    return Liked(product_id, float(weight))
