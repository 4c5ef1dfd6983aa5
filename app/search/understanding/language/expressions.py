"""Fixed expressions whose words mean something else together."""

from typing import Final

from app.search.understanding.language.lists import phrases, words

# "Orange juice" is no juice in orange: what is called so has the word in its name, or it is not sold.
COLOUR_OF_NOTHING: Final = phrases("""
    orange juice, orange peel, orange zest, orange blossom, orange marmalade, orange soda, orange oil, orange extract,
    red wine, white wine, red meat, red pepper, red onion, red lentil, red bean, red cabbage, red tea, red apple,
    red velvet, red clay, red carpet, red light, red ginseng, red clover, red snapper,
    green tea, green bean, green pea, green olive, green pepper, green onion, green apple, green card, green screen,
    green house, green thumb, green lentil, green coffee,
    black tea, black coffee, black bean, black pepper, black rice, black olive, black friday, black hole, black forest,
    black box, black light, black cumin, black seed, black salt, black garlic, black magic,
    brown sugar, brown rice, brown bread, brown sauce, white sugar, white rice, white bread, white chocolate,
    white noise, white tea, white bean, white pepper, white flour, white board, white paper, white vinegar,
    white fish, white label, white jasmine, white truffle, white musk,
    blue cheese, blue ray, blue jay, blue tit, blue light, blue tooth, blue corn, blue moon,
    pink salt, pink noise, pink grapefruit, pink lemonade, pink gin, yellow page, yellow corn, yellow onion,
    golden retriever, golden syrup, golden gate, gold fish, silver ware, silver fish, silver lining, rose water,
    rose hip, rose oil, purple heart, violet light
""")

# What a thing tastes or smells of is not what it is made of, nor its colour: "maple flavour".
SENSED: Final = words("""
    aroma flavor flavored flavors fragrance scent scented smell smelling taste tasting
""")

# Before what a thing is only compared with, or goes with.
LIKENESS: Final = phrases("""
    similar to, alternative to, alternatives to, comparable to, compatible with, works with, work with, working with,
    goes with, used with
""")

# Before "like" where it is a verb: "i like nike".
WHO_LIKE: Final = words("""
    d do dont i id really they to we would you
""")

# "Mother of pearl": what stands after is what it is called by, not what it is.
NAMED_WITH_OF: Final = words("""
    cup hint lily man master mother smell taste touch tree
""")
