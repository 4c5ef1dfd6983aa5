"""What leaves things out."""

from typing import Final

from app.search.understanding.language.lists import phrases, words

NEGATORS: Final = phrases("""
    not, no, without, except, excluding, exclude, excludes, anything but, anything except, but not, everything but,
    everything except, other than, anything other than, non, w o, minus, never, and not, but no, and no, with no,
    dont want, do not want, i dont want, i do not want, not in, not from, not by, nothing by, nothing from, nothing
    in, nothing with, not made of, not made from, not made out of, except for, apart from, avoid, avoiding, free of,
    free from, rather than, instead of, not with, isnt, is not, arent, are not, thats not, that is not, that isnt,
    which is not, doesnt have, does not have, dont have, has no, have no, having no, not any, dont like, do not
    like, hate, hates, dislikes, doesnt like, does not like, not having, not containing, doesnt contain, does not
    contain, contains no, dont show, dont show me, leave out, no more, ohne, sans, sin, but without, anything
    besides, besides, nothing, allergic to, not the, skip, skip the, not a, not an, with out, sauf, aside from, anything
    apart from, not including, minus the, but nothing, none of, neither, any but, any
    color but, any color except, any colors but, any brand but, any brand except, any kind but, any material but, any
    size but, any flavor but, any one but, all but, all except, any except, any other than, any color other than, any
    brand other than, as long as it is not, as long as its not, as long as it isnt, not keen on, cant have, cant stand,
    dont smell of, dont smell like, doesnt smell of, doesnt smell like, not smelling of, doesnt taste of, doesnt taste
    like, dont contain, do not contain, doesnt include, does not include, doesnt use, does not use, dont include, dont
    use, nothing made of, nothing like, never in, definitely not, certainly not, ideally not, preferably
    not, please no, please not, must not be, should not be, shouldnt be, cannot be, cant be, wont be, must not have,
    should not have, shouldnt have, must not contain, should not contain, shouldnt contain, mustnt have, mustnt contain,
    mustnt be, as long as theyre not, as long as they are not, as long as they arent, theyre not, they arent, its not,
    it isnt, it is not, anything that isnt, anything thats not, anything which isnt, no thanks to, fed up with, sick of
""")

# Those that may leave out a word that no attribute knows, too.
PLAIN_NEGATORS: Final = frozenset(
    phrases("""
    allergic to, and no, and not, anything but, anything except, anything other than, apart from, aside from, avoid,
    avoiding, but no, but not, but without, contains no, do not want, does not contain, does not have, doesnt
    contain, doesnt have, dont have, dont want, everything but, everything except, except, except for, exclude,
    excluding, free from, free of, has no, have no, having no, i dont want, leave out, minus, minus the, no, no
    more, not containing, not having, not including, not with, not, not a, not an, is not, isnt, are not,
    arent, that isnt, thats not, that is not, nothing with, dont like, do not like, doesnt like, hate, hates, not
    made of, not made from, ohne, other than, sans, sin, skip the, w o, with no, with out, without, neither, any
    but, all but, all except, any except, any other than, cant have,
    dont contain, do not contain, doesnt include, does not include, doesnt use, does not use, dont smell of, dont smell
    like, doesnt smell of, doesnt smell like, doesnt taste of, doesnt taste like, must not be, must not have, must not
    contain, should not have, should not contain, shouldnt have, shouldnt contain, mustnt have, mustnt contain,
    definitely not, certainly not, please no, please not, as long as theyre not, theyre not, they arent, its not,
    it isnt, nothing made of
""")
)

# Words of negators that say what a thing has, and not what it is.
HAVING: Final = words("""
    contain containing contains free has have having include use with without
""")

# Between a negator and what it leaves out.
NEGATED_FILLERS: Final = words("""
    a added an any anything brand brands by color colored containing for from in is items made material my of one
    ones out products that the things to too with
""")

# Parts of names of attributes that list what a thing is free of (free_from).
ABSENCE: Final = words("""
    excludes free no without
""")

FREE: Final = words("""
    free less
""")

# "no problem" leaves nothing out.
NOT_LEFT_OUT: Final = words("""
    bad being boring break breaking budget clue cost doubt even exceeding fuss getting going hassle having idea just
    less limit longer many matter mess more much name necessary need needed one only price problem problems question
    really reason required so stress sure thanks time too very wanted way worries
""")

# "faux leather" is no leather.
IMITATIONS: Final = words("""
    artificial fake faux free imitation mock no non pleather pu simulated synthetic un vegan without
""")
