"""Whom a thing is for, and for what occasion."""

from typing import Final

from app.search.understanding.language.lists import each, phrases, words

# Words that say by themselves for whom a thing is made; those in the singular only after "for".
GENDERS: Final = each(
    ("male", "men mens guys gentlemen gents male males menswear masculine"),
    ("female", "women womens ladies ladys female females womenswear feminine womans"),
    ("boy", "boys schoolboys"),
    ("girl", "girls schoolgirls"),
    ("unisex", "unisex"),
)  # fmt: skip

SINGULAR_GENDERS: Final = each(
    ("male", "man guy gentleman gent"),
    ("female", "woman lady"),
    ("boy", "boy"),
    ("girl", "girl"),
)  # fmt: skip

AGES: Final = each(
    ("kids", """
        kids kid children child childrens childs toddler toddlers baby babies infant infants newborn newborns
        preschooler preschoolers preteen
    """),
    ("teens", "teen teens teenager teenagers teenage"),
    ("adult", "adult adults grownups grownup"),
    ("seniors", "seniors elderly pensioner pensioners senior"),
)  # fmt: skip

# "baby oil", "adult bike": before a thing these name a kind of it.
KINDS: Final = words("""
    adult baby child infant kid newborn senior teen
""")

# Whom a thing is for: gender and age, "" where it says nothing.
RECIPIENTS: Final = each(
    (("female", "adult"), """
        mom mum mother mommy mummy mama mam stepmom stepmother wife fiancee girlfriend aunt auntie bride bridesmaid
    """),
    (("male", "adult"), """
        dad father daddy papa stepdad stepfather husband hubby fiance boyfriend uncle groom groomsman
    """),
    (("female", "seniors"), "grandma grandmother gran granny nana nan"),
    (("male", "seniors"), "grandpa grandfather granddad grandad gramps"),
    (("", "seniors"), "grandparents grandparent"),
    (("female", ""), "sister sis her she lady woman herself"),
    (("male", ""), "brother bro him he man guy himself"),
    # Grown up or not: what is made for children is not left out.
    (("girl", ""), "niece daughter granddaughter girl"),
    (("boy", ""), "nephew son grandson boy"),
    (("", "adult"), "parents couple"),
)  # fmt: skip

# Between "for" and the person.
BEFORE_PEOPLE: Final = words("""
    a an best big dear elder her his in law little mother my new old older our some the their young younger your
""")

YEARS_OLD: Final = phrases("""
    month old, months old, mo old, week old, weeks old, year old, years old, year olds, yr old, yrs old, yo, yr
    olds, y o, years of age, year of age
""")

AGE_LEADS: Final = words("""
    age aged ages
""")

# "she is 5", "who just turned 8": a number alone is an age there.
IS_OF_AGE: Final = words("""
    be is turned turning turns
""")
SUBJECTS: Final = words("""
    child he kid she who
""")
# After "my wife": it is for her.
WANTING: Final = words("""
    asked asks collects enjoys is just likes loves needs really turned turns wants wishes would
""")

# What may follow an age that stands alone: "turns 30 next week".
AFTER_AGE: Final = words("""
    and but in next on so soon this today tomorrow who
""")
BETWEEN_AND_AGE: Final = words("""
    about almost already just now only soon will
""")

GIFTS: Final = words("""
    gift gifting gifts present presents
""")

# Of these nothing more is known than that they are somebody.
ANYBODY: Final = words("""
    boss buddy coach colleague cousin coworker doctor friend friends host hostess mate neighbor neighbour nurse
    partner people person roommate somebody someone teacher them
""")

# "who likes dinosaurs", "who is really into yoga", "a coffee lover".
LIKES: Final = words("""
    adore adores collect collects enjoy enjoys like likes love loves play plays
""")
LIKED_BEFORE: Final = words("""
    about crazy fond in into mad obsessed of on to with
""")
SOMEHOW: Final = words("""
    absolutely also always already just only mostly often really simply still truly usually
""")
LOVERS: Final = words("""
    addict addicts buff buffs enthusiast enthusiasts fan fanatic fanatics fans geek geeks lover lovers nerd nerds
""")

# "My dad's wedding", whether or not the shop knows that occasion.
OCCASION_WORDS: Final = words("""
    anniversary baptism birthday bday christening christmas graduation housewarming party retirement wedding
""")

# What a thing is given for, in as many words: they say nothing of the thing.
OCCASIONS: Final = phrases("""
    baby shower, bridal shower, house warming, housewarming, bachelorette party, stag party, hen party, hen do,
    mothers day, mother day, fathers day, father day, valentines day, valentine day, christmas eve, secret santa,
    stocking filler, leaving do, retirement, graduation, christening, baptism, anniversary, birthday, wedding, easter,
    thanksgiving, halloween, hanukkah, eid, diwali, new year, new years eve, promotion, farewell
""")

OCCASION_SPELLINGS: Final = each(
    ("christmas", "xmas xmass"),
    ("birthday", "bday"),
    ("valentine", "valentine valentines"),
    ("wedding", "bridal"),
)  # fmt: skip
