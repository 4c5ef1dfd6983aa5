"""Words of English that steer a conversation, in one place. Nothing here names a product, a brand or a shop."""

import re
from typing import Final

from app.chat.grounding.words import word_set

GREETINGS: Final = ("hi", "hello", "hey", "good morning", "good afternoon", "good evening", "howdy", "hi there")
THANKS: Final = ("thanks", "thank you", "thx", "cheers", "great thanks", "perfect thanks", "that's all", "that is all")
GOODBYES: Final = ("bye", "goodbye", "see you", "good night", "that's it")
YES: Final = (
    "yes", "y", "yep", "yeah", "yes please", "sure", "ok", "okay", "confirm", "confirmed", "do it", "please do",
    "go ahead", "correct", "that's right", "right", "yes confirm", "i confirm", "proceed", "sounds good",
)  # fmt: skip
NO: Final = (
    "no", "n", "nope", "no thanks", "no thank you", "cancel that", "don't", "do not", "stop", "never mind", "nevermind",
    "forget it", "not now", "rather not",
)  # fmt: skip
AFRESH: Final = ("start over", "start again", "something else entirely", "new search", "forget everything", "reset")

# Questions about who answers here, and what for.
HELP: Final = re.compile(
    r"\W*(?:please )?(?:help(?: me)?|(?:so )?what (?:else )?(?:can|do) (?:you|u) (?:do"
    r"|help(?: me)? with)(?: for me)?|"
    r"how (?:can|could|do) you (?:help|assist)(?: me)?|how (?:does this|do you) work|"
    r"(?:ok(?:ay)? )?who (?:else )?can help(?: me)?|who (?:are you|am i (?:talking|"
    r"speaking) (?:to|with))|what are you|are you (?:(?:a|an|the) )?(?:real |live )?(?:chat ?)?(?:bot|robot|human|"
    r"person|machine|ai|computer|program|real)(?: or (?:a |an )?\w+)?)\W*",
    re.IGNORECASE,
)
# "not a book": what must not be, said by itself.
MUST_NOT: Final = re.compile(
    r"\s*(?:but |and |just |please )*(?:no|not|nothing|without|(?:anything|everything) but|except)\b", re.IGNORECASE
)
# What only the shop's own pages can do.
CART: Final = re.compile(
    r"\b(?:add|put|place|throw|drop)\b.{0,40}\b(?:in(?:to)?|to|on)\b.{0,12}"
    r"\b(?:cart|(?<!gift )basket|trolley|shopping bag|order)\b"
    r"|\bbuy (?:it|this|that|them|these|those|both|the (?:first|second|third|last|\w+ one))\b(?! for)"
    r"|^\W*(?:ok(?:ay)?,? |please,? )*(?:two|three|four|five|six|\d{1,2}) of (?:them|those|these|it|that)(?:,?"
    r" please)?\W*$"
    r"|(?<!should )\b(?:i'?ll|i|we'?ll|we) (?:take|buy|order) the (?:\w+|\w+ one|more expensive one)(?:,?"
    r" (?:please|then|thanks))?\W*$"
    r"|\b(?:i'?ll|i will|i would like to|i'?d like to|let me) (?:take|order) (?:it|this|that|them|these|both|the "
    r"(?:first|second|third|last|\w+ one))\b|^\W*(?:check ?out|order it|buy now)\W*$",
    re.IGNORECASE,
)

# Words that cannot begin or end what is looked for.
EDGES: Final = word_set(
    "a an the for my our your and or but with of to in on at some any is are be so as by from who that it i he"
    " she they "
    "her him them me us we you u im i'm i've ive what whats what's how much many can could does did was were get"
    " got smth "
    "sth something anything idk lol hmm hm well really just only there here when where why too very kind sort ok"
    " okay yes "
    "yeah nope please pls plz also now today hey hi thing things stuff one ones she's he's they're it's its say"
    " let's this "
    "these those want need wants needs wanna gonna though anyway already dunno guess think thinking maybe ur ya ppl"
    " haha hehe hahaha tbh btw prolly lmk cuz coz"
)

# Occasions in messages about gifts, by the names that products have of them.
OCCASIONS: Final = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), name)
    for pattern, name in (
        (
            r"(?:birthdays?|b-?day)(?: part(?:y|ies))?|turn(?:s|ed|ing) \d+"
            r"|\d{1,2}(?:st|nd|rd|th)(?= ?$|[,.!?]| birthday)",
            "birthday",
        ),
        (r"christmas|x-?mas", "christmas"),
        (r"anniversary", "anniversary"),
        (r"graduat(?:ion|es?|ing|ed)", "graduation"),
        (r"retir(?:ement|es?|ing|ed)", "retirement"),
        (r"house-?\s?warming", "housewarming"),
        (r"baby shower", "baby_shower"),
        (r"mother'?s'? day", "mothers_day"),
        (r"father'?s'? day", "fathers_day"),
        (r"valentine'?s?'?(?: day)?", "valentines_day"),
        (r"thank[- ]you(?= (?:gift|present))", "thank_you"),
        (r"wedding", "wedding"),
    )
)

# People whom a gift may be for; those of the second list are of any gender and age.
_KNOWN: Final = (
    r"mom|mum|mommy|mother|dad|daddy|father|wife|husband|girlfriend|boyfriend|fiancee?|aunt|uncle|sister"
    r"|brother|niece"
    r"|nephew|daughter|son|grandma|grandmother|granny|grandpa|grandfather|parents|grandparents"
)
_ANYBODY: Final = (
    r"friends?|neighbou?rs?|colleagues?|co-?workers?|boss|manager|teacher|cousins?|partner|room-?mate|host"
    r"|doctor|nurse"
    r"|assistant|coach|in-laws"
)
PEOPLE: Final = rf"{_KNOWN}|{_ANYBODY}"
OF_MINE: Final = re.compile(rf"(?<!for )\b(?:my|our) (?={_KNOWN}|{_ANYBODY}\b)", re.IGNORECASE)
WHOSE_DAY: Final = re.compile(
    rf"\b(?P<who>{_KNOWN}|{_ANYBODY})(?:'?s|\u2019s) "
    r"(?=\d{1,2}(?:st|nd|rd|th)|birthday|b-?day|wedding|graduation|anniversary)",
    re.IGNORECASE,
)
SOMEBODY: Final = re.compile(
    rf"\W*(?:it'?s )?(?:for )?(?:my |our |a |an |the )?(?:best |good |old |new |dear |little |big |older |younger"
    rf" )?(?P<who>{_KNOWN}|{_ANYBODY})\W*",
    re.IGNORECASE,
)
RANGE: Final = re.compile(
    r"\W*[$€£]?(\d+) ?(?:-|\u2013|to) ?[$€£]?(\d+)(?: ?(?:dollars|usd|bucks|euros?|\$|€))?\W*", re.IGNORECASE
)
CLOSE: Final = re.compile(rf"\b(?:for|to) (?:my|our) (?:\w+ )?(?:{_KNOWN}|{_ANYBODY})\b", re.IGNORECASE)
FOR_ANYBODY: Final = re.compile(
    rf"\bfor (?:my|our|a|an|the) (?:best |old |new |dear )?(?P<who>{_ANYBODY})\b", re.IGNORECASE
)
NO_THING: Final = re.compile(
    r"(?:small|little|big|nice|good|special|cool|cute|fun|pretty|unique|original|lovely|useful|boy|girl|man|woman"
    r"|men|women|kid|child|person|people|guy)\Z",
    re.I,
)

# "wireless ones": the word before says more of the thing that is looked for already.
ONES: Final = re.compile(r"^(?:(?:the|some|any|only|just) )?(?P<which>[\w-]+(?: [\w-]+)?) ones?\b", re.IGNORECASE)
# "mostly for programming": what the thing that is looked for already is to be good for.
PURPOSE: Final = re.compile(
    r"\b(?:mostly|mainly|primarily|usually|especially|(?:i|we)(?:'ll| will)? (?:want to )?use it|it'?s)(?: be)?"
    r" (?:used )?(?:for|on|at|when)\b",
    re.IGNORECASE,
)
ANY_PRICE: Final = re.compile(
    r"\b(?:(?:price|budget|money|cost)s? (?:(?:does|do|is)(?:n't| not| no)|no)"
    r" (?:matter|important|object|problem|issue|limit)"
    r"|(?:any|no matter the|forget the|ignore the|remove the|without a|no) (?:price|budget)(?: limit)?"
    r"|whatever it costs)\b",
    re.IGNORECASE,
)

_OF_GIFTS: Final = (
    r"house-?\s?warming|wedding|birthday|b-?day|anniversary|baby shower|graduation|christmas|x-?mas|mother'?s'? day"
    r"|father'?s'? day|valentine'?s?"
)
GIFT: Final = re.compile(
    rf"\b(?:(?:something|anything|sth|smth|ideas?) for (?:(?:a|an|the|my|our|their|his|her) )?(?:{_OF_GIFTS})|gifts?"
    rf"|(?:something|anything|sth|smth|ideas?) for (?:my|our|the|a) (?:{PEOPLE})(?:'?s|\u2019s)? (?:{_OF_GIFTS}"
    rf"|\d{{1,2}}(?:st|nd|rd|th))"
    rf"|(?:my|our) (?:\w+ )?(?:{PEOPLE})(?:'s| is| are)? (?:turns|turning|will be|is going to be) \d{{1,2}}"
    rf"|(?:my|our) (?:\w+ )?(?:{PEOPLE}) (?:has|have) (?:(?:his|her|their|a) )?(?:{_OF_GIFTS})"
    rf"|(?:my|our) (?:\w+ )?(?:{PEOPLE})(?:'s|\u2019s|s)? (?:{_OF_GIFTS}) is\b"
    r"|(?:someone|somebody|(?:man|woman|guy|person)|people) (?:who|that) (?:already )?(?:has|have|owns) everything"
    r"|presents?|surprise for|what (?:can|could|should|would) (?:i|we) (?:give|get))\b",
    re.IGNORECASE,
)

# What somebody likes: "hiking-loving mom", "loves hiking", "into yoga", "cooking enthusiasts", "fan of chess".
_LIKES: Final = (
    r"loves|likes|enjoys|adores"
    r"|(?:is|are) (?:really |totally |all )?(?:into|fond of|(?:crazy|mad|nuts|passionate) about)"
)
_THEY_LIKE: Final = r"(?:who|that|they|kids|children|parents|friends|both) (?:really |all )?(?:love|like|enjoy|adore)"
_NO_INTEREST_AFTER: Final = r"(?!not\b|no\b|and\b|but\b|for\b|under\b|with\b|who\b|so\b)"
_PEOPLE_WHO: Final = r"enthusiasts?|lovers?|fans?|addicts?|buffs?|geeks?|nuts?|fanatics?|people"
INTERESTS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<what>[a-z]+(?: [a-z]+)?)[- ](?:loving|obsessed|mad|crazy)\b",
        rf"\b(?:(?:who |that |she |he )?(?:really )?(?:{_LIKES})|{_THEY_LIKE})(?P<to> to)? "
        rf"(?P<what>[a-z]+(?: {_NO_INTEREST_AFTER}[a-z]+)?)(?:,? and (?:to )?(?!(?:i|we|he|she|they|not|is|has"
        rf"|would)\b)(?P<more>[a-z]+))?",
        rf"\b(?P<what>[a-z]+(?: or [a-z]+)?)[- ](?:{_PEOPLE_WHO})\b",
        r"\b(?:fans?|lovers?) of (?P<what>[a-z]+)\b",
        r"\b(?:he|she|who|they|and)(?: really| always)?(?P<does>) (?P<what>(?!is\b|was\b|has\b|does\b|says\b"
        r"|needs\b|wants\b)[a-z]{3,}s|(?<=they )[a-z]{3,})"
        r" (?:a lot|all the time|every (?:day|night|evening|weekend|week)|constantly|much)\b",
        # "something nice for her to relax"
        r"\b(?:something|anything|sth|smth|gift|present)(?: [a-z]+)?"
        rf" (?P<whom>for (?:him|her|them|(?:my|our) (?:\w+ )?(?:{PEOPLE})))(?P<to> to)"
        r" (?P<what>(?!(?:be|have|get|wear|put|use|take|keep|do|go|say|open|celebrate)\b)[a-z]+)\b",
    )
)
NOT_INTERESTS: Final = word_set(
    "i you we it this that them him her me us my your his a an the not no only lazy busy old young tall short "
    "most some many other few two to would really something anything one ones do does"
)

ORDINALS: Final = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
    "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9, "9th": 9, "tenth": 10, "10th": 10,
    "last": -1,
}  # fmt: skip
IT_IS_SOMEBODY: Final = re.compile(
    r"\b(?:it'?s|it is|i'?m|i am|he'?s|she'?s) (?:for )?(?P<who>(?:a|an|my|our) (?:\w+ ){0,2}?"
    r"(?:girl|boy|man|woman|lady|guy|kid|child|baby|teen(?:ager)?))\b",
    re.IGNORECASE,
)
CHEAPER_ONE: Final = re.compile(
    r"\b(?:the )?(?:cheaper|cheapest|least expensive|less expensive)(?: one| of (?:them|these"
    r"|those))?\b",
    re.IGNORECASE,
)
DEARER_ONE: Final = re.compile(r"\b(?:the )?(?:more|most) expensive(?: one| of (?:them|these|those))?\b", re.IGNORECASE)
IT: Final = re.compile(
    r"\b(?:it|its|it's|this|that|this one|that one|the one|this product|that product)\b", re.IGNORECASE
)
THEM: Final = re.compile(r"\b(?:them|these|those|both|the two|all of them|they)\b", re.IGNORECASE)

COMPARE: Final = re.compile(
    r"\b(?:compar(?:e|ing|ed)|comparison|versus|vs\.?|differences? (?:between|in|of)|which (?:one )?is better"
    r"|(?:better|worse|cheaper|lighter|bigger|smaller) than the (?:\w+ one|first|second|third|fourth|fifth|last"
    r"|other)"
    r"|which (?:one |of (?:them|these|those) )?(?:would|should|do|will) (?:you|i)|what'?s the difference)\b",
    re.IGNORECASE,
)
# "which of them has the longest battery life?", asked of what was shown.
WHICH: Final = re.compile(
    r"\bwhich (?:(?:one|of (?:them|these|those|the \w+)) )?(?:is|are|has|have|lasts?|weighs?|holds?|offers?|takes?|"
    r"comes? with)\b.*\b(?:\w{2,}est|most|best|least|\w{2,}er|more|less|better)\b",
    re.IGNORECASE,
)
# Which of those shown is advised.
CHOOSE: Final = re.compile(
    r"\b(?:what|which)(?: (?:one|ones|of (?:them|these|those|the \w+)))? (?:would|should|do|will|could) (?:you|i|we)"
    r" (?:\w+ ){0,2}?(?:take|pick|choose|get|buy|go (?:for|with)|recommend|suggest|prefer|like|want)\b"
    r"|\b(?:what(?:'s| is| are)?|tell me) your (?:(?:own|top|personal) )?(?:favou?rite|pick|choice"
    r"|recommendation|advice)"
    r"|\b(?:help me|can you|could you) (?:to )?(?:choose|decide|pick)(?: (?:one|for me|between (?:them|these"
    r"|those)))?\W*$"
    r"|\bor should (?:i|we) (?:rather |better )?(?:take|get|buy|pick|choose|go (?:for|with))\b"
    r"|\b(?:can'?t|cannot|can not|couldn'?t) (?:really )?(?:decide|choose)\b|\bhard to (?:choose|decide)\b"
    r"|\b(?:which|what)(?:'s| is| are)?(?: (?:one|ones|of (?:them|these|those)))?(?:'s| is| are| would be)? (?:the )?"
    r"(?:best|nicest|better|right|most suitable|good|suitable)(?: (?:one|choice|option|fit))?(?: for\b|\W*$)"
    r"|^\W*(?:(?:and|so|ok(?:ay)?),? )*which (?:one|ones|of (?:them|these|those))(?: is| are)? for\b",
    re.IGNORECASE,
)
# "not that one": others than what was shown.
NOT_THAT: Final = re.compile(
    r"\W*(?:(?:hm+|no+|nah|nope|but|and|well|sorry|please|ok(?:ay)?)[\s,.!]+)*"
    r"(?:not|nothing like|anything but|i (?:really )?(?:don'?t|do not|dont) (?:really )?(?:like|want|love|fancy)"
    r"|(?:i'?m |i am )?not (?:a fan of|into|fond of|sure about)|i hate)"
    r" (?P<what>that|this|it|them|these|those|any of (?:them|these|those)|either(?: of (?:them|these))?"
    r"|(?:the|that|this) (?:\w+ )?ones?|the (?:first|second|third|fourth|fifth|last)(?: one)?)(?: ones?)?"
    r"(?:[\s,]+(?:please|really|though|either|at all|much|so much|something else|another(?: one)?|others?|what else"
    r"|show me (?:another(?: one)?|others?|something else)))*\W*",
    re.IGNORECASE,
)
SIMILAR: Final = re.compile(
    r"\b(?:similar(?: to)?|more like|like (?:this|that|it)\b|alternatives?(?: to)?)", re.IGNORECASE
)
AVAILABLE: Final = re.compile(
    r"\b(?:in stock|available|availability|sold out|out of stock|how many (?:are )?left)\b", re.IGNORECASE
)
REVIEWS: Final = re.compile(
    r"\b(?:reviews?|ratings?|what do (?:people|customers|others) (?:say|think)|any good)\b", re.IGNORECASE
)
PRICE_QUESTION: Final = re.compile(
    r"\b(?:how much (?:is|are|does|do)|what(?:'s| is| does) (?:the |its )?(?:price|cost))\b", re.IGNORECASE
)
DETAILS: Final = re.compile(
    r"\b(?:tell me (?:more(?: about)?|about)|more (?:details|information|info)|details (?:of|about|on)|specs?"
    r"|specifications?"
    r"|features?|what(?:'s| is| are) (?:the |its )|how (?:big|heavy|long|large|tall|wide|deep|loud|fast|good)"
    r"|(?:does|is|can) (?:it|this|that)|and (?:its|the|how)|what about (?:its|the))\b",
    re.IGNORECASE,
)
# What several cost in all.
TOTAL: Final = re.compile(
    r"\bwhat (?:would|does|do|will|is) (?:all (?:of )?(?:that|this|it|them)|everything|it all|the (?:lot"
    r"|whole (?:thing|lot)))"
    r"(?: (?:be|cost|come to|make))?\b|"
    r"\b(?:total|altogether|in all|sum|combined|all together)\b|\badd (?:(?:it|them|that|this|these|everything"
    r"|all) )*up\b"
    r"|\bhow much (?:is |are |for |would |will |be |it ){0,3}(?:everything|it all|all of (?:it|that|them|this))\b"
    r"|\b(?:all|everything|that|it|this|all of (?:it|that|them)) (?:that |this )?together\b|\b(?:both|them"
    r"|these|those|two) together\b"
    r"|\bhow much (?:is|are|for|would|do|does)(?: it)?(?: be)?(?: for)? (?:both|the two|all of them|them all)\b",
    re.IGNORECASE,
)
# What there is to choose from of a product.
OPTIONS: Final = re.compile(
    r"\b(?:what|which|other|another|any other|different|more|all(?: the)?|available) (?:colou?rs?|sizes?|options?"
    r"|versions?|variants?|"
    r"formats?|editions?|finishes)\b(?! (?:is|of screen|screen|display|bed|mattress))"
    # "dresses in different patterns" are other dresses
    r"|(?<!s in )\b(?:what|which|other|another|any other|different|more|all(?: the)?|available) (?:shades?|tones?"
    r"|lengths?|scents?|flavou?rs?|patterns?|designs?)\b"
    r"|\b(?:colou?rs?|shades?|sizes?) (?:does|do|is|are|can) (?:it|they|this|that|these)\b|^\W*(?:colou?rs?"
    r"|shades?|sizes?)\W*$",
    re.IGNORECASE,
)
# More of the same.
MORE: Final = re.compile(
    r"\bmore\b(?! than)|\b(?:any|some|the|show me|see|what) ?(?:other|others|else)\b|\bother (?:ideas?|options?"
    r"|suggestions?|ones?|choices?)\b"
    r"|\b(?:anything|something|what) else\b|\bnext (?:page|ones)\b",
    re.IGNORECASE,
)
