"""What may be said of a picture: captions drawn at random, and which other pictures each of them is true of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embed.training.lite.data import Item

Places = npt.NDArray[np.int64]
Truth = npt.NDArray[np.bool_]

# How often a caption of each form is drawn where the item has what it needs.
WEIGHTS = {
    "name": 0.25,
    "color gender type": 0.2,
    "color type": 0.25,
    "type": 0.2,
    "gender type": 0.05,
    "wider": 0.05,
}
_ANY = 0


@dataclass(frozen=True)
class Caption:
    """A text and what it claims; "" claims nothing."""

    text: str
    type: str = ""
    color: str = ""
    gender: str = ""
    name: str = ""


def captions(item: Item) -> list[tuple[Caption, float]]:
    """All captions of an item and their weights, which add up to 1."""
    by_form: dict[str, list[Caption]] = {form: [] for form in WEIGHTS}
    if item.name and item.name.lower() != item.types[0]:
        by_form["name"].append(Caption(item.name, name=item.name))
    for kind in item.types:
        by_form["type"].append(Caption(kind, kind))
        for color in spellings(item.color):
            by_form["color type"].append(Caption(f"{color} {kind}", kind, item.color))
            if item.gender:
                text = f"{color} {kind} for {item.gender}"
                by_form["color gender type"].append(Caption(text, kind, item.color, item.gender))
                text = f"{item.gender} {color} {kind}"
                by_form["color gender type"].append(Caption(text, kind, item.color, item.gender))
        if item.gender:
            by_form["gender type"].append(Caption(f"{item.gender} {kind}", kind, gender=item.gender))
    by_form["wider"] = [Caption(kind, kind) for kind in item.wider]
    total = sum(WEIGHTS[form] for form, found in by_form.items() if found)
    return [(caption, WEIGHTS[form] / total / len(found)) for form, found in by_form.items() for caption in found]


def spellings(color: str) -> tuple[str, ...]:
    """Ways to write a colour; none for none."""
    if "grey" in color or "gray" in color:
        return color.replace("gray", "grey"), color.replace("grey", "gray")
    return (color,) if color else ()


class CaptionTable:
    """Every caption of every item, each text once: what to draw from, and what is true.

    `texts` lists the distinct texts; a draw gives places in it.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        places: dict[Caption, int] = {}
        starts, chosen, weights = [0], [], []
        for item in items:
            for caption, weight in captions(item):
                chosen.append(places.setdefault(caption, len(places)))
                weights.append(weight)
            starts.append(len(chosen))
        self._starts = np.array(starts)
        self._chosen = np.array(chosen)
        self._ends = np.cumsum(weights)
        self.captions = list(places)
        self.texts = list(dict.fromkeys(caption.text for caption in self.captions))
        text_places = {text: place for place, text in enumerate(self.texts)}
        self.text_of = np.array([text_places[caption.text] for caption in self.captions])
        self._claims(items)

    def _claims(self, items: Sequence[Item]) -> None:
        kinds = _numbered(caption.type for caption in self.captions)
        colors = _numbered(caption.color for caption in self.captions)
        genders = _numbered(caption.gender for caption in self.captions)
        names = _numbered(caption.name for caption in self.captions)
        self._claimed = np.array(
            [(kinds[c.type], colors[c.color], genders[c.gender], names[c.name]) for c in self.captions]
        )
        self._facts = np.array(
            [(colors.get(i.color, -1), genders.get(i.gender, -1), names.get(i.name, -1)) for i in items]
        )
        self._facts[self._facts == _ANY] = -1
        self._kinds = np.zeros((len(kinds), len(items)), np.bool_)
        self._kinds[_ANY] = True
        for place, item in enumerate(items):
            for kind in (*item.types, *item.wider):
                self._kinds[kinds[kind], place] = True

    def draw(self, items: Places, generator: np.random.Generator) -> Places:
        """One caption an item, as places in `captions`, (len(items),)."""
        low = np.where(self._starts[items] > 0, self._ends[self._starts[items] - 1], 0.0)
        high = self._ends[self._starts[items + 1] - 1]
        drawn = np.searchsorted(self._ends, generator.uniform(low, high), side="right")
        return self._chosen[np.clip(drawn, self._starts[items], self._starts[items + 1] - 1)]

    def true_of(self, captions: Places, items: Places) -> Truth:
        """(len(captions), len(items)): whether the caption is true of the item's picture."""
        claimed = self._claimed[captions]
        true = self._kinds[np.ix_(claimed[:, 0], items)]
        for column in range(3):
            claim, fact = claimed[:, column + 1, None], self._facts[items, column][None]
            true &= (claim == _ANY) | (claim == fact)
        return np.asarray(true)


def _numbered(values: Iterable[str]) -> dict[str, int]:
    found = {"": _ANY}
    for value in values:
        found.setdefault(value, len(found))
    return found
