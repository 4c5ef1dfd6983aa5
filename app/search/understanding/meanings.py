"""What the phrases of a catalogue may mean: brands, categories and values of attributes by their words. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.negation import IMITATIONS
from app.search.understanding.language.text import COMPANIES, FUNCTION_WORDS, SHORTENED
from app.search.understanding.tokens import folded_word, stem, stems_of

MAX_PHRASE: Final = 5
MAX_MATCHES: Final = 60
LEAST_LETTERS: Final = 3
CLOSED_BELOW: Final = 400
"""An attribute with fewer values is a closed list of words, whose values may be parts of one another."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A value that a phrase may stand for. `matches`: stored spellings that hold it, "Dark Blue" for "blue" too;
    `exact`: the phrase is a value by itself, not only the last word of some; `unlike`: values that hold the word and
    mean something else, "Faux Leather" for "leather"."""

    field: str
    value: str | bool
    matches: tuple[str, ...]
    exact: bool = True
    unlike: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()
    """Attributes that say the same of other products."""
    short: bool = False
    """Whether the phrase is only the first word of the value: products must bear it out."""

    @property
    def fields(self) -> tuple[str, ...]:
        """All attributes that may hold it."""
        return (self.field, *self.also_in)


Phrases = dict[tuple[str, ...], tuple[Meaning, ...]]


def add(phrases: Phrases, stems: tuple[str, ...], meaning: Meaning) -> None:
    """Adds a meaning, unless the phrase is too long or holds no word that could stand for anything."""
    if stems and len(stems) <= MAX_PHRASE and (_a_code(stems) or not all(_says_nothing(stemmed) for stemmed in stems)):
        phrases[stems] = (*phrases.get(stems, ()), meaning)


def _a_code(stems: tuple[str, ...]) -> bool:
    """Whether letters and digits together name something: "4K", "H&M", "3M"."""
    return len(stems) > 1 and any(stemmed.isalpha() and stemmed not in FUNCTION_WORDS for stemmed in stems)


def _says_nothing(stemmed: str) -> bool:
    return stemmed.isdigit() or (len(stemmed) == 1 and stemmed.isascii()) or stemmed in FUNCTION_WORDS


def word_meanings(phrases: Phrases, name: str, counts: Mapping[str, int]) -> None:
    """One meaning a value, spellings that differ in case, accents or plural together; the commonest is its name."""
    for stems, spellings in _by_stems(counts).items():
        add(phrases, stems, Meaning(name, spellings[0], spellings))


def category_meanings(phrases: Phrases, counts: Mapping[str, int]) -> None:
    """A shop's categories by their last step: "dresses" is each of Women/Dresses and Girls/Dresses. One half of a
    double name is none: whoever types "tablet" wants no other thing of "Phones & Tablets", so it stays a word."""
    steps: dict[tuple[str, ...], list[str]] = {}
    for path in sorted(counts, key=lambda path: (-counts[path], path)):
        steps.setdefault(stems_of(path.rsplit("/", 1)[-1]), []).append(path)
    longer: dict[str, list[str]] = {}
    for stems, paths in steps.items():
        for stemmed in stems[:-1]:
            longer.setdefault(stemmed, []).extend(paths)
    for stems, paths in steps.items():
        unlike = tuple(longer.get(stems[0], ())) if len(stems) == 1 else ()  # "Drill bits" are no drills.
        add(phrases, stems, Meaning("shop_category", paths[0], tuple(paths[:MAX_MATCHES]), unlike=unlike))


def variants(phrases: Phrases, brands: Iterable[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """How else phrases are written, and the phrase: "lawnmower", "black and decker", "north face"."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for stems in phrases:
        if len(stems) == 2 and not any(stemmed in FUNCTION_WORDS for stemmed in stems):
            found[(stem("".join(stems)),)] = stems
        if len(stems) > 2 and "and" in stems[1:-1]:
            found[tuple(stemmed for stemmed in stems if stemmed != "and")] = stems
    for brand in brands:
        stems = stems_of(brand)
        if "&" in brand or "+" in brand:
            found[stems_of(brand.replace("&", " and ").replace("+", " and "))] = stems
        if len(stems) > 2 and stems[0] == "the":
            found[stems[1:]] = stems
        if len(stems) > 1 and stems[-1] in COMPANIES:
            found[stems[:-1]] = stems
    return {said: stems for said, stems in found.items() if said not in phrases and stems in phrases}


def attribute_meanings(
    phrases: Phrases, name: str, counts: Mapping[str, int], yes: Iterable[str], no: Iterable[str]
) -> None:
    """The values of an attribute; of one that is a plain yes or no, its name."""
    yes, no = frozenset(yes), frozenset(no)
    said = {value for value in counts if value.lower() in yes}
    if said and all(value.lower() in yes | no for value in counts):
        stems = stems_of(_without_verb(name))
        add(phrases, stems, Meaning(name, True, tuple(said)))
        return
    words = {value: count for value, count in counts.items() if value.lower() not in yes | no and not _measure(value)}
    by_stems = _by_stems(words)
    closed = by_stems if len(by_stems) < CLOSED_BELOW else {}
    related, imitations = _related(closed, like=True), _related(closed, like=False)
    for stems, spellings in by_stems.items():
        wider = related.get(stems[0], ()) if len(stems) == 1 else ()
        matches = tuple(dict.fromkeys([*spellings, *wider]))[:MAX_MATCHES]
        unlike = imitations.get(stems[0], ()) if len(stems) == 1 else ()
        add(phrases, stems, Meaning(name, spellings[0], matches, unlike=unlike))
    for head, values in _heads(by_stems).items():
        if (head,) not in by_stems:
            add(phrases, (head,), Meaning(name, head, values[:MAX_MATCHES], exact=False))
    for first, values in _leads(name, by_stems).items():
        add(phrases, (first,), Meaning(name, values[0], values, exact=False, short=True))


def _without_verb(name: str) -> str:
    first, _, rest = name.partition("_")
    return (rest if first in ("is", "has", "with") and rest else name).replace("_", " ")


def _measure(value: str) -> bool:
    """Whether the value is a number, or a number with its unit: those are compared, not looked up."""
    stems = stems_of(value)
    first, *rest = stems or ("",)
    return first.replace(".", "").replace(",", "").isdigit() and (
        not rest or (len(rest) == 1 and (rest[0] in UNITS or folded_word(value.split()[-1]) in UNITS))
    )


def _by_stems(counts: Mapping[str, int]) -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for value in sorted(counts, key=lambda value: (-counts[value], value)):
        stems = stems_of(value)
        if 0 < len(stems) <= MAX_PHRASE:
            found[stems] = (*found.get(stems, ()), value)
    return found


def _related(by_stems: Mapping[tuple[str, ...], tuple[str, ...]], *, like: bool) -> dict[str, tuple[str, ...]]:
    """Word -> values that hold it among others: "Dark Blue" for "blue"; not `like` it, "Faux Leather" for "leather"."""
    found: dict[str, tuple[str, ...]] = {}
    for stems, spellings in by_stems.items():
        if len(stems) > 1 and bool(IMITATIONS & set(stems)) is not like:
            for stemmed in stems:
                found[stemmed] = (*found.get(stemmed, ()), *spellings)
    return found


def _heads(by_stems: Mapping[tuple[str, ...], tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Last words that at least two values share: "blue" of "Dark Blue" and "Sky Blue"."""
    if len(by_stems) >= CLOSED_BELOW:
        return {}
    found: dict[str, list[tuple[str, ...]]] = {}
    for stems, spellings in by_stems.items():
        if 1 < len(stems) <= 3 and not IMITATIONS & set(stems):
            found.setdefault(stems[-1], []).append(spellings)
    return {head: tuple(v for group in groups for v in group) for head, groups in found.items() if len(groups) > 1}


def _leads(name: str, by_stems: Mapping[tuple[str, ...], tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """First words that stand in one value alone, of what such values are said of for short: "navy" of "Navy Blue",
    "stainless" of "Stainless Steel"."""
    if not SHORTENED & set(name.split("_")) or len(by_stems) >= CLOSED_BELOW:
        return {}
    spread = Counter(stemmed for stems in by_stems for stemmed in set(stems))
    return {
        stems[0]: spellings
        for stems, spellings in by_stems.items()
        if len(stems) == 2 and spread[stems[0]] == 1 and len(stems[0]) > LEAST_LETTERS and stems[0] not in IMITATIONS
    }


def shared_meanings(meanings: Iterable[Meaning], but: frozenset[str]) -> list[Meaning]:
    """What attributes of one property say together, such as `color` and `cable_color`; those in `but` left out."""
    groups: dict[str, list[Meaning]] = {}
    for one in meanings:
        if one.exact and one.field not in but and not isinstance(one.value, bool):
            groups.setdefault(stem(one.field.rsplit("_", 1)[-1]), []).append(one)
    return [_shared(group) for group in groups.values() if len(group) > 1]


def _shared(group: list[Meaning]) -> Meaning:
    first, *others = group
    matches = tuple(dict.fromkeys(match for one in group for match in one.matches))[:MAX_MATCHES]
    unlike = tuple(dict.fromkeys(match for one in group for match in one.unlike))
    return Meaning(first.field, first.value, matches, unlike=unlike, also_in=tuple(one.field for one in others))
