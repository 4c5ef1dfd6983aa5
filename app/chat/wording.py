"""Amounts, lists and numbers as an English sentence has them. Pure."""

import re
from collections.abc import Sequence

from app.money import money

__all__ = ["counted", "fit", "listed", "money", "named", "said"]


def fit(things: Sequence[str]) -> str:
    """The verb that says that things fit: one tent fits, tents do."""
    several = len(things) > 1 or re.search(r"(?:[^s]s|men|mice|geese|feet|teeth)$", things[0], re.IGNORECASE)
    return "fit" if several else "fits"


def listed(words: Sequence[str], joined: str = "and") -> str:
    """a; a and b; a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joined} {words[-1]}"


def counted(number: int, one: str, many: str = "") -> str:
    """1 product, 2 products, no products."""
    word = one if number == 1 else many or f"{one}s"
    return f"{'no' if number == 0 else f'{number:,}'} {word}"


def named(field: str) -> str:
    """A field's name as a person says it: battery_life_h -> battery life h."""
    return field.replace("_", " ").strip()


def said(value: object) -> str:
    """A value as a person says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return listed([said(item) for item in value])
    return str(value)
