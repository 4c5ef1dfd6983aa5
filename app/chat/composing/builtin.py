"""The built-in writer: answers made of templates and records, with no model. Everything it says stands in a record."""

import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from app.chat.composing.asked import cut
from app.chat.composing.choosing import choosing
from app.chat.composing.comparing import compared
from app.chat.composing.compatibility import compatible
from app.chat.composing.composer import Brief, Cited, Piece, Sentence
from app.chat.composing.details import details, stock
from app.chat.composing.naming import echoed, occasion, person, thing
from app.chat.reading import language
from app.chat.reading.quantities import quantity
from app.chat.records import Record, RecordKind
from app.chat.wording import counted, money

BUILT_IN: Final = "built-in"
_DESCRIBED: Final = 3
_ROWS: Final = 4
_ECHOED: Final = 5
_BEFORE: Final = 2


class BuiltInComposer:
    """A Composer that cannot fail."""

    name: str = BUILT_IN

    async def compose(self, brief: Brief) -> AsyncIterator[Piece]:
        """Sentence by sentence, each with its citation."""
        length = 0
        for sentence in written(brief):
            text = sentence.text if length == 0 else f" {sentence.text}"
            yield Piece(text)
            if sentence.record_ids:
                yield Piece(
                    cited=Cited(length + len(text) - len(sentence.text), length + len(text), sentence.record_ids)
                )
            length += len(text)


def written(brief: Brief) -> list[Sentence]:
    """The answer. What has to be told comes first, then what was found."""
    told = [Sentence(note) for note in brief.notes]
    write = _WRITERS.get(brief.intent, _found)
    made = [*told, *write(brief), *(Sentence(f"\n{note}") for note in brief.closing)]
    return made or [Sentence(_one_of(brief, _UNCLEAR))]


def _one_of(brief: Brief, ways: Sequence[str]) -> str:
    """One of several ways to say it: the same for the same message, another for the next."""
    drawn = hashlib.sha256(f"{brief.message}|{len(brief.history)}".encode()).digest()[0]
    return ways[drawn % len(ways)]


_DOCUMENTS: Final = frozenset({RecordKind.KNOWLEDGE, RecordKind.POLICY})
_UNCLEAR: Final = (
    "I am not sure what you mean. Tell me what you are looking for, for whom, or the number of an order.",
    "I did not understand that. I can look for products, compare them, and help with orders.",
)
_GREETING: Final = (
    "Hello! What are you looking for today?",
    "Hi! I can find products, compare them, or help with an order. What would you like?",
    "Welcome! Tell me what you need, and I will have a look.",
)
_OFF_TOPIC: Final = (
    "That is outside what I can help with; I know this shop, its products and your orders.",
    "I am only of use for this shop: products, comparisons, orders and returns.",
)
_INTRO: Final = ("Here {are} {what}.", "I found {what}.", "{What} might fit.", "Take a look at {what}.")
_NOTHING_ALIKE: Final = ("I found nothing that looks like your picture.",)
_NEAREST: Final = ("Perhaps one of these will do.", "These are what I can show you.", "Would one of these help?")
_NEAREST_ONE: Final = ("Perhaps this will do.", "This is what I can show you.", "Would this help?")
_NOTHING: Final = (
    "I found nothing that fits all of it.",
    "Nothing in the shop fits all of that.",
)


def _found(brief: Brief) -> list[Sentence]:
    products = _products(brief)
    if not products:
        nothing = _NOTHING_ALIKE if brief.facts.get("pictured") else _NOTHING
        return [] if brief.notes else [Sentence(_one_of(brief, nothing))]
    what = f"{_what(brief, len(products))}{_within(brief)}"
    if brief.facts.get("pictured"):
        what = f"{counted(len(products), 'product')} like your picture{_within(brief)}"
    if what.startswith("1 "):
        what = f"one {what[2:]}"
    intro = _one_of(brief, _INTRO).format(
        are="is" if len(products) == 1 else "are", what=what, What=what[0].upper() + what[1:]
    )
    if brief.facts.get("nearest"):
        intro = _one_of(brief, _NEAREST_ONE if len(products) == 1 else _NEAREST)
    intro = brief.facts.get("apart") or intro
    told = [Sentence(intro, tuple(record.id for record in products))]
    reasons: dict[str, str] = brief.facts.get("reasons", {})
    for record in products if brief.facts.get("apart") else products[:_DESCRIBED]:
        price = money(record.fields["price"], record.fields["currency"])
        why = reasons.get(record.id, "").removesuffix(".")
        why = re.sub(r"^It ", "it ", why)
        stock = "" if record.fields["in_stock"] else ", out of stock at the moment"
        told.append(Sentence(f"{record.title} is {price}{stock}{f': {why}' if why else ''}.", (record.id,)))
    return told


def _listed(brief: Brief) -> list[Sentence]:
    """A list of the shop's own, which a note has named: what it holds, with what the shopper did where that is why."""
    reasons: dict[str, str] = brief.facts.get("reasons", {})
    told = []
    for record in _products(brief)[:_DESCRIBED]:
        why = reasons.get(record.id, "")
        because = f", because{why.removeprefix('Because')}" if why.startswith("Because you") else ""
        price = money(record.fields["price"], record.fields["currency"])
        told.append(Sentence(f"{record.title} is {price}{because}.", (record.id,)))
    return told


def _what(brief: Brief, count: int) -> str:
    """5 “hiking” gifts for your mom; 2 products for “running shoes”, for him. Whole sentences are not said again."""
    relation, gift = brief.context.get("recipient", ""), bool(brief.context.get("gift"))
    relation = "" if brief.facts.get("for_anybody") else relation
    about = brief.context.get("about", "")
    who, sought = person(relation, about), thing(about, relation)
    sought = echoed(sought, [brief.message, *(line.text for line in brief.history if line.role == "user")])
    sought = sought if len(sought.split()) <= _ECHOED else ""
    gift = gift and "gift" not in sought.lower()
    before = f"“{sought}” " if sought and gift and len(sought.split()) <= _BEFORE else ""
    after = f" for “{sought}”" if sought and not before else ""
    kind = f"{occasion(brief.context.get('occasion', ''))} gift".strip() if gift else "product"
    comma = "," if after and who else ""
    return f"{counted(count, f'{before}{kind}', f'{before}{kind}s')}{after}{comma}{f' for {who}' if who else ''}"


def _within(brief: Brief) -> str:
    return f" {budget}" if (budget := brief.context.get("budget", "")) else ""


def _compare(brief: Brief) -> list[Sentence]:
    """A list where there are not two to compare."""
    products = _products(brief)
    if len(products) == 1 and language.CHOOSE.search(brief.message):
        return choosing(brief, products)
    return compared(brief) or (_found(brief) if not brief.notes else [])


def _price(brief: Brief) -> list[Sentence]:
    documents = any(r.kind in _DOCUMENTS for r in brief.records)
    if brief.facts.get("together"):
        return _knowledge(brief) if documents else []
    if quantity(brief.message) > 1 and brief.notes:  # the tool has worked it out
        return _knowledge(brief) if documents else []
    each = [
        Sentence(f"{r.title} costs {money(r.fields['price'], r.fields['currency'])}.", (r.id,))
        for r in _products(brief)
    ]
    return [*each, *(_knowledge(brief) if documents else [])]


def _availability(brief: Brief) -> list[Sentence]:
    if brief.notes:
        return []
    return [Sentence(f"{record.title} is {stock(record)}.", (record.id,)) for record in _products(brief)]


def _reviews(brief: Brief) -> list[Sentence]:
    told: list[Sentence] = []
    texts = any(record.kind is RecordKind.REVIEWS for record in brief.records)
    for record in [] if texts else _products(brief):
        rating, count = record.fields.get("rating"), record.fields.get("review_count", 0)
        if rating is None or not count:
            told.append(Sentence(f"Nobody has reviewed {record.title} yet.", (record.id,)))
        else:
            people = counted(count, "customer")
            told.append(Sentence(f"{record.title} is rated {rating:g} of 5 by {people}.", (record.id,)))
    for record in brief.records:
        if record.kind is RecordKind.REVIEWS and record.text:
            told.append(Sentence(record.text, (record.id,)))
    return told


def _knowledge(brief: Brief) -> list[Sentence]:
    passages = [r for r in brief.records if r.kind in _DOCUMENTS]
    if not passages:
        return [] if brief.notes else [Sentence("That is not in the documents that I have.")]
    best = passages[0]
    where = f"{best.title}, {best.section}" if best.section else best.title
    return [Sentence(f"{cut(best.text)} ({where})", (best.id,))]


def _in_general(brief: Brief) -> list[Sentence]:
    """A visitor is answered from the documents; what is said of an order is said by the tool."""
    return _knowledge(brief) if any(r.kind in _DOCUMENTS for r in brief.records) else []


def _plain(ways: Sequence[str]) -> Callable[[Brief], list[Sentence]]:
    def write(brief: Brief) -> list[Sentence]:
        return [] if brief.notes else [Sentence(_one_of(brief, ways))]

    return write


def _only_notes(_: Brief) -> list[Sentence]:
    return []


_WRITERS: Final[dict[str, Callable[[Brief], list[Sentence]]]] = {
    "compare": _compare,
    "product_details": details,
    "price": _price,
    "availability": _availability,
    "reviews": _reviews,
    "knowledge": _knowledge,
    "compatibility": compatible,
    "recommend": _listed,
    "promotions": _only_notes,
    "ticket": _only_notes,
    "other_language": _only_notes,
    "greeting": _plain(_GREETING),
    "help": _only_notes,
    "cart": _price,
    "thanks": _only_notes,
    "off_topic": _plain(_OFF_TOPIC),
    "unclear": _plain(_UNCLEAR),
    "order_status": _in_general,
    "return": _in_general,
    "refund_status": _in_general,
    "cancel_order": _in_general,
    "exchange": _in_general,
    "change_address": _in_general,
    "change_payment": _in_general,
    "account": _in_general,
    "hand_over": _only_notes,
    "confirm": _only_notes,
    "deny": _only_notes,
}


def _products(brief: Brief) -> list[Record]:
    return [record for record in brief.records if record.kind is RecordKind.PRODUCT]
