"""Second adapters of the ports: a shop's orders, customers, tickets and stock in memory."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from shop.customers.document import Customer, CustomerMissing, folded
from shop.inventory.stock import StockItem
from shop.orders.document import Address, Order, order_key
from shop.orders.port import HeldOrder, OrderChanged
from shop.tickets.document import NewTicket, Ticket
from shop.tickets.store import ticket_id as ticket_number


class MemoryOrders:
    """OrderPort; the state of an order counts its changes."""

    def __init__(self, orders: Sequence[Order] = ()) -> None:
        self._orders = {order_key(order.order_id): (order, 1) for order in orders}

    async def get(self, order_id: str) -> HeldOrder | None:
        found = self._orders.get(order_key(order_id))
        return None if found is None else HeldOrder(*found)

    async def of_customer(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        mine = [order for order, _ in self._orders.values() if order.customer_id == customer_id]
        undated = datetime.min.replace(tzinfo=UTC)
        mine.sort(key=lambda order: order_key(order.order_id))
        return sorted(mine, key=lambda order: order.placed_at or undated, reverse=True)[:limit]

    async def save(self, held: HeldOrder, order: Order) -> HeldOrder:
        key = order_key(order.order_id)
        if self._orders[key][1] != held.state:
            raise OrderChanged(order.order_id)
        self._orders[key] = (order, held.state + 1)
        return HeldOrder(*self._orders[key])

    async def load(self, orders: Sequence[Order]) -> list[str]:
        self._orders |= {order_key(order.order_id): (order, 1) for order in orders}
        return [""] * len(orders)


class MemoryCustomers:
    """CustomerPort."""

    def __init__(self, customers: Sequence[Customer] = ()) -> None:
        self._customers = {customer.customer_id: customer for customer in customers}

    async def get(self, customer_id: str) -> Customer | None:
        return self._customers.get(customer_id)

    async def by_email(self, email: str) -> Customer | None:
        return self._only([one for one in self._customers.values() if folded(one.email) == folded(email)])

    async def by_name(self, first_name: str, last_name: str, postcode: str) -> Customer | None:
        wanted = (folded(f"{first_name} {last_name}"), folded(postcode))
        return self._only(
            [
                one
                for one in self._customers.values()
                if one.address and (folded(f"{one.first_name} {one.last_name}"), folded(one.address.postcode)) == wanted
            ]
        )

    async def change_address(self, customer_id: str, address: Address, request_key: str) -> Customer:
        before = self._there(customer_id)
        if not before.changed_for(request_key):
            self._customers[customer_id] = before.with_address(address, request_key, datetime.now(UTC))
        return self._customers[customer_id]

    async def post(self, customer_id: str, method_id: str, amount: Decimal, request_key: str) -> Customer:
        before = self._there(customer_id)
        if not before.changed_for(request_key):
            self._customers[customer_id] = before.with_posting(method_id, amount, request_key, datetime.now(UTC))
        return self._customers[customer_id]

    async def load(self, customers: Sequence[Customer]) -> list[str]:
        self._customers |= {customer.customer_id: customer for customer in customers}
        return [""] * len(customers)

    def _there(self, customer_id: str) -> Customer:
        if customer_id not in self._customers:
            raise CustomerMissing(customer_id)
        return self._customers[customer_id]

    def _only(self, found: Sequence[Customer]) -> Customer | None:
        return found[0] if len(found) == 1 else None


class MemoryTickets:
    """TicketPort."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}

    async def create(self, wanted: NewTicket, request_key: str) -> Ticket:
        number = ticket_number(request_key)
        made = Ticket(**wanted.model_dump(), ticket_id=number, created_at=datetime.now(UTC))
        return self._tickets.setdefault(number, made)

    async def get(self, ticket_id: str) -> Ticket | None:
        return self._tickets.get(ticket_id)

    async def of_customer(self, customer_id: str, *, limit: int = 20) -> Sequence[Ticket]:
        mine = [ticket for ticket in self._tickets.values() if ticket.customer_id == customer_id]
        return sorted(mine, key=lambda ticket: ticket.created_at, reverse=True)[:limit]


class MemoryInventory:
    """InventoryPort."""

    def __init__(self, items: Sequence[StockItem] = ()) -> None:
        self._items = {item.item_id: item for item in items}

    async def items(self, item_ids: Sequence[str]) -> Mapping[str, StockItem]:
        return {item_id: self._items[item_id] for item_id in item_ids if item_id in self._items}

    async def variants(self, product_id: str) -> Sequence[StockItem]:
        return sorted((i for i in self._items.values() if i.product_id == product_id), key=lambda i: i.item_id)
