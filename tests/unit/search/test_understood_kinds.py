"""Families of requests: bundles, directions, makers that only names tell, lists, properties of two attributes."""

from collections.abc import Iterable
from typing import Any

import pytest

from app.search.clauses import clause
from app.search.filters import NotFilter, WordFilter
from app.search.keeping import Kept, unpacked
from app.search.understanding.applying import filters_of
from app.search.understanding.found import Op, Understanding
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.naming import NamedIn
from app.search.understanding.things import things_in
from app.search.understanding.understand import understand
from shop.products.document import Product
from shop.products.vocabulary import vocabulary_of


def lexicon_of(rows: Iterable[dict[str, Any]]) -> Lexicon:
    listed = [{"product_id": f"p{i}", "price": 10 + i, **row} for i, row in enumerate(rows)]
    return Lexicon(vocabulary_of([Product.model_validate(row) for row in listed], "families"))


@pytest.fixture(scope="module")
def kitchen() -> Lexicon:
    """Glasses in sets, pots by their diameter, planters by height alone."""
    glasses = [
        {"name": f"Tumblers {word}", "categories": ["Glasses"], "specifications": {"pieces": n, "color": word}}
        for word in ("red", "blue", "green")
        for n in (2, 4, 6)
    ]
    pots = [
        {"name": f"Pot no {i}", "categories": ["Pots"], "specifications": {"diameter_cm": 10 + 5 * i}} for i in range(6)
    ]
    planters = [
        {"name": f"Planter no {i}", "categories": ["Planters"], "specifications": {"height_cm": 20 + 5 * i}}
        for i in range(6)
    ]
    return lexicon_of([*glasses, *pots, *planters])


@pytest.fixture(scope="module")
def names() -> Lexicon:
    """Shoes and shirts whose makers only their names tell."""
    makers = ("Nike", "Puma", "Peter England", "Adidas")
    return lexicon_of(
        {"name": f"{maker} {word} {what}", "categories": [f"Wear/{what}s"], "specifications": {"color": word}}
        for maker in makers
        for what in ("Shoe", "Shirt")
        for word in ("black", "white", "blue")
    )


@pytest.fixture(scope="module")
def leads() -> Lexicon:
    """Cables and mice; the colour of a cable stands in an attribute of its own where it is no cable for pictures."""
    patch = [
        {"name": f"Patch cable {i} {word}", "specifications": {"cable_color": word, "plug": "rj45"}}
        for i in range(5)
        for word in ("yellow", "red")
    ]
    video = [
        {"name": f"Video cable {i} {word}", "specifications": {"color": word, "plug": "vga"}}
        for i in range(5)
        for word in ("yellow", "black")
    ]
    mice = [{"name": f"Mouse {i} {c}", "specifications": {"color": c}} for i in range(5) for c in ("red", "black")]
    return lexicon_of([*patch, *video, *mice])


def told(text: str, lexicon: Lexicon) -> list[tuple[str, str, object]]:
    return [(one.field, one.op.value, one.as_json()["value"]) for one in understand(text, lexicon).constraints]


@pytest.mark.parametrize("text", ["tumblers set of 4", "a pack of four tumblers"])
def test_a_bundle_is_as_many_pieces(kitchen: Lexicon, text: str) -> None:
    assert ("pieces", "eq", 4) in told(text, kitchen)


def test_a_bundle_of_what_no_attribute_counts_stays_words(names: Lexicon) -> None:
    assert understand("pack of 6 shirts", names).text == "pack of 6"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pot no wider than 20 cm", [("diameter_cm", "lte", 20)]),
        ("no pot wider than 20 cm", [("diameter_cm", "lte", 20)]),
        ("planter wider than 20 cm", []),
        ("planter taller than 30 cm", [("height_cm", "gte", 30)]),
        ("planter 30 x 30 cm", []),
        ("planter 30 cm x 25 cm", []),
    ],
)
def test_a_measure_is_of_its_direction(kitchen: Lexicon, text: str, found: list[tuple[str, str, object]]) -> None:
    assert [one for one in told(text, kitchen) if one[0] != "shop_category"] == found


def test_what_must_not_be_dearer_keeps_what_it_is(kitchen: Lexicon) -> None:
    assert {"price", "shop_category"} == {one[0] for one in told("no planter over 50 dollars", kitchen)}


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("anything but nike black shoes", ["nike"]),
        ("not nike or puma shoes", ["nike", "puma"]),
        ("shirts other than peter england", ["peter england"]),
        ("not peter england shirts", ["peter england"]),
        ("shirts except nike, puma and adidas", ["nike", "puma", "adidas"]),
        ("shoes except nike black", ["nike"]),
        ("no nike shoes", []),
        ("not your average shoes", []),
    ],
)
def test_makers_that_only_names_tell_are_left_out(names: Lexicon, text: str, left_out: list[str]) -> None:
    assert [value for field, _, value in told(text, names) if field == "words"] == left_out


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("shirt without collar, buttons and pockets", ["collar", "buttons", "pockets"]),
        ("shirt without collar 16 oz", ["collar"]),
        ("shirt without pockets blue", ["pockets"]),
        ("shirt no collar, blue shoes", ["collar"]),
        ("shirt no collar no pockets", ["collar", "pockets"]),
    ],
)
def test_lists_of_what_must_not_be(names: Lexicon, text: str, left_out: list[str]) -> None:
    assert [value for field, _, value in told(text, names) if field == "words"] == left_out


@pytest.mark.parametrize("text", ["orange juice", "black tea", "faux leather shoe"])
def test_fixed_expressions_are_no_values(text: str) -> None:
    colors = ("orange", "black") * 4
    rows = [{"name": f"Shoe {i}", "specifications": {"color": c, "material": "leather"}} for i, c in enumerate(colors)]
    assert understand(text, lexicon_of(rows)).constraints == ()


def test_a_property_of_two_attributes_is_looked_for_in_both(leads: Lexicon) -> None:
    found = understand("yellow cable", leads)
    assert [(one.field, one.also_in) for one in found.constraints] in (
        [("color", ("cable_color",))],
        [("cable_color", ("color",))],
    )
    (given,) = filters_of(found.constraints)
    assert isinstance(given, WordFilter)
    assert len(clause(given)["bool"]["should"]) == 2
    assert unpacked(Kept(understood=found).packed()).understood == found


def test_a_property_of_two_attributes_is_left_out_in_both(leads: Lexicon) -> None:
    found = understand("cable not yellow", leads)
    (given,) = filters_of(found.constraints)
    assert isinstance(given, NotFilter)
    assert {given.of, *given.also_in} == {"color", "cable_color"}
    assert found.as_json()["constraints"][0]["also_in"] == list(given.also_in)


def test_one_attribute_that_all_have_is_enough(leads: Lexicon) -> None:
    assert [(one.field, one.also_in) for one in understand("red mouse", leads).constraints] == [("color", ())]


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("blue or black shoes", "color", {"blue", "black"}),
        ("shoes black, white or blue", "color", {"black", "white", "blue"}),
    ],
)
def test_values_may_be_instead_of_one_another(names: Lexicon, text: str, field: str, values: set[str]) -> None:
    (found,) = [one for one in understand(text, names).constraints if one.field == field]
    assert set(found.value if isinstance(found.value, tuple) else ()) == values


def test_sizes_may_be_instead_of_one_another() -> None:
    shoes = [{"name": f"Shoe {i}", "specifications": {"size": f"EU {38 + i}"}} for i in range(6)]
    found = understand("shoe size 39 or 41", lexicon_of(shoes))
    assert [one.matches for one in found.constraints] == [("EU 39", "EU 41")]
    assert "or" not in found.text


@pytest.mark.parametrize(("text", "price"), [("shoes for kids under 50", True), ("shoes for kids under 5", False)])
def test_no_child_is_so_old(names: Lexicon, text: str, price: bool) -> None:
    assert any(one.field == "price" for one in understand(text, names).constraints) is price


def test_nothing_is_left_of_an_unread_text() -> None:
    assert understand("", lexicon_of([])) == Understanding("")


@pytest.fixture(scope="module")
def games() -> Lexicon:
    """Board games, that say from how many players to how many; and puzzles, which do not."""
    players = [{"players_min": least, "players_max": most} for least, most in ((1, 4), (2, 2), (2, 5), (3, 6))]
    games = [{"name": f"Game {i}", "categories": ["Board games"], "specifications": s} for i, s in enumerate(players)]
    return lexicon_of([*games, *({"name": f"Puzzle {i}", "categories": ["Puzzles"]} for i in range(4))])


@pytest.mark.parametrize(
    ("text", "amount"), [("board game for 4", 4), ("board game for two", 2), ("board game for 6 players", 6)]
)
def test_an_amount_lies_between_the_limits_that_attributes_tell(games: Lexicon, text: str, amount: int) -> None:
    told = [(one.field, one.op, one.value) for one in understand(text, games).constraints]
    assert told[-2:] == [("players_max", Op.GTE, amount), ("players_min", Op.LTE, amount)]


def test_what_is_said_to_be_at_most_is_no_limit(games: Lexicon) -> None:
    told = {one.field: one.op for one in understand("board game for at most 4 players", games).constraints}
    assert told["players_max"] is Op.LTE


@pytest.fixture(scope="module")
def gadgets() -> Lexicon:
    """Phones, with what goes with them below; bags for laptops, not among the backpacks."""
    phones = [{"name": f"Smartphone {i}", "categories": ["Phones/Smartphones"], "price": 300 + i} for i in range(6)]
    cases = [{"name": f"Shell Phone Case {i}", "categories": ["Phones/Accessories/Cases"]} for i in range(6)]
    chargers = [{"name": f"Charger {i}", "categories": ["Phones/Accessories/Chargers"]} for i in range(3)]
    pans = [{"name": f"Frying Pan {i}", "categories": ["Kitchen/Pans"]} for i in range(3)]
    lids = [{"name": f"Lid {i}", "categories": ["Kitchen/Accessories"]} for i in range(3)]
    backpacks = [{"name": f"Trail Backpack {i}", "categories": ["Outdoor/Backpacks"]} for i in range(6)]
    bags = [{"name": f"Transit Laptop Backpack {i}", "categories": ["Computers/Laptop bags"]} for i in range(3)]
    return lexicon_of([*phones, *cases, *chargers, *pans, *lids, *backpacks, *bags])


def test_what_goes_with_a_thing_is_none_of_it(gadgets: Lexicon) -> None:
    (kind,) = understand("phone", gadgets).constraints
    assert (kind.matches, kind.but) == (("Phones",), ("Phones/Accessories",))
    assert filters_of([kind]) == [
        WordFilter("shop_category", ("Phones",)),
        NotFilter("shop_category", ("Phones/Accessories",)),
    ]
    assert kind.as_json()["but"] == ["Phones/Accessories"]
    # What the cheap ones cost is told by phones, not by their cases.
    wish = next(one for one in understand("cheap phone", gadgets).constraints if one.field == "price")
    assert wish.value >= 300
    # Its next page is a page of the same list.
    packed = Kept(understand("phone", gadgets)).packed()
    assert unpacked(packed).understood == understand("phone", gadgets)


@pytest.mark.parametrize("text", ["phone accessories", "phone case", "charger", "phone or charger", "kitchen"])
def test_accessories_that_are_asked_for_are_not_left_out(gadgets: Lexicon, text: str) -> None:
    """And nothing is called "kitchen": what is below it is all of it."""
    assert all(one.but == () for one in understand(text, gadgets).constraints)


def test_what_stands_among_accessories_and_is_the_thing_is_not_left_out() -> None:
    dolls = [{"name": f"Baby Doll {i}", "categories": ["Dolls/Baby dolls"]} for i in range(4)]
    both = [{"name": f"Doll {word}", "categories": ["Dolls/Dolls & Accessories"]} for word in ("", "", "Stroller")]
    assert understand("dolls", lexicon_of([*dolls, *both])).constraints[0].but == ()


def test_what_is_a_kind_of_the_thing_is_the_thing(toys: Lexicon) -> None:
    named = NamedIn(things_in("wooden toy"), toys)
    assert [named.named(name) for name in ("Wooden Toy Car 1", "Toy Board 2", "Cat Toy 3")] == [True, False, True]


@pytest.fixture(scope="module")
def desk() -> Lexicon:
    """Monitors in no category, among more names that only speak of monitors; cables by a norm; mice; cards."""
    screens = [
        {"name": f"Maker{i} monitor {60 + i}.5 cm", "specifications": {"screen_inches": 24 + i % 4}} for i in range(6)
    ]
    beside = [{"name": f"Monitor {word} {i}"} for i in range(5) for word in ("Mount", "Arm", "Cleaner")]
    beside += [{"name": f"Office Light 4 k {i}"} for i in range(6)]
    cables = [{"name": f"Patch Cable {color}"} for color in ("Red", "Blue", "Grey", "Black", "White")]
    return lexicon_of([*screens, *beside, *cables, {"name": "Optical Mouse"}, {"name": "Memory Card A1"}] * 2)


@pytest.mark.parametrize("text", ["27 inch monitor", "monitor 27 inch", "27 inch monitor 4k"])
def test_what_is_called_the_thing_tells_its_measures_and_not_what_goes_with_it(desk: Lexicon, text: str) -> None:
    assert [one.field for one in understand(text, desk).constraints] == ["screen_inches"]
    assert understand(text.replace("monitor", "light"), desk).constraints == ()


@pytest.mark.parametrize(
    ("text", "name", "is_one"),
    [
        ("gaming mouse", "Gaming Mouse Pad", False),
        ("gaming mouse", "Gaming Mouse Grey", True),
        ("sd card", "SD Card Reader", False),
        ("sd card", "SD Card 64GB A1", True),
        ("wall bracket", "Wall Bracket Hook", True),
        ("patch cable cat6", "Cat6 Patch Cable", True),
        ("patch cable cat6", "Cat6 Patch Cable Holder", True),
        ("patch panel cat6", "Cat6 Patch Panel Holder", False),
        ("extension lead", "Extension Lead 6 feet", True),
    ],
)
def test_what_goes_with_a_thing_is_another_one_whatever_the_shop_sells(
    desk: Lexicon, text: str, name: str, is_one: bool
) -> None:
    assert NamedIn(things_in(text), desk).named(name) is is_one


def test_what_a_thing_is_for_may_make_it_another_kind(gadgets: Lexicon) -> None:
    assert understand("backpack for laptop", gadgets).constraints == ()
    assert understand("backpack for the weekend", gadgets).constraints[0].matches == ("Outdoor/Backpacks",)


@pytest.fixture(scope="module")
def toys() -> Lexicon:
    """Toys of children, toys of pets, and boards of the sort that one stands on."""
    said = ["lightweight", "racing"]
    car = {"category": "toys_games", "categories": ["Toys/Cars"], "tags": said}
    cars = [{"name": f"Toy Car {i}", **car} for i in range(6)]
    pets = [{"name": f"Cat Toy {i}", "category": "gifts", "categories": ["Pets/Cats/Toys"]} for i in range(3)]
    boards = [{"name": f"Skateboard {i}", "categories": ["Sports/Boards"]} for i in range(3)]
    return lexicon_of([*cars, *pets, *boards])


def test_a_category_of_ours_does_not_hide_what_a_thing_is_for(toys: Lexicon) -> None:
    (kind,) = understand("toys for cats", toys).constraints
    assert (kind.field, set(kind.matches)) == ("shop_category", {"Toys", "Pets/Cats/Toys"})
    assert understand("toys for kids", toys).constraints[0].value == "toys_games"


def test_a_word_of_doing_before_a_category_makes_another_thing(toys: Lexicon) -> None:
    assert understand("cutting board", toys).constraints == ()
    assert understand("sturdy board", toys).constraints[0].matches == ("Sports/Boards",)
    # Cars are said to be lightweight, and no board; a board that is would be one all the same.
    assert understand("lightweight board", toys).constraints[0].matches == ("Sports/Boards",)
    assert understand("racing board", toys).constraints == ()
    assert understand("amazing board", toys).constraints[0].matches == ("Sports/Boards",)


@pytest.mark.parametrize("text", ["car for men over 50", "cat toys for women over 60", "toys for people over 40"])
def test_an_age_is_no_price(toys: Lexicon, text: str) -> None:
    understood = understand(text, toys)
    assert [one for one in understood.constraints if one.field == "price"] == []
    assert "over" not in understood.text


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("car for men under 50", Op.LTE),
        ("car for men over $50", Op.GTE),
        ("car for men over 200", Op.GTE),
        ("car for women above 80", Op.GTE),
        ("car for kids over 20", Op.GTE),
    ],
)
def test_a_budget_after_a_person_is_one(toys: Lexicon, text: str, op: Op) -> None:
    assert [one.op for one in understand(text, toys).constraints if one.field == "price"] == [op]
