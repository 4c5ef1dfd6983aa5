"""Usual names in feeds for whom a product is made, beside the names of ours."""

from collections.abc import Mapping
from typing import Final

from shop.products.values import AgeGroup, Gender

USUAL: Final[Mapping[str, Mapping[str, str]]] = {
    "target_gender": {
        **dict.fromkeys(("m", "man", "mens", "men", "men's", "gentlemen", "males"), Gender.MALE.value),
        **dict.fromkeys(("f", "woman", "womens", "women", "women's", "ladies", "females"), Gender.FEMALE.value),
        **dict.fromkeys(("u", "all", "any", "both", "men_women", "women_men", "adult_unisex"), Gender.UNISEX.value),
        **dict.fromkeys(
            ("boy", "boys", "girl", "girls", "boys_girls", "girls_boys", "kid", "child", "children", "baby", "infant"),
            Gender.KIDS.value,
        ),
    },
    # The age groups of the product data that search engines take, among others.
    "target_age": {
        **dict.fromkeys(
            ("newborn", "infant", "baby", "toddler", "kid", "child", "children", "boys", "girls"), AgeGroup.KIDS.value
        ),
        **dict.fromkeys(("teen", "teenager", "teenagers", "youth"), AgeGroup.TEENS.value),
        **dict.fromkeys(("young_adult",), AgeGroup.YOUNG_ADULTS.value),
        **dict.fromkeys(("adult", "grownups"), AgeGroup.ADULTS.value),
        **dict.fromkeys(("senior", "elderly"), AgeGroup.SENIORS.value),
    },
}
