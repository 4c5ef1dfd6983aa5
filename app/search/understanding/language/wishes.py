"""Order, rating, stock."""

from typing import Final

from app.search.understanding.language.lists import meanings, phrases, words

SORTS: Final = meanings(
    ("price_asc", """
        cheapest, the cheapest, lowest price, lowest priced, lowest prices, least expensive, cheapest first, most
        affordable, price low to high, low to high, price ascending, sorted by price, sort by price, by price,
        cheapest possible, order by price, lowest price first, cheap to expensive, from cheap to
        expensive, sorted from cheap to expensive, sorted by price ascending, lowest cost, most inexpensive,
        cheapest price
    """),
    ("price_desc", """
        most expensive, priciest, highest price, highest priced, price high to low, high to low, price descending,
        dearest, expensive first, most expensive first, highest price first, dearest first, expensive to cheap
    """),
    ("newest", """
        newest, latest, most recent, new arrivals, new in, new releases, newest first, latest arrivals, just
        arrived, recently added, latest releases, new arrival, just in
    """),
    ("rating", """
        best rated, top rated, highest rated, best reviewed, highest rating, best ratings, best rating, best
        reviews, highest ratings, top reviewed, highest reviewed, sorted by rating, sort by rating, by rating, best
        rated first
    """),
    ("popularity", """
        most popular, best selling, best seller, best sellers, bestselling, bestseller, bestsellers, top selling,
        trending, most reviewed, most bought, most sold, sorted by popularity, sort by popularity, by popularity,
        most loved, top sellers
    """),
)  # fmt: skip

WELL_RATED: Final = phrases("""
    well rated, highly rated, good ratings, good rating, good reviews, great reviews, well reviewed, high rating,
    high ratings, highly reviewed, great ratings, with good reviews, with great reviews, with good ratings, with
    high ratings, positive reviews, with positive reviews, excellent reviews, highly recommended, excellent ratings,
    decent reviews, good review, nicely rated, rated highly, rated well
""")

# The rating from which a product counts as well rated.
WELL_RATED_FROM: Final = 4

RATING_LEADS: Final = words("""
    rated rating ratings review reviewed reviews score star stars
""")

RATING_FILLERS: Final = words("""
    a an customer is of user with
""")

IN_STOCK: Final = phrases("""
    in stock, instock, in stock right now, available right now, available now, currently available, in
    stock now, only in stock, that is in stock, that is in stock now, thats in stock, ready to ship, available
    immediately, not sold out, not out of stock, in stock only, immediately available, available today, that are in
    stock, which is in stock, still available, isnt sold out, is in stock, are in stock, available for delivery, can
    ship now, on stock
""")

OUT_OF_STOCK: Final = phrases("""
    out of stock, sold out, not in stock, unavailable
""")
