"""What a message finds: its plan carried out, and what is tried where that finds nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.chat import waiting
from app.chat.answering import Found
from app.chat.calls import Call
from app.chat.composing.naming import person
from app.chat.context import RELATIVE, Context
from app.chat.heard import Said
from app.chat.matching import mentions
from app.chat.planning import planned
from app.chat.planning_searches import without_soft_price
from app.chat.reading import language, pictured
from app.chat.reading.intents import SHOPPING, Intent
from app.chat.reading.message import Reading
from app.chat.toolbox import NO_CHEAPER, NOT_CHEAP, Toolbox, no_others
from app.chat.tools.tool import Caller
from app.chat.wording import counted

_SEVERAL: Final = 2
_OF_EACH: Final = 3
_ENOUGH: Final = 2
"""Gifts that speak of what somebody likes from which on no others are shown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Finds what one message asks for, with the tools of a shop."""

    tools: Toolbox

    async def find(self, reading: Reading, context: Context, before: Context, caller: Caller, said: Said) -> Found:
        """What a message finds. `context` is the one after it, `before` the one in which it was said."""
        if reading.intent in (Intent.CONFIRM, Intent.DENY) and waiting.may_be_settled(before.pending):
            return await self.tools.settle(reading, before.pending or {}, caller)
        again = waiting.resumed(before.pending) if reading.intent in (Intent.CONFIRM, Intent.RESUME) else None
        if again is not None:
            return again
        told, visitor = reading.told, caller.customer_id is None
        more = not told.about and not told.passed and reading.intent in SHOPPING
        # "More storage" goes on with no list.
        more = more and bool(language.MORE.search(said.text)) and not any(w.op in RELATIVE for w in told.wishes)
        skip = len(before.shown) if more and before.shown else 0
        if waiting.remarked(before.pending, reading, said.text) and (again := waiting.resumed(before.pending)):
            return again
        plan = planned(reading, context, image=said.image, skip=skip, message=said.text, visitor=visitor)
        found = await self.tools.run(plan, caller)
        if not found.products and reading.intent in SHOPPING and (looser := without_soft_price(context)) is not None:
            easier = await self.tools.run(planned(reading, looser, message=said.text, visitor=visitor), caller)
            if easier.products and not easier.beside_the_point:
                return replace(easier, notes=(*found.notes, NOT_CHEAP))
        if skip and not found.products and not reading.told.wishes:
            return Found(notes=(no_others(context),), degraded=found.degraded)  # the end of the list
        if reading.told.passed and (not found.products or found.beside_the_point):
            return await self._once_more(reading, context, found, caller)
        if said.image is not None and not reading.guarded:
            return pictured.seen(found)
        if (found.products and not found.beside_the_point) or not plan.easier:
            return found
        return await self.tools.first_that_finds(plan.easier, found, context, caller)

    async def settled(
        self, found: Found, reading: Reading, context: Context, before: Context, caller: Caller
    ) -> tuple[Found, Context]:
        """What was found, and the context, where a price could not be kept to."""
        if NOT_CHEAP in found.notes:
            context = without_soft_price(context) or context
        if not any(wish.op in RELATIVE and wish.field == "price" for wish in reading.told.wishes):
            return found, context
        if found.products and (NO_CHEAPER not in found.notes or len(before.shown) < _SEVERAL):
            return found, context
        # Of several that were shown the cheapest says more than what is no such thing.
        found = found if NO_CHEAPER not in found.notes else Found(degraded=found.degraded)
        return await self._cheapest(found, reading, before, caller), replace(context, wishes=before.wishes)

    async def _cheapest(self, found: Found, reading: Reading, before: Context, caller: Caller) -> Found:
        """That nothing cheaper is there, with the cheapest of those shown."""
        found = replace(found, notes=(*found.notes, NO_CHEAPER))
        if len(before.shown) < _SEVERAL or any(wish.op == "gt" for wish in reading.told.wishes):
            return found
        cheapest = min(before.shown, key=lambda one: one.price)
        again = await self.tools.call(Call("product_details", {"product_ids": [cheapest.product_id]}), caller)
        if not again.records:
            return found
        return replace(
            found, records=again.records, notes=(*found.notes, f"The cheapest of those shown is {cheapest.name}.")
        )

    async def _once_more(self, reading: Reading, context: Context, found: Found, caller: Caller) -> Found:
        """What is shown where nothing is left that was not shown: the same again, those first that are as is wished."""
        nothing = Found(notes=(no_others(context),), degraded=found.degraded)
        if not reading.told.taste:
            return nothing
        again = await self.tools.run(planned(reading, replace(context, passed=())), caller)
        return nothing if again.beside_the_point or not again.products else again


def of_interests(found: Found, context: Context) -> Found:
    """What was found for somebody who likes something: what speaks of it first, and nothing else where that is
    enough."""
    if not context.interests or not context.gift:
        return found
    liked = [one for one in found.products if any(mentions(one, interest) for interest in context.interests)]
    if len(liked) < _ENOUGH or len(liked) == len(found.products):
        return found
    others = [record for record in found.records if record not in found.products]
    shown = {record.fields["product_id"] for record in liked}
    hits = [hit for hit in found.facts.get("hits", ()) if hit["product_id"] in shown]
    return replace(found, records=(*liked, *others), facts={**found.facts, "hits": hits})


def both(found: Found, context: Context, second: Found, other: Context) -> Found:
    """What two wishes of one message found, one after the other: the first few of each. `context` and `other`: what was
    wished."""
    whose, others = (_for(one) for one in (context, other))
    # What one of them was found without is said of both.
    degraded = tuple(dict.fromkeys((*found.degraded, *second.degraded)))
    found, second = replace(found, degraded=degraded), replace(second, degraded=degraded)
    if not second.products:
        return replace(found, notes=(*found.notes, f"For {others} I find nothing that fits. What should it be?"))
    if not found.products:
        told = f"For {whose} I find nothing that fits; this is for {others}."
        return replace(second, notes=(told, *second.notes))
    first = found.products[:_OF_EACH]
    last = [record for record in second.products if record not in first][:_OF_EACH]
    if not last:
        return found
    if whose == others:  # the shop's data does not tell people apart, or their names
        whose, others = "the first of your wishes", "the second"
    told = f"{counted(len(first), 'product')} for {whose}, then {counted(len(last), 'product')} for {others}."
    hits = [*found.facts.get("hits", ()), *second.facts.get("hits", ())]
    shown = {record.fields["product_id"] for record in (*first, *last)}
    facts: Mapping[str, Any] = {
        **found.facts,
        "hits": [hit for hit in hits if hit["product_id"] in shown],
        "total": found.facts.get("total", 0) + second.facts.get("total", 0),
        "apart": f"First {told}",
    }
    return replace(found, records=(*first, *last), facts=facts, notes=(*found.notes, *second.notes))


def _for(context: Context) -> str:
    """Whom a wish is for, as a sentence says it."""
    return person(context.recipient.relation, context.about) if context.recipient else "you"
