"""The closed lists of English that understanding goes by: comparatives, numbers, signs, units, people, sizes.

No word of any catalogue stands here: brands, colours, materials and everything else that a shop calls its own are
read from its index (shop/products/vocabulary.py).
"""
