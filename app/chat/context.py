"""What is known in the middle of a conversation, and how a new message changes it. Pure.

A new wish replaces what it contradicts and keeps the rest: "what about fitness items?" changes what is looked for, and
leaves for whom and for how much.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from app.chat.reading.tastes import NO_TASTE, Taste, taste_read
from app.search.understanding.service import KINDS

MAX_PASSED: Final = 20
# Either of these is a way to say whom something is for.
# Bounds of a price by what was shown: cheaper than that, dearer than that.
RELATIVE: Final = frozenset({"lt", "gt"})
ABOUT_PEOPLE: Final = frozenset({"gender", "age"})
_CHEAP: Final = re.compile(
    r"^\W*(?:\w+ )?(?:cheap\w*|affordable|inexpensive|economical|reasonably priced|low[- ]cost)\W*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that products must hold, as query understanding found it. `matches`: stored values, any of which will
    do, or with `without` none of which may be; `low` and `high`: bounds of a number, prices in main units."""

    field: str
    op: str
    value: Any
    source: str
    matches: tuple[str, ...] = ()
    without: bool = False
    low: float | None = None
    high: float | None = None
    currency: str | None = None

    def as_json(self) -> dict[str, Any]:
        told = {name: value for name, value in asdict(self).items() if value is not None and value != ()}
        return told if self.without else {name: value for name, value in told.items() if name != "without"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom it is for: the word that said so ("mom"), and what that says of gender and age group where it does."""

    relation: str
    gender: str | None = None
    age: str | None = None


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """A product that the user saw, in its place of the last list. `rating`: 0 where nobody has rated it."""

    product_id: str
    name: str
    price: float
    currency: str
    rating: float = 0.0
    traits: str = ""
    """Short attributes in words: its colour, its material."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A list that was shown before the last one: its products, the one that was talked of, what was looked for and for
    whom, as `Context` tells it."""

    products: tuple[ShownProduct, ...]
    focus: str | None = None
    about: str = ""
    wishes: tuple[Wish, ...] = ()
    gift: bool = False
    recipient: Recipient | None = None
    occasion: str | None = None
    interests: tuple[str, ...] = ()
    amounts: tuple[int, ...] = ()
    taste: Taste = NO_TASTE
    together: float | None = None
    helps: bool = False


OF_A_LIST: Final = tuple(one.name for one in fields(Earlier) if one.name != "products")
"""What an `Earlier` has of the `Context` in which its list was shown."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What was talked of before something else came up."""

    intent: str
    about: str


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that is known by now. `about`: what is looked for, in words; `interests`: what the recipient likes;
    `focus`: the product that "it" means; `pending`: what waits for a yes, with the tool that would do it."""

    about: str = ""
    gift: bool = False
    recipient: Recipient | None = None
    occasion: str | None = None
    interests: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()
    shown: tuple[ShownProduct, ...] = ()
    focus: str | None = None
    order_id: str | None = None
    intent: str = ""
    suspended: tuple[Topic, ...] = ()
    pending: Mapping[str, Any] | None = None
    compared: tuple[str, ...] = ()
    """Ids of those of the products shown that were compared last."""
    passed: tuple[str, ...] = ()
    """Ids of products that the shopper did not want ("not that one")."""
    talked: tuple[ShownProduct, ...] = ()
    """One product of each thing that was talked of before this one, so that "all of that" can be added up."""
    helps: bool = False
    """Whether the things that are looked for are what helps with a need, and were not named by the shopper."""
    together: float | None = None
    """What all the things that are looked for may cost in all."""
    ticket: str = ""
    """The id of the ticket that was made last."""
    amounts: tuple[int, ...] = ()
    """How many of each of the things that are looked for; empty for one of each."""
    taste: Taste = NO_TASTE
    """What the things should be like, where the shopper did not like those shown."""
    earlier: tuple[Earlier, ...] = ()
    """Lists that were shown before the last one, the latest first."""

    def wish(self, field: str) -> Wish | None:
        """The wish about this field."""
        return next((wish for wish in self.wishes if wish.field == field), None)

    @property
    def budget(self) -> tuple[float | None, float | None] | None:
        """Least and highest price; None where nothing was said."""
        wish = self.wish("price")
        return None if wish is None else (wish.low, wish.high)

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "about": self.about,
            "gift": self.gift,
            "recipient": asdict(self.recipient) if self.recipient else None,
            "occasion": self.occasion,
            "interests": list(self.interests),
            "wishes": [wish.as_json() for wish in self.wishes],
            "shown": [asdict(product) for product in self.shown],
            "focus": self.focus,
            "order_id": self.order_id,
            "intent": self.intent,
            "suspended": [asdict(topic) for topic in self.suspended],
            "pending": dict(self.pending) if self.pending is not None else None,
            **({"compared": list(self.compared)} if self.compared else {}),
            **({"passed": list(self.passed)} if self.passed else {}),
            **({"talked": [asdict(product) for product in self.talked]} if self.talked else {}),
            **({"helps": True} if self.helps else {}),
            **({"together": self.together} if self.together is not None else {}),
            **({"ticket": self.ticket} if self.ticket else {}),
            **({"amounts": list(self.amounts)} if self.amounts else {}),
            **({"taste": asdict(self.taste)} if self.taste else {}),
            **(
                {"earlier": [{k: v for k, v in asdict(one).items() if v} for one in self.earlier]}
                if self.earlier
                else {}
            ),
        }
        return told


def context_of(stored: Mapping[str, Any]) -> Context:
    """The context that `as_json` wrote; what is missing is unknown."""
    recipient = stored.get("recipient")
    return Context(
        about=stored.get("about", ""),
        gift=bool(stored.get("gift")),
        recipient=Recipient(**recipient) if recipient else None,
        occasion=stored.get("occasion"),
        interests=tuple(stored.get("interests") or ()),
        wishes=tuple(
            Wish(**{**wish, "matches": tuple(wish.get("matches", ()))}) for wish in stored.get("wishes") or ()
        ),
        shown=tuple(ShownProduct(**product) for product in stored.get("shown") or ()),
        focus=stored.get("focus"),
        order_id=stored.get("order_id"),
        intent=stored.get("intent", ""),
        suspended=tuple(Topic(**topic) for topic in stored.get("suspended") or ()),
        pending=stored.get("pending"),
        compared=tuple(stored.get("compared") or ()),
        passed=tuple(stored.get("passed") or ()),
        talked=tuple(ShownProduct(**product) for product in stored.get("talked") or ()),
        together=stored.get("together"),
        helps=bool(stored.get("helps")),
        ticket=stored.get("ticket", ""),
        amounts=tuple(stored.get("amounts") or ()),
        taste=taste_read(stored.get("taste") or {}),
        earlier=tuple(left(context_of({**told, "shown": told["products"]})) for told in stored.get("earlier") or ()),
    )


def left(context: Context) -> Earlier:
    """The list that a context shows, to come back to."""
    return Earlier(context.shown, **{name: getattr(context, name) for name in OF_A_LIST})


@dataclass(frozen=True, slots=True)
class Told:
    """What one message says about what is wanted. `about` None: nothing new is looked for. `afresh`: forget what was
    looked for before, and for whom; `refines`: `about` says more of what was looked for, whose wishes stay;
    `passed`: ids of products that are not wanted; `together`: what all the things may cost; `helps`:
    whether `about` is what helps with a need; `taste`: what they should be like; `amounts`: how many of each,
    and `cheapest`: whether the cheapest of each."""

    about: str | None = None
    gift: bool = False
    recipient: Recipient | None = None
    occasion: str | None = None
    interests: tuple[str, ...] = ()
    wishes: tuple[Wish, ...] = ()
    dropped: tuple[str, ...] = ()
    afresh: bool = False
    refines: bool = False
    passed: tuple[str, ...] = ()
    together: float | None = None
    helps: bool = False
    taste: Taste | None = None
    amounts: tuple[int, ...] = ()
    cheapest: bool = False


def wanting_all(told: Told, things: str, amounts: tuple[int, ...] = ()) -> Told:
    """What a message wants that names several things ("pans and knives"): no kind of thing is all of them."""
    wishes = tuple(wish for wish in told.wishes if wish.field not in KINDS)
    return replace(told, about=things, amounts=amounts, wishes=wishes)


def merged(before: Context, told: Told) -> Context:
    """The context after a message."""
    start = Context(suspended=before.suspended, order_id=before.order_id) if told.afresh else before
    wishes = {key(wish): wish for wish in start.wishes if wish.field not in told.dropped}
    if told.gift and not start.gift and told.about is None:
        start = replace(start, about="")  # what was looked for before was not the gift
    about_changed = told.about is not None and told.about.lower() != start.about.lower()
    if about_changed and not told.refines:
        # What was said of the other thing (its colour, its brand) was not said of this one.
        wishes = {k: wish for k, wish in wishes.items() if keeps(wish)}
    for wish in told.wishes:
        wishes = {k: kept for k, kept in wishes.items() if not _contradicts(wish, kept)}
        wishes[key(wish)] = wish
    recipient = told.recipient or start.recipient
    if told.recipient is not None and told.recipient != start.recipient:
        wishes = {k: w for k, w in wishes.items() if w.field not in ABOUT_PEOPLE or w in told.wishes}
    # A price of one thing, or another thing, is no sum of several.
    priced = about_changed or any(wish.field == "price" for wish in told.wishes)
    new_interests = told.interests or (() if about_changed and start.interests else start.interests)
    return replace(
        start,
        about=start.about if told.about is None else told.about,
        gift=start.gift or told.gift,
        recipient=recipient,
        occasion=told.occasion or start.occasion,
        interests=new_interests,
        wishes=tuple(wishes.values()),
        focus=None if about_changed or told.passed else start.focus,
        helps=told.helps if about_changed else start.helps,
        together=told.together if priced else start.together,
        passed=(*start.passed, *told.passed)[-MAX_PASSED:] if told.refines or not about_changed else told.passed,
        amounts=told.amounts if about_changed or told.amounts else start.amounts,
        taste=told.taste or (NO_TASTE if about_changed and not told.refines else replace(start.taste, said="")),
    )


def key(wish: Wish) -> tuple[str, bool]:
    """Two wishes of one key are about the same thing."""
    return wish.field, wish.without


def keeps(wish: Wish) -> bool:
    """Whether a wish outlives the thing that it was said of: the budget, for whom, stock, what must not be."""
    if wish.field == "price" and (wish.source == "more expensive" or _CHEAP.search(wish.source)):
        return False  # cheaper than that thing, cheap for its kind
    return wish.field in ("price", "in_stock", "rating", *ABOUT_PEOPLE) or wish.without


def soft_price(wish: Wish) -> bool:
    """Whether it is a word for a low price that names no amount; "under fifty" does."""
    return wish.field == "price" and wish.op not in RELATIVE and _CHEAP.search(wish.source) is not None


def _contradicts(new: Wish, old: Wish) -> bool:
    if new.field != old.field:
        return False
    if new.without == old.without:
        return True
    return bool(set(new.matches) & set(old.matches)) or not new.without
