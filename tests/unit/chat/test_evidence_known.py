"""What a product proves is remembered by what is in its record, and by nothing less."""

from dataclasses import replace
from decimal import Decimal

from app.chat.grounding.evidence import evidence_of
from app.chat.records import Record, RecordKind

LAMP = Record(
    RecordKind.PRODUCT,
    "product:1",
    "Harbor lamp",
    {"price": Decimal("19.90"), "specifications": {"color": "red", "dimmable": False}},
    "A lamp for the desk. It lasts 20 hours.",
)


def test_the_same_content_is_read_once() -> None:
    first = evidence_of(LAMP)
    again = evidence_of(replace(LAMP, fields={**LAMP.fields, "specifications": {"color": "red", "dimmable": False}}))
    assert again is first
    assert Decimal("19.90") in first.amounts
    assert first.knows("red")


def test_any_other_content_is_read_anew() -> None:
    changed = [
        replace(LAMP, fields={**LAMP.fields, "price": Decimal("18.90")}),
        replace(LAMP, fields={**LAMP.fields, "price": "19.90"}),
        replace(LAMP, fields={**LAMP.fields, "specifications": {"color": "blue", "dimmable": False}}),
        replace(LAMP, fields={**LAMP.fields, "specifications": {"color": "red", "dimmable": True}}),
        replace(LAMP, text="A lamp for the desk. It lasts 30 hours."),
        replace(LAMP, title="Harbor light"),
        replace(LAMP, id="product:2"),
    ]
    known = evidence_of(LAMP)
    assert all(evidence_of(record) is not known for record in changed)
    assert Decimal("19.90") not in evidence_of(changed[0]).amounts
    assert not evidence_of(changed[2]).knows("red")


def test_nothing_is_remembered_of_people() -> None:
    order = replace(LAMP, kind=RecordKind.ORDER)
    assert evidence_of(order) is not evidence_of(order)
    assert evidence_of(order) == evidence_of(order)
