"""Who customers are: the port that a customer system is connected by."""

from decimal import Decimal
from typing import Protocol

from shop.customers.document import Customer
from shop.orders.document import Address


class CustomerPort(Protocol):
    """Customers of one shop. Every call may raise EngineError. Changes are made once for each request key; to ask for
    one again is to be told of the first."""

    async def get(self, customer_id: str) -> Customer | None:
        """The customer; None where there is none."""
        ...

    async def by_email(self, email: str) -> Customer | None:
        """The one customer with this address; None where there is none, or more than one."""
        ...

    async def by_name(self, first_name: str, last_name: str, postcode: str) -> Customer | None:
        """The one customer of this name and postcode; None where there is none, or more than one."""
        ...

    async def change_address(self, customer_id: str, address: Address, request_key: str) -> Customer:
        """The customer with another default address. Raises CustomerMissing."""
        ...

    async def post(self, customer_id: str, method_id: str, amount: Decimal, request_key: str) -> Customer:
        """Adds an amount to a gift card (negative: spends it). Raises CustomerMissing, BalanceTooLow."""
        ...
