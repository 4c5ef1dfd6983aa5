"""Units and sizes."""

from typing import Final

from app.search.understanding.language.lists import each, meanings, phrases, words

# Each unit's dimension, and how many of the dimension's base it is.
UNITS: Final = each(
    (("mass", 0.001), "mg milligram milligrams"),
    (("mass", 1.0), "g gr gram grams gramme grammes"),
    (("mass", 1000.0), "kg kgs kilo kilos kilogram kilograms"),
    (("mass", 28.349523), "oz ounce ounces"),
    (("mass", 453.59237), "lb lbs pound pounds"),
    (("volume", 1.0), "ml milliliter milliliters"),
    (("volume", 10.0), "cl centiliter centiliters"),
    (("volume", 1000.0), "l liter liters ltr lt"),
    (("volume", 3785.4118), "gallon gallons gal"),
    (("volume", 473.17647), "pint pints"),
    (("volume", 946.35295), "quart quarts qt"),
    (("length", 0.1), "mm millimeter millimeters"),
    (("length", 1.0), "cm centimeter centimeters"),
    (("length", 100.0), "m meter meters"),
    (("length", 2.54), 'in inch inches "'),
    (("length", 30.48), "ft foot feet"),
    (("length", 91.44), "yd yard yards"),
    (("length", 100000.0), "km kilometer kilometers"),
    (("data", 0.001), "mb megabyte megabytes"),
    (("data", 1.0), "gb gig gigs gigabyte gigabytes"),
    (("data", 1000.0), "tb terabyte terabytes"),
    (("power", 0.001), "mw"),
    (("power", 1.0), "w watt watts"),
    (("power", 1000.0), "kw kilowatt kilowatts"),
    (("voltage", 1.0), "v volt volts"),
    (("charge", 1.0), "mah"),
    (("charge", 1000.0), "ah"),
    (("frequency", 1.0), "hz hertz"),
    (("frequency", 1000.0), "khz"),
    (("frequency", 1000000.0), "mhz"),
    (("frequency", 1000000000.0), "ghz"),
    (("pixels", 1.0), "mp megapixel megapixels"),
    (("light", 1.0), "lm lumen lumens"),
    (("sound", 1.0), "db decibel decibels"),
    (("turns", 1.0), "rpm"),
    (("pressure", 1.0), "bar bars"),
    (("time", 1.0), "min mins minute minutes"),
    (("time", 60.0), "h hr hrs hour hours"),
    (("long time", 1.0), "month months"),
    (("long time", 12.0), "year years yr yrs"),
    (("count", 1.0), "piece pieces pcs pc pack count ct"),
    (("people", 1.0), "person persons people seater seat seats"),
    (("players", 1.0), "player players"),
    (("pages", 1.0), "page pages"),
)  # fmt: skip

# Words of attributes' names that say what their bare numbers are.
UNIT_OF_NAME: Final = each(
    ("in", "diagonal screen display"),
    ("w", "wattage"),
    ("v", "voltage"),
)  # fmt: skip

SIZE_LEADS: Final = words("""
    size sized sizes sz
""")

# Before somebody's size: "i wear a medium".
WEARING: Final = phrases("""
    hes, shes, im, i am, he is, she is, i wear, he wears, she wears, wears, i take, he takes, she takes, theyre, they
    are, they wear, my size is, her size is, his size is, my size, in her size, in his size
""")

# Before or after a number: whose size it is.
SIZE_SYSTEMS: Final = words("""
    eu eur fr it jp uk us
""")

# What a size is called, and how shops store it.
SIZES: Final = meanings(
    (("xxs", "xx-small", "2xs"), "extra extra small, xx small, xxs"),
    (("xs", "x-small", "extra small"), "extra small, x small, xs"),
    (("s", "small"), "small, s"),
    (("m", "medium"), "medium, m"),
    (("l", "large"), "large, l"),
    (("xl", "x-large", "extra large"), "extra large, x large, xl"),
    (("xxl", "xx-large", "2xl", "2x-large"), "xxl, xx large, 2xl"),
    (("xxxl", "xxx-large", "3xl", "3x-large"), "xxxl, xxx large, 3xl"),
    (("4xl", "xxxxl", "4x-large"), "4xl"),
    (("one size", "os"), "one size"),
)  # fmt: skip

# What holds a number of things: "set of 4".
BUNDLES: Final = words("""
    box bundle pack packet pair set
""")

PIECES: Final = "pieces"
"""The unit of what a bundle holds."""

# Comparatives of measures, before a number.
AT_MOST_LONG: Final = phrases("""
    no wider than, no longer than, no taller than, no deeper than, no heavier than, no bigger than, no larger than,
    no thicker than, not wider than, not longer than, not taller than, not deeper than, not heavier than, not bigger
    than, not larger than, not thicker than, smaller than, shorter than, narrower than, lighter than, thinner than
""")

AT_LEAST_LONG: Final = phrases("""
    wider than, longer than, taller than, deeper than, heavier than, bigger than, larger than, thicker than, no
    smaller than, no shorter than, no narrower than, not smaller than, not shorter than, not narrower than
""")

# After a measure.
AT_LEAST_LONG_AFTER: Final = phrases("""
    or bigger, or larger, or longer, or wider, or taller, or deeper, or heavier, or thicker, and bigger, and larger
""")

AT_MOST_LONG_AFTER: Final = phrases("""
    or smaller, or shorter, or narrower, or lighter, or thinner, and smaller
""")

# What an adjective beside a measure says of, as names of attributes have it: "120 cm wide", "wider than 120 cm".
ADJECTIVES: Final = each(
    (words("width diameter"), "wide wider narrower"),
    (words("length"), "long longer shorter"),
    (words("height"), "high higher tall taller"),
    (words("depth"), "deep deeper"),
    (words("thickness"), "thick thicker thinner"),
    (words("weight"), "heavy heavier lighter"),
    (words("diameter"), "across"),
    (words("memory ram"), "ram"),
)  # fmt: skip

# Parts of attributes' names that say in which direction they are measured.
DIRECTIONS: Final = words("""
    aperture blade chain depth diagonal diameter heel height length memory screen storage thickness wheel width
""")

# Between the numbers of one measure: "30 x 46 cm".
BY: Final = words("""
    * by x \u00d7
""")
