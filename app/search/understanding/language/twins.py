"""Two words for one thing: British and American ones, and short ones. A shop writes one of them."""

from typing import Final

_LISTED: Final = """
    barbecue bbq, microphone mic, television tv telly, refrigerator fridge, diaper nappy, stroller pushchair pram buggy,
    sneaker trainer, hose hosepipe, sofa couch settee, backpack rucksack, flashlight torch, vacuum hoover, crib cot,
    pacifier dummy, faucet tap, wrench spanner, comforter duvet, eggplant aubergine, zucchini courgette,
    sweater jumper pullover, bathrobe robe, trousers pants, sweatpants joggers, umbrella brolly, bicycle bike,
    motorcycle motorbike, smartphone cellphone, curtain drape, soccer football, lawnmower mower,
    undershirt vest, suspenders braces, cilantro coriander, arugula rocket, bandage plaster,
    sunglasses shades, leash lead, ukulele ukelele uke, saxophone sax, headphone headset, tee tshirt,
    bathtub tub, notebook notepad, welly wellington, bookcase bookshelf, wardrobe armoire
"""


_TWO: Final = """
    sunscreen sun cream, sunscreen sun lotion, aquarium fish tank, smartphone cell phone, smartphone mobile phone,
    swimsuit swimming costume, swimsuit bathing suit, bathrobe dressing gown, television tv set, sofa love seat,
    backpack book bag, sneaker tennis shoe, sneaker gym shoe, raincoat rain coat, handbag hand bag,
    hairdryer blow dryer, hairdryer hair drier, flashlight electric torch, nightstand bedside table, crib baby bed,
    stroller baby carriage, headphone head phone
"""
TWO_WORDS: Final = {(first, second): one for one, first, second in (listed.split() for listed in _TWO.split(","))}
"""Two words that one says, both in the singular."""


def _twins() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _LISTED.split(","):
        told = group.split()
        for one in told:
            found[one] = (*found.get(one, ()), *(other for other in told if other != one))
    return found


TWINS: Final = _twins()
"""A word in the singular, and others that say the same."""
