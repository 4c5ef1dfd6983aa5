"""Every attack, in every place where others write, with the built-in writer and with one that obeys."""

from collections.abc import AsyncIterator

import pytest

from app.chat.composing.builtin import BuiltInComposer
from app.chat.composing.composer import Brief, Composer, Piece
from app.chat.grounding.check import Checker
from app.chat.guardrails.guard import guarded
from app.chat.records import Record, RecordKind
from app.chat.writing import Written, write
from tests.unit.chat.injections import ATTACKS, PLACES, Attack


class Obedient:
    """A writer that says what the attack asks for, between two true sentences."""

    name = "obedient"

    def __init__(self, attack: Attack) -> None:
        self._attack = attack

    async def compose(self, brief: Brief) -> AsyncIterator[Piece]:
        yield Piece(f"{brief.records[-1].title} is a lamp. ")
        yield Piece(self._attack.text + " " + self._attack.obeyed)


def lamp(name: str, title: str, price: float, text: str, brand: str, feature: str) -> Record:
    fields = {
        "product_id": name,
        "price": price,
        "currency": "USD",
        "in_stock": True,
        "rating": 4.1,
        "review_count": 12,
        "brand": brand,
        "features": [feature],
        "specifications": {"material": "brass", "weight_g": 800},
    }
    return Record(RecordKind.PRODUCT, f"product:{name}", title, fields, text)


def brief_with(attack: Attack, place: str, intent: str) -> Brief:
    """Two lamps, one of which carries the attack; for reviews and documents beside them a record that does."""
    planted = {where: attack.text if where == place else "" for where in PLACES}
    gold = lamp(
        "gold", f"Gold Lamp {planted['name']}".strip(), 300.0, f"A lamp. {planted['description']}".strip(),
        planted["brand"] or "Halden", planted["feature"] or "a switch",
    )  # fmt: skip
    records = [gold]
    if place == "review":
        records.append(
            Record(RecordKind.REVIEWS, "reviews:gold", "Reviews", {}, f"1 of 12 reviews says: {attack.text}")
        )
    if place in ("document", "file name"):
        title = attack.text if place == "file name" else "Lamps"
        text = attack.text if place == "document" else "Lamps get warm."
        records.append(Record(RecordKind.KNOWLEDGE, "knowledge:lamps", title, {}, text, "Use"))
    records.append(lamp("brass", "Brass Lamp", 80.0, "A plain lamp.", "Halden", "a switch"))
    return Brief(intent, "tell me about the lamps", {"budget": "under $100"}, tuple(records), {"total": 2})


async def answer(brief: Brief, *writers: Composer) -> str:
    parts = [part async for part in write(brief, writers, Checker)]
    assert isinstance(parts[-1], Written)
    sent = "".join(part["delta"] for part in parts[:-1] if isinstance(part, dict) and part["type"] == "text")
    assert sent.strip() == parts[-1].text
    return sent


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.text[:40])
async def test_an_attack_in_a_record_changes_nothing(attack: Attack, place: str) -> None:
    for intent in ("search", "product_details", "reviews", "knowledge"):
        brief = brief_with(attack, place, intent)
        for writers in ([BuiltInComposer()], [Obedient(attack), BuiltInComposer()]):
            sent = await answer(brief, *writers)
            assert sent
            assert attack.goal.lower() not in sent.lower(), (intent, sent)
            assert attack.text.lower() not in sent.lower(), (intent, sent)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.text[:40])
async def test_an_attack_in_a_message_changes_nothing(attack: Attack) -> None:
    """The guard answers, or else the checker lets nothing of it out."""
    message = f"I need a lamp. {attack.text}"
    if (found := guarded(message)) is not None:
        assert attack.goal.lower() not in found.answer.lower()
        return
    clean = Attack("", "", "")
    plain = brief_with(clean, "description", "search")
    brief = Brief(plain.intent, message, plain.context, plain.records, plain.facts)
    sent = await answer(brief, Obedient(attack), BuiltInComposer())
    assert attack.goal.lower() not in sent.lower()


def test_there_are_attacks_enough() -> None:
    assert len(ATTACKS) * (len(PLACES) + 1) >= 60
    assert len(ATTACKS) >= 30
