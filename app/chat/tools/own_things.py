"""Which of the caller's orders have the things that a message names."""

from dataclasses import dataclass

from app.chat.tools.order_arguments import OrderArguments, name_of
from app.chat.tools.order_records import order_record
from app.chat.tools.order_results import LOOKED_AT, OrderTool
from app.chat.tools.tool import Caller, Outcome, ToolResult
from shop.orders.document import Order, OrderItem
from shop.rules.words import STOP_WORDS, forms

OWN_THINGS = "own_things"
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class OwnThingsTool(OrderTool):
    """Looks whether words name what the customer has ordered."""

    name: str = OWN_THINGS
    description: str = "Which orders of the customer have the things that a message names."
    changes: bool = False

    @property
    def arguments(self) -> type[OrderArguments]:
        return OrderArguments

    async def run(self, arguments: OrderArguments, caller: Caller, _confirmed: bool = False, /) -> ToolResult:
        if caller.customer_id is None:
            return ToolResult(Outcome.EMPTY)
        orders = await self.actions.orders.of_customer(caller.customer_id, limit=LOOKED_AT)
        named = tuple(order_record(order) for order in orders if has_thing(order, arguments.said))
        return ToolResult(Outcome.DONE if named else Outcome.EMPTY, named)


def has_thing(order: Order, said: str) -> bool:
    """Whether words name an item by what kind of thing it is, or by several words of its name. Pure."""
    wanted = set(forms(said)) - STOP_WORDS
    return any(wanted & _kind(item) or len(wanted & name_of(item)) >= _SEVERAL for item in order.items)


def _kind(item: OrderItem) -> set[str]:
    """The words of an item's name that say what it is: the last two before its variants."""
    head = item.name.split(",")[0].split("(")[0].split(" for ")[0]
    return set(forms(" ".join(head.split()[-2:]))) & name_of(item)
