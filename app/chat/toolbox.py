"""Plans carried out: which tools are called, and what they found, together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from app.chat import answering
from app.chat.answering import Found
from app.chat.calls import Call, Plan
from app.chat.context import RELATIVE, Context
from app.chat.planning import NOT_CONNECTED
from app.chat.reading.intents import Intent
from app.chat.reading.message import Reading
from app.chat.tools.tool import Arguments, Caller, Outcome, Tool, ToolResult

I_SEE: Final = "I see. Tell me what I can find for you, or what it should be like, and I will have a look."
IN_GENERAL: Final = (
    "How things compare in general is nothing that the shop's data tells. Name what you are looking for, and I tell "
    "you what it says of what is here."
)
NOT_CHEAP: Final = "None of them counts as cheap in this shop; this is what there is."
_ECHOED: Final = 4
NO_CHEAPER: Final = "There is nothing of just that kind at such a price."


def no_others(context: Context) -> str:
    """That what was shown is all there is of it."""
    what = f" for “{context.about}”" if context.about and len(context.about.split()) <= _ECHOED else ""
    return f"I have no others{what} that fit. Tell me what should be different, or another thing, and I look again."


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of one shop's conversation."""

    by_name: Mapping[str, Tool[Any]]

    async def run(self, plan: Plan, caller: Caller) -> Found:
        """What the calls of a plan found, together."""
        records: list[Any] = []
        facts: dict[str, Any] = {}
        notes = [plan.say] if plan.say else []
        proposal = None
        for call in plan.calls:
            result = await self.call(call, caller)
            records += result.records
            facts |= result.facts
            if "asks" in result.facts:
                facts["asks"] = {**result.facts["asks"], "tool": call.tool, "arguments": dict(call.arguments)}
            notes += [result.say] if result.say else []
            proposal = result.proposal or proposal
        if proposal is not None and plan.after:
            proposal = {**proposal, "then": [_as_json(one) for one in plan.after]}
        found = Found(tuple(records), facts, tuple(notes), tuple(facts.get("degraded", ())), proposal)
        if plan.then and len(found.products) > 1:
            ids = [record.fields["product_id"] for record in found.products]
            return await self.run(Plan((Call(plan.then, {"product_ids": ids[:4]}),), plan.say), caller)
        return found

    async def call(self, call: Call, caller: Caller, *, confirmed: bool = False) -> ToolResult:
        """What one call found; of a tool that the shop does not have, that it is not connected."""
        tool = self.by_name.get(call.tool)
        if tool is None:
            return ToolResult(Outcome.UNAVAILABLE, say=NOT_CONNECTED)
        arguments: Arguments = tool.arguments.model_validate(dict(call.arguments))
        return await tool.run(arguments, caller, confirmed)

    async def first_that_finds(self, calls: Sequence[Call], found: Found, context: Context, caller: Caller) -> Found:
        """The first search that finds something with fewer wishes, and what it goes without."""
        for call in calls:
            easier = await self.run(Plan((call,)), caller)
            if easier.products and not (found.products and easier.beside_the_point):
                kept = call.arguments["filters"]
                price = context.wish("price")
                note = NO_CHEAPER if price and price.op in RELATIVE else answering.left_out(context, kept)
                facts = {**easier.facts, "for_anybody": answering.for_anybody(context, kept)}
                return replace(easier, facts=facts, notes=(*found.notes, note))
        return found

    async def settle(self, reading: Reading, pending: Mapping[str, Any], caller: Caller) -> Found:
        """Does what waited for a yes and proposes what was to come after it; after a no does nothing of either."""
        if reading.intent is Intent.DENY:
            return Found(notes=("All right, I have changed nothing.",))
        result = await self.call(Call(pending["tool"], pending["arguments"]), caller, confirmed=True)
        found = Found(result.records, result.facts, (result.say,) if result.say else ())
        then = [Call(one["tool"], one["arguments"]) for one in pending.get("then", ())]
        if not then:
            return found
        after = await self.run(Plan((then[0],), after=tuple(then[1:])), caller)
        notes, records = (*found.notes, *after.notes), (*found.records, *after.records)
        return Found(records, {**found.facts, **after.facts}, notes, proposal=after.proposal)


def _as_json(call: Call) -> dict[str, Any]:
    return {"tool": call.tool, "arguments": dict(call.arguments)}
