"""Words between the words, spellings, categories."""

from typing import Final

from app.search.understanding.language.lists import each, meanings, phrases, words
from app.search.understanding.language.people import GIFTS

ALTERNATIVES: Final = words("""
    & , / and nor oder or und
""")

# Words without a meaning of their own in a request.
FUNCTION_WORDS: Final = words("""
    a also an and any anything are as at be but by can come comes costs could did do does either etc for from had
    has have he her him his i if in into is it its just kind made may me might must my of on or our
    hes ideally im ive please preferably really she shes should so some something sort such that thats the their them
    then there these they theyre this those to us very was we were which who whom whose will with would you your
""")

# Those that belong to what comes after them: dropped when that was understood.
LEADING_WORDS: Final = words("""
    , a an and are at be brand but by colored come comes cost costing costs for from has have having his in is made
    my of on only or our out price priced should size that thats the their to which while with your
""")

# Before what a thing is for, has or comes from.
PREPOSITIONS: Final = words("""
    by for from in that under which who whose with without
""")

# Ends of names of firms, which nobody types.
COMPANIES: Final = words("""
    ab ag co com company corp corporation gmbh group inc international limited llc ltd net sa technologies technology
""")

# Parts of names of attributes whose values are said for short: "navy" for "navy blue".
SHORTENED: Final = words("""
    color fabric material
""")

# How requests begin.
REQUESTS: Final = phrases("""
    show me, find me, i am looking for, im looking for, looking for, i want, i need, i would like, search for, id
    like, give me, get me, can you find, can you find me, can you show me, do you have, do you sell, please find,
    please show me, i am searching for, searching for, i want to buy, i need to buy, i would like to buy, help me
    find, where can i find, where can i buy, what about, can i get, have you got, id like to buy, im searching for,
    i wanna buy, i am after, im after, got any, iam looking for, looking to buy, i am interested in, im interested
    in, i want to find, i need to find, suggest me, recommend me, i wish to buy, show me some, find me some, i am
    looking to buy, please find me,
    whats a, what is a, what are, is there a, is there an, is there any, are there any, are there, is there, what do
    you have, do you have any, do you stock, do you carry, got a, any, which, what
""")

# Words that ask for nothing in particular.
EMPTY_WORDS: Final = words("""
    all anything buy everything find idea ideas item items look looking me need one ones only product products show
    something stuff thing things us want
""")

CONTEXT_WORDS: Final = GIFTS | EMPTY_WORDS
"""Words that do not say what is wanted."""

SPELLINGS: Final = each(
    ("color", "colour"),
    ("colors", "colours"),
    ("colored", "coloured"),
    ("gray", "grey"),
    ("liter", "litre"),
    ("liters", "litres"),
    ("meter", "metre"),
    ("meters", "metres"),
    ("centimeter", "centimetre"),
    ("centimeters", "centimetres"),
    ("jewelry", "jewellery"),
    ("milliliter", "millilitre"),
    ("milliliters", "millilitres"),
    ("aluminum", "aluminium"),
    ("mold", "mould"),
    ("tire", "tyre"),
    ("tires", "tyres"),
    ("pajamas", "pyjamas"),
    ("fiber", "fibre"),
    ("yogurt", "yoghurt"),
    ("donut", "doughnut"),
    ("woolly", "wooly"),
    ("center", "centre"),
    ("theater", "theatre"),
    ("millimeter", "millimetre"),
    ("millimeters", "millimetres"),
    ("canceling", "cancelling"),
    ("moisturizer", "moisturiser"),
    ("moisturizers", "moisturisers"),
    ("moisturizing", "moisturising"),
    ("organizer", "organiser"),
    ("organizers", "organisers"),
    ("personalized", "personalised"),
    ("flavor", "flavour"),
    ("flavors", "flavours"),
    ("flavored", "flavoured"),
    ("sulfate", "sulphate"),
    ("sulfates", "sulphates"),
    ("armor", "armour"),
    ("cozy", "cosy"),
    ("matte", "matt"),
    ("plow", "plough"),
    ("licorice", "liquorice"),
    ("chili", "chilli"),
    ("fiberglass", "fibreglass"),
    ("with", "w/"),
    ("without", "w/o"),
)  # fmt: skip

COLORED: Final = each(
    ("color", "colored color colors"),
)  # fmt: skip

# Plurals that no rule makes singular, and words that only look like plurals.
PLURALS: Final = each(
    ("man", "men"),
    ("woman", "women"),
    ("child", "children"),
    ("knife", "knives"),
    ("shelf", "shelves"),
    ("leaf", "leaves"),
    ("foot", "feet"),
    ("mouse", "mice"),
    ("tooth", "teeth"),
    ("wolf", "wolves"),
    ("scarf", "scarves"),
    ("loaf", "loaves"),
    ("series", "series"),
    ("species", "species"),
    ("lens", "lens"),
    ("gas", "gas"),
    ("bus", "bus"),
    ("wood", "wooden"),
    ("wool", "woolen woollen"),
    ("gold", "golden"),
    ("leather", "leathery"),
    ("cookie", "cookies"),
    ("movie", "movies"),
    ("shoe", "shoes"),
    ("hoodie", "hoodies"),
    ("brownie", "brownies"),
    ("onesie", "onesies"),
    ("tie", "ties"),
    ("pie", "pies"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("smoothie", "smoothies"),
    ("beanie", "beanies"),
    ("selfie", "selfies"),
    ("genie", "genies"),
    ("zombie", "zombies"),
    ("calorie", "calories"),
    ("necktie", "neckties"),
    ("veggie", "veggies"),
    ("mango", "mangoes"),
    ("lens", "lenses"),
    ("gas", "gases"),
    ("bus", "buses"),
    ("half", "halves"),
    ("calf", "calves"),
    ("hoof", "hooves"),
    ("dwarf", "dwarves"),
    ("goose", "geese"),
)  # fmt: skip

# The ten categories, as people say them.
CATEGORY_WORDS: Final = meanings(
    ("electronics", "electronics"),
    ("clothing", "clothing, clothes, apparel"),
    ("home_garden", "home and garden, home & garden, home garden, homeware, housewares"),
    ("sports_outdoors", """
        sports and outdoors, sports & outdoors, sporting goods, sports equipment, outdoor gear, sports outdoors
    """),
    ("books", "books"),
    ("toys_games", "toys, toys and games, toys & games, toys games"),
    ("health_beauty", "health and beauty, health & beauty, beauty products, cosmetics, health beauty"),
    ("automotive", "automotive, car accessories, auto parts, car parts"),
    ("jewelry", "jewelry"),
)  # fmt: skip

# Attributes that say what a thing is, not what it is like: their values stay words, which rank better.
TYPE_ATTRIBUTES: Final = words("""
    article_type category item_type kind product_category product_type type
""")

YES: Final = words("""
    true y yes
""")

NO: Final = words("""
    false n n/a na no none not available other unknown
""")
