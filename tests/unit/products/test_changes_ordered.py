"""Changes in any order: what is stored at the end is what the newest say. On plain values."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from es.mappings import products as fields
from shop.products.changes.change import Result, tag_of
from shop.products.changes.request import ChangeRequest, Op, loaded, requested
from shop.products.changes.steps import Stored, planned, stored_of
from shop.products.changes.versions import Marks, Versions
from shop.products.document import Product
from shop.products.stored import stored_form
from tests.factory import product

CHANGED = st.fixed_dictionaries(
    {},
    optional={
        "price": st.integers(0, 5),
        "brand": st.sampled_from(["Acme", "Umbra", None]),
        "stock_quantity": st.integers(0, 2),
        "in_stock": st.booleans(),
        "specifications": st.none()
        | st.dictionaries(st.sampled_from(["Colour", "size"]), st.sampled_from(["red", "M", None])),
    },
)
PATCHES = st.lists(CHANGED, min_size=2, max_size=4)


class Shelf:
    """What is stored of one product, as the index would keep it."""

    def __init__(self, start: Product | None) -> None:
        self.source: dict[str, Any] | None = stored_form(start) if start else None
        self.deletion: Versions | None = None

    def make(self, request: ChangeRequest, *, decides: bool = True) -> Result:
        change = request.change(decides=decides)
        if change.deleted and change.order is not None:
            past = self.deletion.version.whole if self.deletion else 0
            self.deletion = Versions(Marks(max(past, change.order.value)), told=True)
        doc = {"found": self.source is not None, "_source": self.source or {}}
        plan = planned(change, stored_of(doc, self.deletion))
        if plan.product is not None:
            self.source = {**stored_form(plan.product), fields.CHANGE_VERSIONS: plan.versions.as_source()}
        elif plan.outcome.result is Result.DELETED or (self.source and plan.stored.product is None):
            self.source = None
        return plan.outcome.result

    @property
    def stored(self) -> Stored:
        return stored_of({"found": self.source is not None, "_source": self.source or {}}, self.deletion)


def asked(op: str, version: int | None = None, **values: Any) -> ChangeRequest:  # noqa: ANN401
    found = requested(op, "p", values, version)
    assert isinstance(found, ChangeRequest), found
    return found


@given(PATCHES)
def test_changes_of_fields_end_the_same_in_any_order(patches: list[dict[str, Any]]) -> None:
    requests = [asked("patch", n, **values) for n, values in enumerate(patches, 1)]
    ends = set()
    for order in permutations(requests):
        shelf = Shelf(product("p", price="9", specifications={"size": "L"}))
        for request in order:
            assert shelf.make(request) is not Result.REFUSED
        assert shelf.stored.product is not None
        ends.add(tag_of(shelf.stored.product))
    assert len(ends) == 1


@given(PATCHES, st.integers(1, 4))
def test_a_whole_product_goes_under_newer_changes_and_over_older_ones(patches: list[dict[str, Any]], at: int) -> None:
    requests = [asked("patch", 10 * n, **values) for n, values in enumerate(patches, 1)]
    requests.insert(at, asked("put", 10 * at + 5, name="Whole", price=7, stock_quantity=1, tags="new"))
    ends = set()
    for order in permutations(requests):
        shelf = Shelf(product("p", price="9"))
        for request in order:
            shelf.make(request)
        assert shelf.stored.product is not None
        ends.add(tag_of(shelf.stored.product))
    assert len(ends) == 1


@given(st.permutations([("put", n) for n in range(1, 5)] + [("delete", 5)]), st.booleans())
def test_the_newest_counts_whole_products_and_deletions(order: list[tuple[str, int]], newer: bool) -> None:
    shelf = Shelf(product("p"))
    if newer:
        order = [*order[:2], ("put", 6), *order[2:]]
    for op, version in order:
        shelf.make(asked(op, version, **({"name": f"v{version}", "price": 1} if op == "put" else {})))
    left = shelf.stored.product
    assert left.name == "v6" if newer and left else left is None


def test_every_change_twice_is_as_once() -> None:
    shelf = Shelf(product("p"))
    patch = asked("patch", 3, price=2, specifications={"color": "red"})
    assert [shelf.make(patch), shelf.make(patch)] == [Result.CHANGED, Result.UNCHANGED]
    gone = asked("delete", 4)
    assert [shelf.make(gone), shelf.make(gone), shelf.make(patch)] == [Result.DELETED, Result.UNCHANGED, Result.STALE]


def test_two_clocks_are_compared_each_with_itself() -> None:
    shelf = Shelf(product("p"))
    early, late = asked("patch", price=1), asked("patch", price=2)
    assert late.accepted >= early.accepted
    assert shelf.make(late) is Result.CHANGED
    assert shelf.make(early) in (Result.STALE, Result.CHANGED)
    assert shelf.make(asked("patch", 1, price=3)) is Result.CHANGED
    assert shelf.make(asked("patch", price=4), decides=False) is Result.CHANGED
    assert shelf.make(asked("patch", 1, brand="B")) is Result.CHANGED


def test_a_product_of_a_load_outlives_its_deletion_until_it_is_changed() -> None:
    shelf = Shelf(product("p"))
    shelf.make(asked("delete", 7))
    shelf.source = stored_form(product("p"))
    assert shelf.make(asked("patch", 6, price=1)) is Result.CHANGED
    assert shelf.stored.product is not None


@pytest.mark.parametrize("op", list(Op))
def test_a_change_travels_as_json(op: Op) -> None:
    values = {} if op is Op.DELETE else {"name": "A", "price": 1, "specifications": {"a": [1, "x"]}}
    request = asked(op.value, 5, **values)
    assert loaded(request.dumped()) == request


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b'{"op": "put"}', b'{"op":"put","product_id":"a","fields":{},"version":1}']
)
def test_what_is_no_change_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        loaded(raw)


def test_the_tag_is_of_the_content_alone() -> None:
    one = product("p", price="9.9", specifications={"a": "1", "b": "2"})
    other = product("p", price="9.90", specifications={"b": "2", "a": "1"})
    assert tag_of(one) == tag_of(other) != tag_of(product("p", price="9.91"))
