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
    bathtub tub, notebook notepad, welly wellington
"""


def _twins() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _LISTED.split(","):
        told = group.split()
        for one in told:
            found[one] = (*found.get(one, ()), *(other for other in told if other != one))
    return found


TWINS: Final = _twins()
"""A word in the singular, and others that say the same."""
