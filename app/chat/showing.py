"""The context after products were shown, or pointed at, and when the talk turns to something else. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from app.chat.context import Context, ShownProduct, Topic, left

MAX_SHOWN: Final = 10
MAX_EARLIER: Final = 3
MAX_SUSPENDED: Final = 5


def showing(context: Context, products: Iterable[ShownProduct], before: Context | None = None) -> Context:
    """The context after products were shown; the first of them is what "it" means when it is the only one. `before`:
    the context in which another list was shown, which is kept to come back to."""
    shown = tuple(products)[:MAX_SHOWN]
    if not shown:
        return context
    earlier = context.earlier
    if before is not None and before.shown and _ids(shown) != _ids(context.shown):
        earlier = (left(before), *earlier)[:MAX_EARLIER]
    focus = shown[0].product_id if len(shown) == 1 else context.focus
    return replace(context, shown=shown, compared=(), focus=focus, earlier=earlier)


def _ids(products: Sequence[ShownProduct]) -> set[str]:
    return {one.product_id for one in products}


def pointing(context: Context, product_ids: Sequence[str]) -> Context:
    """The context when some of the products shown are spoken of: "it" means one, several are what is talked of next."""
    if len(product_ids) == 1:
        return replace(context, focus=product_ids[0])
    several = 1 < len(product_ids) < len(context.shown)
    return replace(context, focus=None, compared=tuple(product_ids)) if several else context


def swapped(context: Context, variant: ShownProduct) -> Context:
    """The context when the talk goes on about another variant of the product that it was about: it takes its place."""
    if any(product.product_id == variant.product_id for product in context.shown):
        return replace(context, focus=variant.product_id)
    shown = tuple(variant if product.product_id == context.focus else product for product in context.shown)
    return replace(context, shown=shown, focus=variant.product_id) if shown != context.shown else context


def turned_to(context: Context, intent: str, about: str, *, same_topic: bool) -> Context:
    """The context when the talk turns to another kind of thing: what it was about before is kept to come back to."""
    if not context.intent or same_topic:
        return replace(context, intent=intent)
    before = Topic(context.intent, about)
    kept = [topic for topic in context.suspended if topic.intent not in (intent, before.intent)]
    return replace(context, intent=intent, suspended=(*kept, before)[-MAX_SUSPENDED:])
