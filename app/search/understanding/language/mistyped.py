"""Words of the language that are known when they are mistyped."""

from typing import Final

from app.search.understanding.language.lists import words
from app.search.understanding.language.money import CURRENCIES
from app.search.understanding.language.numbers import MULTIPLIERS, NUMBER_WORDS

LEAST_LETTERS: Final = 5
"""Shorter words are one letter from too many others."""
LEAST_ALONE: Final = 6
"""The same of words beside which no number stands."""

# What stands beside numbers.
BESIDE_NUMBERS: Final = frozenset(
    word
    for word in words("""
        above about approximately around below between budget cheaper cost costs exceed exceeding greater higher least
        litres liters lower maximum metres meters minimum price pounds range spend stars under within inches
        centimeters kilos
    """)
    | set(CURRENCIES)
    | set(NUMBER_WORDS)
    | set(MULTIPLIERS)
    if len(word) >= LEAST_LETTERS
)

# What is told from other words by itself.
ANYWHERE: Final = words("""
    without except excluding anything cheapest newest latest expensive maximum minimum between womens waterproof
    birthday christmas hundred thousand
""")

# Words of their own that are one letter from one of those.
OTHER_WORDS: Final = words("""
    accept bellow bucket buckets cheater coast east eighth excerpt expansive expect fifth forth fort forts graters
    lasts lest lover mister ninth points pond ponds prince pride prize ranger ranges rage seventh sixth spent spends
    speed stairs stare tenth tree trees udder
""")
