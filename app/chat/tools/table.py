"""The tools over orders, accounts, tickets, stock, promotions and reviews, by name."""

from dataclasses import dataclass
from typing import Any

from app.chat.tools.offers import AvailabilityTool, PromotionsTool, ReviewsTool
from app.chat.tools.order_changes import CancelTool, ChangeAddressTool, ChangePaymentTool
from app.chat.tools.order_options import OrderOptionsTool
from app.chat.tools.order_returns import ExchangeTool, ReturnTool
from app.chat.tools.orders import OrderStatusTool, RefundStatusTool, ReturnEligibilityTool
from app.chat.tools.own_things import OwnThingsTool
from app.chat.tools.support import AccountTool, HandOverTool, TicketTool
from app.chat.tools.tool import Tool
from shop.orders.actions import OrderActions
from shop.promotions.store import PromotionStore
from shop.reviews.store import ReviewStore
from shop.tickets.port import TicketPort


@dataclass(frozen=True, slots=True)
class Desk:
    """What support works with: the ports behind `actions`, and tickets, promotions and reviews."""

    actions: OrderActions
    tickets: TicketPort
    promotions: PromotionStore
    reviews: ReviewStore

    def tools(self) -> dict[str, Tool[Any]]:
        """Every tool, by its name."""
        actions = self.actions
        made: list[Tool[Any]] = [
            OrderStatusTool(actions),
            OrderOptionsTool(actions),
            OwnThingsTool(actions),
            ReturnEligibilityTool(actions),
            ReturnTool(actions),
            CancelTool(actions),
            ExchangeTool(actions),
            ChangeAddressTool(actions),
            ChangePaymentTool(actions),
            RefundStatusTool(actions),
            AccountTool(actions.customers),
            TicketTool(self.tickets),
            HandOverTool(self.tickets),
            AvailabilityTool(actions.inventory),
            PromotionsTool(self.promotions),
            ReviewsTool(self.reviews),
        ]
        return {tool.name: tool for tool in made}
