"""From a question about offers, stock or what goes with what, and from a complaint, to calls of tools. Pure."""

import re
from collections.abc import Sequence
from typing import Any, Final

from app.chat.calls import Call, Plan
from app.chat.context import Context, ShownProduct, Told
from app.chat.reading import asking, language
from app.chat.reading.desk_words import asks_number, tells_loss
from app.chat.reading.intents import Intent, order_number
from app.chat.reading.recommending import ShopList
from app.chat.reading.references import Pointed
from app.chat.reading.wishes import stripped, without_edges
from shop.conversations.masking import has_card

_NO_SUBJECT: Final = re.compile(
    r"\W*(?:(?:yes|ok(?:ay)?|fine|alright|great|so|then|well|please|can|could|you|i|just|do|open|make|file|create"
    r"|an?|the|my|ticket"
    r"|case|claim"
    r"|complaint|want|need|to|for|about|on|with|that|this|it|now|then|me|us)\W+)*\w*\W*",
    re.IGNORECASE,
)
_SORRY: Final = "I am sorry about that."
NO_CARDS: Final = "Please do not send numbers of cards here; none is needed for an order, a return or a refund."
ASKED_OF_ONE: Final = frozenset({Intent.AVAILABILITY, Intent.COMPATIBILITY, Intent.PROMOTIONS})
_EVERY: Final = 4
_IT: Final = re.compile(r"^(?:it|this|that|they|these|those|them|one|the one|ones|there|you|i|we|me)?$", re.IGNORECASE)


def list_plan(which: ShopList, product: ShownProduct | None, told: Told) -> tuple[Told, Pointed, Plan]:
    """A list of the shop's own is asked for, about a product or about none: what is left of what the message told, what
    it points at, and the call. What is about no product begins anew, but for a price."""
    price = next((wish for wish in told.wishes if wish.field == "price"), None)
    arguments = {
        "which": which,
        "product_id": product.product_id if product is not None else None,
        "budget": price.high if price is not None else None,
    }
    plan = Plan((Call("recommend", arguments),))
    if product is not None:
        return Told(), Pointed((product,)), plan
    return Told(afresh=True, wishes=(price,) if price else ()), Pointed(), plan


def one_plan(intent: Intent, context: Context, message: str, pointed: Sequence[ShownProduct]) -> Plan:
    """What is looked up about the products that are pointed at, else about what the message names, else about the one
    that the talk is about."""
    ids = [product.product_id for product in pointed[:_EVERY]]
    if intent is Intent.PROMOTIONS:
        return Plan((Call("offers", {"product_ids": ids, "text": "" if ids else _on_what(message)}),))
    thing = "" if ids else _thing(intent, message)
    if not ids and not thing and (focus := _focus(context)) is not None:
        ids = [focus.product_id]
    if not ids and not thing:
        return Plan(say="Which product do you mean?")
    if intent is Intent.AVAILABILITY:
        return Plan((Call("stock", {"product_ids": ids, "text": thing, "said": message[:2000]}),))
    named = pointed[0].name if pointed else thing or _name(context, ids)
    asked = Call("knowledge", {"question": f"{named} {message}"[:1000], "beside": True})
    first: dict[str, Any] = {"product_ids": ids[:1]}
    found = Call("product_details", first) if ids else Call("search", {"text": thing, "limit": 1})
    return Plan((found, asked))


def _focus(context: Context) -> ShownProduct | None:
    shown = [product for product in context.shown if product.product_id == context.focus]
    return shown[0] if shown else (context.shown[0] if context.shown else None)


def _name(context: Context, ids: Sequence[str]) -> str:
    return next((product.name for product in context.shown if product.product_id in ids), "")


def _on_what(message: str) -> str:
    """What an offer is to be on; empty for anything."""
    words = without_edges(stripped(asking.left_of(message, asking.PROMOTION_WORDS)))
    words = without_edges(
        re.sub(r"\b(?:any|are|is|there|do|you|have|what|which|list|all|see)\b", " ", words, flags=re.I)
    )
    return "" if _IT.match(words) else words[:300]


def _thing(intent: Intent, message: str) -> str:
    """The product that a question names; empty where it names none."""
    if intent is Intent.AVAILABILITY:
        words = asking.left_of(language.OPTIONS.sub(" ", message), asking.STOCK_WORDS)
    else:
        found = asking.COMPATIBLE.search(message)
        words = (found["thing"] or found["one"] or "") if found else ""
    words = without_edges(stripped(words))
    return "" if _IT.match(words) or language.IT.fullmatch(words) else words[:300]


def ticket_plan(context: Context, message: str) -> Plan:
    """A ticket, with where the order is beside it if that is said to be lost; or the number of the last ticket."""
    if asks_number(message):
        made = f"Your ticket is {context.ticket}; the shop's team has it."
        return Plan(say=made if context.ticket else "No ticket has been made in this conversation yet.")
    ticket = ticket_call(context, message)
    if has_card(message):
        return Plan((ticket,), say=NO_CARDS)
    if tells_loss(message) and (order_id := ticket.arguments.get("order_id")):
        return Plan((Call("order_status", {"order_id": order_id, "beside": True}), ticket), say=_SORRY)
    if tells_loss(message):
        return Plan((Call("order_status", {"said": message[:2000], "beside": True}), ticket), say=_SORRY)
    return Plan((ticket,))


def ticket_call(context: Context, message: str) -> Call:
    """A ticket about what the message complains of, else about the order that was talked of; without either, what it is
    about is asked for."""
    about = asking.TICKET_WORDS.sub("", message).strip(" .!?")
    order_id = order_number(message) or context.order_id
    subject = about[:300] if len(about.split()) > 1 else ""
    if order_id and (not subject or _NO_SUBJECT.fullmatch(subject)):
        subject = f"About order {order_id}"
    arguments: dict[str, Any] = {"subject": subject, "text": message[:10_000]}
    return Call("create_ticket", {**arguments, **({"order_id": order_id} if order_id else {})})
