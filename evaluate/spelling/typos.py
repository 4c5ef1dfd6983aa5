"""Mistakes as people make them when typing, drawn from a seed."""

import random
import re
from typing import Final

# Neighbours on a QWERTY keyboard.
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD: Final = re.compile(r"[a-z]+")
LEAST_LETTERS: Final = 4


def _neighbours() -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for r, row in enumerate(_ROWS):
        for c, letter in enumerate(row):
            near = {row[c - 1] if c else "", row[c + 1] if c + 1 < len(row) else ""}
            for other in (r - 1, r + 1):
                if 0 <= other < len(_ROWS):
                    near |= set(_ROWS[other][max(0, c - 1) : c + 2])
            found[letter] = near - {"", letter}
    return {letter: "".join(sorted(near)) for letter, near in found.items()}


NEAR_KEYS: Final = _neighbours()


def mistyped_word(word: str, draw: random.Random) -> str:
    """The word with one mistake behind its first letter: a letter left out, doubled, hit beside, put in or swapped."""
    while True:
        at = draw.randrange(1, len(word))
        letter = word[at]
        kind = draw.choice(("left out", "doubled", "beside", "put in", "swapped"))
        if kind == "left out":
            made = word[:at] + word[at + 1 :]
        elif kind == "doubled":
            made = word[:at] + letter + word[at:]
        elif kind == "beside":
            made = word[:at] + draw.choice(NEAR_KEYS.get(letter, letter)) + word[at + 1 :]
        elif kind == "put in":
            made = word[:at] + draw.choice(NEAR_KEYS.get(letter, letter)) + word[at:]
        else:
            made = word[: at - 1] + letter + word[at - 1] + word[at + 1 :]
        if made != word:
            return made


def mistyped(text: str, draw: random.Random) -> str | None:
    """The text, in lower case, with a mistake in one of its words of four letters or more; None without any."""
    low = text.lower()
    able = [match for match in _WORD.finditer(low) if len(match[0]) >= LEAST_LETTERS and len(set(match[0])) > 1]
    if not able:
        return None
    chosen = draw.choice(able)
    return low[: chosen.start()] + mistyped_word(chosen[0], draw) + low[chosen.end() :]
