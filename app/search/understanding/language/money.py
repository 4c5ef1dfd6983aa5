"""Money: currencies, comparatives, words of price, and what tells a price from other numbers."""

from typing import Final

from app.search.understanding.language.lists import each, meanings, phrases, words

# A dollar is the shop's own dollar (DOLLARS), else that of the United States; it stands as "".
CURRENCY_SIGNS: Final = each(
    ("", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("INR", "₹"),
    ("KRW", "₩"),
    ("RUB", "₽"),
    ("TRY", "₺"),
    ("UAH", "₴"),
    ("VND", "₫"),
    ("THB", "฿"),
    ("ILS", "₪"),
    ("NGN", "₦"),
)  # fmt: skip

DOLLARS: Final = words("""
    AUD CAD HKD MXN NZD SGD TWD USD
""")

CURRENCIES: Final = each(
    ("", "dollar dollars buck bucks"),
    ("USD", "usd"),
    ("EUR", "euro euros eur"),
    ("GBP", "gbp quid sterling"),
    ("JPY", "yen jpy"),
    ("INR", "rupee rupees inr"),
    ("CHF", "chf franc francs"),
    ("CAD", "cad"),
    ("AUD", "aud"),
    ("NZD", "nzd"),
    ("SEK", "sek kronor"),
    ("NOK", "nok kroner"),
    ("DKK", "dkk"),
    ("PLN", "pln zloty zlotys"),
    ("CZK", "czk"),
    ("CNY", "cny rmb yuan"),
    ("KRW", "krw"),
    ("MXN", "mxn"),
    ("BRL", "brl"),
    ("KWD", "kwd"),
)  # fmt: skip

WEIGHT_OR_MONEY: Final = each(
    ("GBP", "pound pounds"),
)  # fmt: skip

CENTS: Final = words("""
    cent cents pence
""")

COUNTRIES_OF_DOLLARS: Final = each(
    ("USD", "us usa american"),
    ("CAD", "canadian"),
    ("AUD", "australian"),
)  # fmt: skip

# Before "more than" these turn it round.
NEGATING: Final = words("""
    arent cannot cant doesnt dont isnt mustnt never no not nothing shouldnt without wont wouldnt
""")

# Before a number.
AT_MOST: Final = phrases("""
    under, below, max ., less than, lower than, cheaper than, less then, fewer than, up to, upto, at most, max, maximum,
    maximally, max of, maximum of, at a maximum of, no more than, not more than, nothing more than, not over,
    nothing over, not above, nothing above, no higher than, not higher than, no greater than, not exceeding, not to
    exceed, without exceeding, not exceed, never above, never over, does not exceed, doesnt exceed, dont exceed, do
    not exceed, shouldnt exceed, should not exceed, not costing more than, not pricier than, no pricier than, not
    dearer than, not pricier then, anything under, anything below, something under, something below, underneath,
    beneath, within, <, ≤, < =, less than or equal to, capped at, limited to, limit of, limit, not beyond, sub,
    inside, unter, hochstens, maximal, moins de, menos de, meno di, fino a, hasta
""")

AT_LEAST: Final = phrases("""
    over, above, min ., more than, greater than, higher than, at least, min, minimum, minimum of, min of, no less than,
    not less than, not under, not below, no lower than, not cheaper than, starting at, starting from, upwards of, upward
    of, exceeding, north of, beyond, >, ≥, > =, anything over, anything above, something over, something above, more
    then, pricier than, dearer than, uber, mindestens, plus de, mas de
""")

ABOUT: Final = phrases("""
    around, about, approximately, approx, approx ., roughly, circa, ca, near, nearly, close to, ~, somewhere around,
    in the region of, in the neighborhood of, in the ballpark of, more or less, ungefahr
""")

EXACTLY: Final = phrases("""
    exactly, precisely
""")

# After a number.
AT_MOST_AFTER: Final = phrases("""
    max, maximum, max ., tops, top, or less, or under, or below, or lower, or cheaper, and under, and below, or
    fewer, and less, at most, at the most, at max, budget, limit, or so max, is my max, is my maximum, is my limit,
    is my budget, is the max, is the maximum, is the limit, at maximum, and lower, ceiling, cap
""")

AT_LEAST_AFTER: Final = phrases("""
    or more, or better, and better, or above, or over, or higher, or up, and up, and above, and over, and more,
    and higher, minimum, min,
    at least, upwards, and upwards, or greater, plus, +
""")

ABOUT_AFTER: Final = phrases("""
    or so, ish, or thereabouts, more or less, give or take, roughly, approximately
""")

# Words that say that the number after them is a price, and those that may stand between.
PRICE_LEADS: Final = words("""
    afford amount budget budgeted cost costing costs pay paying price priced prices pricing spend spending worth
""")

PRICE_FILLERS: Final = words("""
    : = a about an are around at be being between budget can cost could dollars for from i in is just money must my
    of only our price prices range should spend that the to total up we which will with
""")

# After what somebody has: "200 to spend".
TO_SPEND: Final = phrases("""
    to spend, to spare, to play with, to burn, to blow, to work with
""")

# What may close a budget.
SPENT_AFTER: Final = phrases("""
    to spend, to spare, to play with, to burn, to blow, to work with, mark,
    budget, in total, all in, in budget, total, altogether, all together, overall, combined, all told,
    each, apiece, a piece, per piece, per item, per person, or so, tops, including shipping, including delivery,
    including tax, including taxes, incl shipping, incl delivery, incl . shipping, incl . delivery, with shipping,
    shipping included, delivery included, all included
""")

# What precedes a number that is no price.
NOT_PRICE_BEFORE: Final = words("""
    age aged ages area boys bust capacity channel chapter chest child children depth diameter edition episode f gen
    generation girls grade height inseam iso issue kid kids length level mark mk model no number page pages part
    people person persons players rated rating ratings resolution ring route score season series shoe size sized
    sizes speed spf star stars top version vol voltage volume waist wattage weight width year years
""")

# Things that are counted; a number before one of them is no price.
COUNTED: Final = words("""
    am bag bags bar bars blade blades block blocks book books bottle bottles box boxes bulb bulbs burner burners
    button buttons calorie calories can cans capsule capsules carb carbs channel channels core cores count ct cup
    cups day days degree degrees door doors dozen drawer drawers feet foot game games gear gears hour hours hr hrs
    inches ingredient ingredients item items jar jars key keys layer layers led leds level levels light lights min
    mins minute minutes month months nd oclock off pack packs page pages pair pairs part parts pc pcs people percent
    person persons piece pieces pixel pixels player players ply pm pocket pockets point points port ports rd review
    reviews roll rolls round rounds seat seater seats second seconds serving servings set sets sheet sheets shelf
    shelves slot slots speed speeds st stage stages star stars step steps tablet tablets th thread threads tier
    tiers way ways week weeks wheel wheels x year years yr yrs
""")

# Soft wishes: at most or at least this quantile of what the same things cost.
PRICE_WISHES: Final = meanings(
    (("lte", 0.34), """
        cheap, cheaply, low cost, low price, low priced, low budget, budget, budget friendly, very cheap, really
        cheap, bargain, dirt cheap, cheapish, economical, cheap ish, on a budget, on a tight budget, on a
        shoestring, cheaper
    """),
    (("lte", 0.5), """
        affordable, inexpensive, not too expensive, not expensive, not so expensive, not that expensive, not very
        expensive, reasonably priced, reasonable price, fairly priced, not too pricey, not pricey, not overpriced,
        not overly expensive, isnt too expensive, isnt expensive, not too dear, good value, value for money, not
        crazy expensive, not super expensive, nothing too expensive, nothing expensive, nothing too pricey, nothing
        pricey, at a reasonable price, without breaking the bank, wont break the bank, doesnt break the bank, not
        breaking the bank, less expensive, doesnt cost a fortune
    """),
    (("gte", 0.75), """
        luxury, luxurious, high end, upscale, expensive, pricey, luxe, not cheap, nothing cheap, top of the range,
        top of the line, deluxe quality, splurge, exclusive, not too cheap
    """),
)  # fmt: skip
