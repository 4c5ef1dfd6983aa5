"""Answers that are true: of the built-in writer, and in the words of a language model. Seeded."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.chat.composing.builtin import written
from app.chat.composing.composer import Brief
from app.chat.context import Context, Wish
from app.chat.matching import matched
from app.chat.records import Record, RecordKind
from app.chat.tools.shopping import compared, price_facts, product_record
from app.chat.wording import listed, money
from evaluate.grounding.documents import DOCUMENTS, SAID_OF_DOCUMENTS
from shop.demo.catalogue import read_catalogue

SHOWN: Final = 5
# As an answer is cut into sentences while it is written.
_PARTS: Final = re.compile(r"(?<=[.!?\u2026])\s+")


@dataclass(frozen=True, slots=True)
class Told:
    """A true answer: its sentences in order, and what it was made from. `by`: who words it so."""

    brief: Brief
    sentences: tuple[str, ...]
    by: str

    @property
    def products(self) -> list[Record]:
        """The products among its records."""
        return [record for record in self.brief.records if record.kind is RecordKind.PRODUCT]

    def named(self, text: str) -> list[Record]:
        """The products that a text names."""
        return [record for record in self.products if record.title in text]

    def hidden(self, text: str) -> str:
        """The text with titles blanked, for they hold numbers of their own."""
        for record in self.products:
            for name in (record.title, record.title.split(",")[0]):
                text = text.replace(name, " " * len(name))
        return text


def catalogue() -> list[Record]:
    """The demo's products as the conversation reads them."""
    return [product_record({**row, "price": float(Decimal(str(row["price"])))}) for row in map(dict, read_catalogue())]


def answers(seed: int, count: int) -> Iterator[Told]:
    """True answers, as many of each writer."""
    draw = random.Random(seed)
    products = catalogue()
    makers = [_found, _compared, _details, _price, _availability, _reviews, _documents]
    for n in range(count):
        yield makers[n % len(makers)](draw, products)
        yield _model(draw, products)


def _some(draw: random.Random, products: Sequence[Record], count: int) -> list[Record]:
    """Products of one category and of several families."""
    first = draw.choice(products)
    alike = [p for p in products if p.fields.get("category") == first.fields.get("category") and p.id != first.id]
    return [first, *draw.sample(alike, count - 1)]


def _found(draw: random.Random, products: Sequence[Record]) -> Told:
    shown = _some(draw, products, draw.randint(1, SHOWN))
    high = max(r.fields["price"] for r in shown) + draw.choice([5, 10, 50])
    currency = shown[0].fields["currency"]
    wish = Wish("price", "lte", high, "under", high=high, currency=currency)
    context = Context(interests=tuple(draw.sample(list(shown[0].fields["tags"]), 1)), wishes=(wish,))
    told = {"budget": f"under {money(high, currency).removesuffix('.00')}", "about": context.interests[0]}
    reasons = {r.id: matched(r, 0.8, context).reason for r in shown}
    brief = Brief(
        "gift" if draw.random() < 0.5 else "search",
        f"something for {context.interests[0]} {draw.random()}",
        told,
        tuple(shown),
        {"reasons": reasons, "total": len(shown) + draw.randint(0, 40)},
    )
    return _built_in(brief)


def _compared(draw: random.Random, products: Sequence[Record]) -> Told:
    two = tuple(_some(draw, products, draw.choice([2, 2, 3])))
    facts = {"table": compared(two), **price_facts(two)}
    return _built_in(Brief("compare", f"compare them {draw.random()}", {}, two, facts))


def _details(draw: random.Random, products: Sequence[Record]) -> Told:
    record = draw.choice(products)
    names = list(record.fields["specifications"])
    asked = draw.choice(
        [
            "tell me more about it",
            f"what is its {draw.choice(names).replace('_', ' ')}?",
            "does it have a flux capacitor?",
        ]
    )
    return _built_in(Brief("product_details", asked, {}, (record,)))


def _price(draw: random.Random, products: Sequence[Record]) -> Told:
    return _built_in(Brief("price", "how much is it?", {}, tuple(_some(draw, products, draw.randint(1, 2)))))


def _availability(draw: random.Random, products: Sequence[Record]) -> Told:
    return _built_in(Brief("availability", "is it in stock?", {}, tuple(_some(draw, products, draw.randint(1, 3)))))


def _reviews(draw: random.Random, products: Sequence[Record]) -> Told:
    return _built_in(Brief("reviews", "any good?", {}, tuple(_some(draw, products, draw.randint(1, 2)))))


def _documents(draw: random.Random, _: Sequence[Record]) -> Told:
    place = draw.randrange(len(DOCUMENTS))
    others = [d for d in DOCUMENTS if d is not DOCUMENTS[place]]
    records = (DOCUMENTS[place], *draw.sample(others, 2))
    if draw.random() < 0.5:
        return _built_in(Brief("knowledge", "how does it work?", {}, records))
    words = SAID_OF_DOCUMENTS[DOCUMENTS[place].id]
    return Told(
        Brief("knowledge", "how does it work?", {}, records), tuple(draw.sample(words, min(2, len(words)))), "model"
    )


def _built_in(brief: Brief) -> Told:
    parts = (part for sentence in written(brief) for part in _PARTS.split(sentence.text))
    return Told(brief, tuple(parts), "built-in")


def _model(draw: random.Random, products: Sequence[Record]) -> Told:
    """What a language model makes of two or three products."""
    shown = _some(draw, products, draw.randint(2, 3))
    currency = shown[0].fields["currency"]
    high = max(r.fields["price"] for r in shown) + 10
    brief = Brief(
        "search",
        "what do you recommend?",
        {"budget": f"under {money(high, currency).removesuffix('.00')}"},
        tuple(shown),
        {"total": len(shown)},
    )
    sentences = [draw.choice(_OPENINGS).format(n=len(shown))]
    sentences += draw.sample(list(_of_all(shown, money(high, currency).removesuffix(".00"))), 1)
    for record in shown[:2]:
        ways = list(_of_one(record))
        sentences += [draw.choice([w for w in ways if _short(record) in w])]
        sentences += draw.sample([w for w in ways if w.startswith(("It ", "Its "))], 1)
    sentences += draw.sample(list(_of_two(shown)), 1)
    return Told(brief, tuple(sentences), "model")


_OPENINGS: Final = (
    "Here are {n} options that I think you'll love!",
    "Great question!",
    "I found {n} products for you.",
    "Sure, let's have a look.",
    "Happy to help!",
    "Of course!",
)


def _short(record: Record) -> str:
    return record.title.split(",")[0]


def _of_all(shown: Sequence[Record], high: str) -> Iterator[str]:
    yield f"All of them are under {high}."
    yield "They all fit your budget."
    dearest = money(max(r.fields["price"] for r in shown), shown[0].fields["currency"])
    yield f"All of these cost no more than {dearest}."
    if all(r.fields["in_stock"] for r in shown):
        yield "All of them are in stock."
    total = sum(Decimal(str(r.fields["price"])) for r in shown)
    yield f"Together they cost {money(total, shown[0].fields['currency'])}."


def _of_one(record: Record) -> Iterator[str]:
    """Sentences that are true of a product, by its full name, a short one, and "it"."""
    f = record.fields
    price = money(f["price"], f["currency"])
    full, short = record.title, record.title
    stock = "in stock" if f["in_stock"] else "out of stock"
    yield f"The **{full}** costs {price} and is {stock}."
    yield f"At {price}, the {short} is a great choice."
    yield f"I'd recommend the {full} ({price})."
    yield f"{full} \u2013 {price}: a lovely pick for anyone who likes {f['tags'][0]}."
    yield f"It is priced at {price}."
    yield f"It is currently {stock}."
    if f.get("rating") and f.get("review_count"):
        yield f"The {short} is rated {f['rating']:g} out of 5 by {f['review_count']:,} customers."
        yield f"It has {f['rating']:g} stars from {f['review_count']:,} reviews."
    if f.get("features"):
        yield f"The {short} comes with {listed(f['features'][:2])}."
        yield f"It features {f['features'][-1]}."
    specs: Mapping[str, Any] = f["specifications"]
    if "material" in specs:
        yield f"It is made of {specs['material']}."
    if "color" in specs:
        yield f"The {short} comes in {specs['color']}."
    for name, value in specs.items():
        if (phrase := _phrase(name, value)) is not None:
            yield f"It {phrase}."
            yield f"The {short} {phrase}, which makes it a good choice for everyday use."


_PHRASES: Final[dict[str, Callable[[Any], str]]] = {
    "weight_g": lambda v: f"weighs {v:g} g" if v < 1000 else f"weighs {v / 1000:g} kg",
    "battery_hours": lambda v: f"runs for {v:g} hours on one charge",
    "capacity_l": lambda v: f"holds {v:g} litres",
    "screen_inches": lambda v: f"has a {v:g}-inch screen",
    "storage_gb": lambda v: f"has {v:g} GB of storage",
    "height_cm": lambda v: f"is {v:g} cm tall",
    "width_cm": lambda v: f"is {v:g} cm wide",
    "warranty_years": lambda v: f"comes with a {v:g}-year warranty",
    "pages": lambda v: f"has {v:g} pages",
    "camera_mp": lambda v: f"has a {v:g} MP camera",
    "waterproof": lambda v: "is waterproof" if v else "is not waterproof",
    "wireless": lambda v: "is wireless" if v else "is not wireless",
    "dishwasher_safe": lambda v: "is dishwasher safe" if v else "is not dishwasher safe",
    "vegan": lambda v: "is vegan" if v else "is not vegan",
    "organic": lambda v: "is organic" if v else "is not organic",
    "handmade": lambda v: "is handmade" if v else "is not handmade",
    "insulated": lambda v: "is insulated" if v else "is not insulated",
    "people": lambda v: f"is meant for {v} people" if v > 1 else "is meant for 1 person",
}


def _phrase(name: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
    return _PHRASES[name](value) if name in _PHRASES else None


def _of_two(shown: Sequence[Record]) -> Iterator[str]:
    """What a comparison of the first two says."""
    one, two = shown[0], shown[1]
    cheap, dear = sorted((one, two), key=lambda r: Decimal(str(r.fields["price"])))
    low, high = (Decimal(str(r.fields["price"])) for r in (cheap, dear))
    yield "Would you like to know more about one of them?"
    yield "Let me know if you want to see other colours or a different budget."
    if low != high:
        difference = money(high - low, cheap.fields["currency"])
        yield f"The {cheap.title} is cheaper than the {dear.title}."
        yield f"The {cheap.title} is {difference} cheaper than the {dear.title}."
        yield f"You save {difference} with the {cheap.title} compared with the {dear.title}."
    least = min(Decimal(str(r.fields["price"])) for r in shown)
    yield f"The {next(r for r in shown if Decimal(str(r.fields['price'])) == least).title} is the cheapest of them."
    weights = [(r.fields["specifications"].get("weight_g"), r) for r in (one, two)]
    if all(w for w, _ in weights) and weights[0][0] != weights[1][0]:
        light, heavy = sorted(weights, key=lambda pair: pair[0])
        yield f"The {light[1].title} is lighter than the {heavy[1].title}."
    ratings = [(float(r.fields["rating"]), r) for r in shown if r.fields.get("rating")]
    if len(ratings) == len(shown):
        best = max(ratings, key=lambda pair: pair[0])
        yield f"The {best[1].title} is the highest rated, at {best[0]:g} of 5."
    first, second = (money(record.fields["price"], record.fields["currency"]) for record in (one, two))
    yield f"The {one.title} is {first}, while the {two.title} is {second}."
