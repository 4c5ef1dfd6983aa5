"""Whether an answer holds what is expected of it, and what is expected of every answer. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from evaluate.dialogues.script import Expectation

FIRST, MOST = 3, 0.6
"""Of the first products most have to be about what was asked for; those after them may be what is near."""
Answer = Mapping[str, Any]
Products = Mapping[str, Mapping[str, Any]]
"""The shop's records of products, by id."""

_MONEY: Final = re.compile(r"\$\s?(\d[\d,]*(?:\.\d+)?)")


def failures(expected: Expectation, answer: Answer, before: Sequence[str], products: Products) -> list[str]:
    """A sentence for each thing that does not hold. `before`: ids of the products shown last before this answer."""
    return [*_of_products(expected, answer, before, products), *_of_words(expected, answer, before, products)]


def always(answer: Answer, products: Products, said: str = "") -> Iterator[str]:
    """What holds of every answer: products within the budget and the shop, reasons, factors, true prices. `said`: the
    message, whose amounts may be said again."""
    shown = _ids(answer)
    bounds: Mapping[str, Any] = next(
        (wish for wish in answer["shopping_context"]["wishes"] if wish["field"] == "price"), {}
    )
    for item in answer["recommendations"]:
        card = item["product"]
        name, price = card["name"], card["price"]
        record = products.get(card["product_id"])
        if record is None or record["price"] != price:
            yield f"{name} is not in the shop at {price}"
        if answer["intent"] in ("search", "gift") and not bounds.get("low", 0) <= price <= bounds.get("high", price):
            yield f"{name} costs {price}, which is not {answer['shopping_context'].get('budget')}"
        if not item["recommendation_reason"] or set(item["match_factors"]) != {
            "relevance", "price", "occasion", "interest"
        }:  # fmt: skip
            yield f"{name} has no reason or factors"
    if len(shown) != len(set(shown)):
        yield "a product is shown twice"
    if not answer["message"].strip():
        yield "nothing is said"
    yield from _untrue_amounts(answer, products, said)


def _untrue_amounts(answer: Answer, products: Products, said: str) -> Iterator[str]:
    """Amounts of dollars in the text that are no price, budget, difference or sum of prices, and none of what waits for
    a yes, which was worked out from an order when it was proposed."""
    prices = [products[i]["price"] for i in _ids(answer) if i in products]
    prices += [shown["price"] for shown in answer["shopping_context"]["shown"]]
    known = {round(price, 2) for price in prices}
    known |= {round(abs(one - other), 2) for one in prices for other in prices}
    known |= {round(price * int(many), 2) for price in prices for many in re.findall(r"\b\d{1,2}\b", answer["message"])}
    known.add(round(sum(products[i]["price"] for i in _ids(answer) if i in products), 2))
    talked = answer["shopping_context"].get("talked", ())
    one_each = {one["product_id"]: one["price"] for one in (*answer["shopping_context"]["shown"], *talked)}
    sums = {round(sum(some), 2) for many in (2, 3, 4) for some in combinations(one_each.values(), many)}
    if counts := [int(many) for many in re.findall(r"\b(\d{1,2}) of [A-Z]", answer["message"])]:
        several = [price * many for price in one_each.values() for many in counts]
        sums |= {round(sum(some), 2) for many in (2, 3) for some in combinations([*one_each.values(), *several], many)}
    asked = {float(amount) for amount in re.findall(r"\d+(?:\.\d+)?", said)}
    known |= sums | asked | {round(total - amount, 2) for total in sums for amount in asked}
    for wish in answer["shopping_context"]["wishes"]:
        known |= {round(wish[side], 2) for side in ("low", "high") if wish.get(side) is not None}
    for record in (*answer["records"], (answer.get("proposal") or {}).get("summary", "")):
        known |= {float(n) for n in re.findall(r"\d+(?:\.\d+)?", str(record))}
    texts = " ".join(str(products[i]) for i in _ids(answer) if i in products)
    for found in _MONEY.findall(answer["message"]):
        amount = round(float(found.replace(",", "")), 2)
        if amount not in known and found not in texts:
            yield f"${found} is no price that was found"


def _ids(answer: Answer) -> list[str]:
    return [item["product"]["product_id"] for item in answer["recommendations"]]


def _of_products(expected: Expectation, answer: Answer, before: Sequence[str], products: Products) -> Iterator[str]:
    ids = _ids(answer)
    records = [products[i] for i in ids if i in products]
    if expected.least is not None and len(ids) < expected.least:
        yield f"{len(ids)} products, expected {expected.least} or more"
    if expected.most is not None and len(ids) > expected.most:
        yield f"{len(ids)} products, expected {expected.most} at most"
    for record in records:
        yield from (f"{record['name']}: {told}" for told in _of_one(expected, record))
    if expected.about and records:
        first = records[:FIRST]
        fitting = [record for record in first if re.search(expected.about, str(record), re.IGNORECASE)]
        if len(fitting) < MOST * len(first):
            told = ", ".join(record["name"] for record in first)
            yield f"{len(fitting)} of {len(first)} products are about {expected.about}: {told}"
    if expected.fresh and (again := set(ids) & set(before)):
        yield f"shown before: {', '.join(sorted(again))}"


def _of_one(expected: Expectation, record: Mapping[str, Any]) -> Iterator[str]:
    low, high = expected.min_price or 0, expected.max_price or float("inf")
    if not low <= record["price"] <= high:
        yield f"costs {record['price']}, expected {low} to {high}"
    for field, allowed in (
        ("target_gender", expected.gender), ("target_age", expected.age),
        ("brand", expected.brand), ("category", expected.category),
    ):  # fmt: skip
        if allowed and record.get(field) not in allowed:
            yield f"{field} is {record.get(field)}, expected {' or '.join(allowed)}"
    if expected.in_stock and not record.get("in_stock"):
        yield "is out of stock"
    if expected.without and re.search(expected.without, _labels(record), re.IGNORECASE):
        yield f"is not without {expected.without}"


def _labels(record: Mapping[str, Any]) -> str:
    labels = [record["name"], record.get("brand", ""), *record.get("tags", ())]
    return " ".join([*labels, str(record.get("color", ""))])


def _of_words(expected: Expectation, answer: Answer, before: Sequence[str], products: Products) -> Iterator[str]:
    message = answer["message"]
    if expected.intent and answer["intent"] not in expected.intent:
        yield f"intent {answer['intent']}, expected {' or '.join(expected.intent)}: {message}"
    yield from _of_context(expected, answer["shopping_context"])
    for words in expected.says:
        if not re.search(words, message, re.IGNORECASE):
            yield f"does not say {words}: {message}"
    for words in expected.never:
        if found := re.search(words, message, re.IGNORECASE):
            yield f"says {found.group()}: {message}"
    for name in _named(expected, before, products):
        if name not in message and _short(name, products) not in message:
            yield f"does not name {name}: {message}"
    yield from _of_next_steps(expected, answer)


def _short(name: str, products: Products) -> str:
    """A name as one says it beside others: without the brand and the variant, where that leaves two words."""
    brand = next((str(record.get("brand") or "") for record in products.values() if record["name"] == name), "")
    short = name.split(", ")[0].removeprefix(brand).strip()
    return short if len(short.split()) > 1 else name


def _of_context(expected: Expectation, context: Mapping[str, Any]) -> Iterator[str]:
    for name, words in expected.context.items():
        if not re.search(words, str(context.get(name) or ""), re.IGNORECASE):
            yield f"context {name} is {context.get(name)!r}, expected {words}"
    for name in expected.forgotten:
        if context.get(name):
            yield f"context {name} should be gone: {context[name]!r}"


def _of_next_steps(expected: Expectation, answer: Answer) -> Iterator[str]:
    questions = " ".join(answer["clarifying_questions"])
    if expected.asks and not re.search(expected.asks, questions, re.IGNORECASE):
        yield f"does not ask {expected.asks}: {questions}"
    if expected.asks_not and re.search(expected.asks_not, questions, re.IGNORECASE):
        yield f"asks {expected.asks_not}: {questions}"
    waits = str((answer.get("proposal") or {}).get("tool", ""))
    if expected.waits is not None and waits != expected.waits:
        yield f"{waits or 'nothing'} waits for a yes, expected {expected.waits or 'nothing'}: {answer['message'][:200]}"
    if missing := set(expected.actions) - set(answer["next_actions"]):
        yield f"does not offer {', '.join(sorted(missing))}: {answer['next_actions']}"
    if expected.table and not answer.get("table"):
        yield "has no table"


def _named(expected: Expectation, before: Sequence[str], products: Products) -> Iterator[str]:
    for place in expected.names:
        if not before:
            yield "(nothing was shown before)"
        elif place == "cheapest":
            yield products[min(before, key=lambda i: products[i]["price"])]["name"]
        elif place == "dearest":
            yield products[max(before, key=lambda i: products[i]["price"])]["name"]
        elif isinstance(place, int) and abs(place) <= len(before):
            yield products[before[place - 1 if place > 0 else place]]["name"]
        else:
            yield f"(there was no number {place})"
