"""The context after products were shown, or pointed at. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from app.chat.context import Context, Earlier, ShownProduct

MAX_SHOWN: Final = 10
MAX_EARLIER: Final = 3


def showing(context: Context, products: Iterable[ShownProduct], before: Context | None = None) -> Context:
    """The context after products were shown; the first of them is what "it" means when it is the only one. `before`:
    the context in which another list was shown, which is kept to come back to."""
    shown = tuple(products)[:MAX_SHOWN]
    if not shown:
        return context
    left = {one.product_id for one in context.shown}
    earlier = context.earlier
    if before is not None and before.shown and {one.product_id for one in shown} != left:
        earlier = (Earlier(before.shown, before.focus, before.about), *earlier)[:MAX_EARLIER]
    focus = shown[0].product_id if len(shown) == 1 else context.focus
    return replace(context, shown=shown, compared=(), focus=focus, earlier=earlier)


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
