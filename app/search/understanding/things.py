"""The thing that words ask for by name, and whether the catalogue has things that are called so. Pure.

A search finds what comes near whether the shop has the thing or not. Whoever shows the hits has to know which it is:
that no fishing rod is here, or that of five hits two are sleeping bags.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.people import RECIPIENTS
from app.search.understanding.language.text import PREPOSITIONS, TYPE_ATTRIBUTES
from app.search.understanding.language.things import (
    ATTACHED,
    DETERMINERS,
    ENDINGS,
    ENDS,
    GROUPS,
    NO_THINGS,
    OPENERS,
    PURPOSES,
    SEPARATORS,
    SOUGHT,
)
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.postings import ends_the_thing, is_unit, without_looks
from app.search.understanding.tokens import Token, is_break, says, stem, stems_of, tokenise

MOST_WORDS: Final = 4
"""Names of things that shoppers type are no longer; longer ones are sentences."""
_LONG: Final = 5
"""Letters up to which a word ends as adjectives do by chance: table."""
_GROUPS: Final = frozenset(map(stem, GROUPS))
# Feet measure as often as something stands on them.
_ATTACHED: Final = frozenset(map(stem, ATTACHED)) - frozenset(map(stem, UNITS))
_COMPARING: Final = frozenset({"less", "more"})
_LEADING: Final = PREPOSITIONS | {"at", "of", "on", "to"}


@dataclass(frozen=True, slots=True)
class Thing:
    """`words`: as they were typed; `stems`: of the words, the last of which says what it is. `meant`: whether the
    text speaks of a thing ("a mop", "mops"), and not of what one may be like ("relaxing")."""

    words: str
    stems: tuple[str, ...]
    meant: bool

    @property
    def head(self) -> str:
        return self.stems[-1]

    @property
    def told_apart(self) -> bool:
        """Whether the words before the last say which kind of it: "sewing machine", and not "big machine"."""
        return any(one not in NO_THINGS for one in self.stems[:-1])


class Known(StrEnum):
    """Whether a catalogue has a thing: products with all of its words; with the last word, which says what it is;
    none; or nobody can tell, as the words may name no thing at all."""

    CALLED = "called"
    KIND = "kind"
    NOT = "not"
    UNSURE = "unsure"


class Near(StrEnum):
    """How near a product is to being a thing: it is called so; it is what the last word says; it has the word in its
    name; none of it."""

    CALLED = "called"
    KIND = "kind"
    LOOSE = "loose"
    NOT = "not"


def things_in(text: str) -> list[Thing]:
    """The things that a text names, in their order: "headphones for the gym and a water bottle" names two."""
    return [thing for part in _parts(tokenise(text)) if (thing := _thing(_named(part))) is not None]


def known(thing: Thing, lexicon: Lexicon, mentioned: Callable[[str], bool]) -> Known:
    """Whether the catalogue has it. `mentioned`: whether a word stands anywhere in the catalogue, in descriptions
    too."""
    if not lexicon.everything:
        return Known.UNSURE  # the words of the catalogue have not been read yet
    all_words = bool(lexicon.found(thing.stems, lexicon.everything))
    if all_words:
        return Known.CALLED
    if is_kind(thing, lexicon) and not _made_otherwise(thing, lexicon, mentioned):
        return Known.KIND
    strange = [one for one in thing.stems if not lexicon.knows(one) and not mentioned(one)]
    if thing.meant or strange or (len(thing.stems) > 1 and not lexicon.knows(thing.head)):
        return Known.NOT
    return Known.UNSURE


def _made_otherwise(thing: Thing, lexicon: Lexicon, mentioned: Callable[[str], bool]) -> bool:
    """Whether the word before the last makes another kind of it that nothing here speaks of: "ironing board"."""
    *_, before, _ = ("", *thing.words.lower().split())
    strange = not lexicon.knows(stem(before)) and not mentioned(stem(before))
    return len(thing.stems) > 1 and before in PURPOSES and strange


def is_kind(thing: Thing, lexicon: Lexicon) -> bool:
    """Whether its last word says what kind of thing it is in this catalogue, as a word or as the end of one."""
    head = thing.head
    if head in GROUPS:
        return False
    return lexicon.names_kind(head) or head in lexicon.kinds or any(says(one, head) for one in lexicon.kinds)


def nearness(thing: Thing, product: Mapping[str, Any]) -> Near:
    """How near a product (as GET /api/products/{id} has it) is to being the thing."""
    names = [*_names_of(product)]
    wanted = set(thing.stems)
    if thing.head in GROUPS and len(thing.stems) > 1:
        # What kind of set it is says what it is.
        return Near.CALLED if any(wanted <= set(name) for name in names) else Near.NOT
    if any(wanted <= set(name) and _ends(name, thing.head) for name in names):
        return Near.CALLED
    if any(_ends(name, thing.head) for name in names):
        return Near.KIND
    return Near.LOOSE if any(thing.head in name for name in names) else Near.NOT


def is_called(thing: Thing, name: str) -> bool:
    """Whether a name says that a product is the thing."""
    return any(_ends(part, thing.head) for part in _name_parts(name))


def is_one(head: str, name: str, lexicon: Lexicon) -> bool:
    """Whether a product of that name may be what `head` says: its name has the word, and goes on with none that says
    that it is another thing. "Chair Aeron 2" is a chair, "Chair Cushion" none."""
    for part in _name_parts(name):
        for place, stemmed in enumerate(part):
            if says(stemmed, head):
                return not any(says_another(other, frozenset((head,)), lexicon) for other in part[place + 1 :])
    return False


def says_another(stemmed: str, heads: Set[str], lexicon: Lexicon) -> bool:
    """Whether a word behind the thing in a name says that it is another one: "tray" of "boots tray", and "pad" of
    "mouse pad" even where few names tell. "Set" does not, nor a code, nor a kind of the thing, as cars are of toys."""
    if stemmed in heads or stemmed in _GROUPS or any(letter.isdigit() for letter in stemmed):
        return False
    if stemmed in _ATTACHED and heads.isdisjoint(_ATTACHED):
        return True  # What goes with things itself is named in rows: "case cover", "mount bracket".
    return lexicon.names_kind(stemmed) and heads.isdisjoint(lexicon.above.get(stemmed, ()))


def of_the_thing(thing: Thing, products: Sequence[Mapping[str, Any]]) -> tuple[Near, list[Mapping[str, Any]]]:
    """Those of the products that are the thing, in their order, those called so first, and with them those of the same
    kind; `Near.NOT` and all of them where none is."""
    near = [nearness(thing, product) for product in products]
    called = [product for product, how in zip(products, near, strict=True) if how is Near.CALLED]
    if called:
        # A sleeping bag is a kind of its own, and other bags are none; a winter jacket is a jacket.
        own = any(set(thing.stems) <= set(stems_of(kind)) for product in called for kind in _kinds_of(product))
        kinds = {_path_of(product) for product in called} - {""}
        same = [
            product
            for product, how in zip(products, near, strict=True)
            if how is Near.KIND and (not own or _path_of(product) in kinds)
        ]
        return Near.CALLED, [*called, *same]
    for wanted in (Near.KIND, Near.LOOSE):
        kept = [product for product, how in zip(products, near, strict=True) if how is wanted]
        if kept:
            return wanted, kept
    return Near.NOT, list(products)


def called_first(thing: Thing, products: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The products, those that are called so or are of the kind first, and those last that only go with it: what is
    called by another thing with its name before that, a phone case of phones."""
    order = {Near.CALLED: 0, Near.KIND: 0, Near.NOT: 1, Near.LOOSE: 2}
    return sorted(products, key=lambda product: order[nearness(thing, product)])


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        if token.word in SEPARATORS or is_break(token) or token.mark:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _named(part: Sequence[Token]) -> Sequence[Token]:
    """A part of a text up to where it compares ("a table narrower than 20 inches"); "can" at its end is a noun."""
    than = next((place for place, token in enumerate(part) if token.word == "than" and place), 0)
    if than and (part[than - 1].word.endswith("er") or part[than - 1].word in _COMPARING):
        part = part[: than - 1]
    if len(part) > 1 and part[-1].word == "can":
        part = [*part[:-1], replace(part[-1], word="cans")]  # "watering can"
    return part


def _thing(part: Sequence[Token]) -> Thing | None:
    """The thing that a part of a text begins with."""
    at = 0
    meant = False
    while at < len(part) and (part[at].word in OPENERS or part[at].number is not None):
        if part[at].word in _LEADING and (at == 0 or part[at - 1].word not in SOUGHT):
            return None  # "for the kitchen" says what the thing is for
        meant = part[at].word in DETERMINERS or (meant and part[at].number is None)
        at += 1
    kept: list[Token] = []
    for token in part[at:]:
        if token.word == "of" and kept and kept[-1].word in GROUPS:
            kept = []  # "a set of knives"
            continue
        if token.word in ENDS or token.number is not None:
            break
        kept.append(token)
    if kept and kept[-1].word in ("one", "ones"):
        return None  # "a leather one"
    while kept and (kept[-1].word in NO_THINGS or kept[-1].word in OPENERS):
        kept.pop()
    if not kept or len(kept) > MOST_WORDS or not _may_be_a_thing(kept[-1], alone=len(kept) == 1):
        return None
    if len(kept) == 1 and kept[0].word in GROUPS:
        return None
    plural = kept[-1].word != kept[-1].stem
    return Thing(" ".join(token.text for token in kept), tuple(token.stem for token in kept), meant or plural)


def _may_be_a_thing(token: Token, *, alone: bool) -> bool:
    word = token.word
    if word in NO_THINGS or len(word) < 3 or token.possessive or word in RECIPIENTS or token.stem in RECIPIENTS:
        return False
    return not (len(word) > _LONG and word.endswith(ENDINGS)) and not (alone and word.endswith("ing") and len(word) > 5)


def _ends(name: Sequence[str], head: str) -> bool:
    return says(name[-1], head)


def _names_of(product: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """What a product is called: its name up to where it says what it has, its categories, types and tags."""
    yield from _name_parts(str(product.get("name") or ""))
    for text in (*_kinds_of(product), *_texts([product.get("tags")])):
        if stems := stems_of(text):
            yield stems


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from (one for one in value if isinstance(one, str))


def _name_parts(name: str) -> Iterator[tuple[str, ...]]:
    part: list[Token] = []
    tokens = tokenise(name)
    for place, token in enumerate(tokens):
        if ends_the_thing(token):
            break
        if token.word in ("and", "&"):
            if part:
                yield _stems(part)
            part = []
        elif not token.mark and token.number is None and not is_unit(tokens, place):
            part.append(token)
    if part:
        yield _stems(part)


def _stems(part: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.stem for token in without_looks(part))


def _path_of(product: Mapping[str, Any]) -> str:
    """The category of a product, the narrowest that it says."""
    paths = product.get("categories") or ()
    return str(paths[0]) if paths else ""


def _kinds_of(product: Mapping[str, Any]) -> Iterator[str]:
    """What it is, by its categories and types."""
    types = [product.get("specifications", {}).get(name) for name in TYPE_ATTRIBUTES]
    yield from _texts([*types, *(str(path).rsplit("/", 1)[-1] for path in product.get("categories") or ())])


__all__ = [
    "Known", "Near", "Thing", "called_first", "is_called", "is_kind", "is_one", "known", "nearness",
    "of_the_thing", "says_another", "things_in",
]  # fmt: skip
