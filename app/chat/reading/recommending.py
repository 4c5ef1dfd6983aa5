"""Messages that ask for no thing but for the shop's own lists: what is popular, what is new, what goes with a product,
or whatever the shop would recommend. Pure."""

import re
from enum import StrEnum
from typing import Final

from app.chat.context import Context, ShownProduct
from app.chat.reading.references import focus_of, pointed_at

_LEAD: Final = (
    r"(?:(?:hi|hello|hey|ok(?:ay)?|so|well|and|please|then|hm+)[,!.]? ){0,5}"
    r"(?:(?:can|could|would|will) you (?:please )?|(?:i|we)(?:'d| would)? (?:like|want|love) to (?:see|know) )?"
    r"(?:(?:please )?(?:show|tell|give) (?:me|us) )?(?:some(?: of)? )?"
)
_PRICE: Final = (
    r"(?:,? (?:for )?(?:under|below|less than|up to|at most|within|max(?:imum)?)(?: of)? ?[$€£]? ?\d[\d.,]*"
    r"(?: ?(?:dollars|bucks|euros?|pounds|usd|eur|gbp))?)?"
)


def _whole(*ways: str) -> re.Pattern[str]:
    """A message that is one of these and nothing else, but for how it begins and a price."""
    return re.compile(rf"\W*{_LEAD}(?:{'|'.join(ways)}){_PRICE}(?:,? please)?\W*", re.IGNORECASE)


_IS: Final = r"(?:what(?:'s| is| are|s) )"
_THE: Final = r"(?:your |the |the shop's |any )"
_THINGS: Final = r"(?:products?|things?|items?|ones|arrivals?|additions?)"
_FOR_ME: Final = r"(?: (?:for|to) (?:me|us))?"
_NOW: Final = (
    r"(?: (?:right now|now|now?adays|at the moment|currently|these days|today|this (?:week|month|season|year)|lately"
    r"|recently|here|in (?:your|the) (?:shop|store)))*"
)
_PEOPLE: Final = (
    r"(?:people|others|other (?:people|customers|shoppers)|(?:most )?(?:customers|shoppers)|everybody|everyone|they)"
)
_OFTEN: Final = r"(?:usually |normally |often |mostly |typically |also |generally )*"

_POPULAR: Final = _whole(
    rf"{_IS}(?:(?:most|really|so|very|currently) )*(?:popular|trending|hot|in demand){_NOW}",
    rf"{_IS}?{_THE}(?:current )?(?:best|top)[- ]?sell(?:ers?|ing {_THINGS})(?: list)?{_NOW}",
    rf"{_IS}?{_THE}most (?:popular|loved|bought) {_THINGS}{_NOW}",
    rf"(?:best|top)[- ]?sellers|(?:popular|trending) {_THINGS}{_NOW}",
    rf"what (?:sells|is selling|'s selling) (?:best|most|well){_NOW}",
    rf"what (?:do|are|does) {_PEOPLE} {_OFTEN}(?:buy|like|get|love|buying|liking|into)(?: (?:most|best))?{_NOW}",
)
_NEW: Final = _whole(
    rf"(?:{_IS}|(?:is there |have you got |do you have |got )?(?:any|some)thing )new(?: in| things)?{_NOW}",
    rf"{_IS}?{_THE}?(?:new(?:est)?|latest) {_THINGS}{_NOW}",
    rf"what(?: has|'s|s)? (?:just |newly )?(?:come|came|arrived) in{_NOW}",
)
_FOR_YOU: Final = _whole(
    rf"(?:what|which|anything|something)(?: {_THINGS})?(?: else)? (?:do|would|can|could|should) you "
    rf"(?:recommend|suggest){_FOR_ME}{_NOW}",
    r"(?:do you have |have you got |got )?(?:any |some )?(?:recommendations?|suggestions?|ideas|inspiration)"
    rf"{_FOR_ME}{_NOW}",
    rf"(?:recommend|suggest) (?:me |us )?(?:something|anything|a few things|some things){_FOR_ME}",
    r"what should (?:i|we) (?:buy|get)",
)
_SURPRISE: Final = _whole(
    r"(?:just )?surprise (?:me|us)|inspire (?:me|us)",
    r"(?:something|anything|things|what|products|stuff) (?:that )?(?:i|we) (?:might|may|would|could|will) (?:also )?"
    r"(?:like|love|enjoy)",
)
_IT: Final = (
    r"(?P<it>it|this|that|these|those|them|(?:this|that) one"
    r"|(?:the |this |that )(?:first|second|third|fourth|fifth|last|cheaper|cheapest)(?: one)?"
    r"|(?:the|this|that|these|those) [\w' -]{2,60}?)"
)
_GOES: Final = r"(?:goes?|works?|fits?|pairs?|match|matches)(?: (?:well|nicely|best|together))*"
_BUY: Final = r"(?:buy|bought|get|order|ordered|take|add)(?: (?:together|along|too|else))*"
_IS_THERE: Final = r"(?:is there|do you (?:have|sell)|are there)"
_EXTRAS: Final = r"(?:accessories|extras|add-?ons)"
# One pattern each, for a name stands once in a pattern.
_WITH: Final = tuple(
    _whole(way)
    for way in (
        r"(?:what|which things|(?:is there )?(?:any|some)thing)(?: else)?(?: (?:that|would|could|might))* "
        rf"{_GOES} with {_IT}",
        rf"what (?:do|does|did|have) {_PEOPLE} {_OFTEN}{_BUY} (?:with|to|after) {_IT}",
        rf"(?:what (?:is|gets|'s|was|are) )?{_OFTEN}(?:frequently )?(?:bought|ordered)(?: together)? with {_IT}",
        r"what (?:else )?(?:should|could|can|would) (?:i|we|you) (?:buy|get|add|order|take|recommend)(?: together)? "
        rf"(?:with|to) {_IT}",
        rf"{_IS_THERE}(?: also)? (?:a |any )?(?:bundles?|bundle deals?) (?:with|for|of) {_IT}",
        rf"(?:what )?(?:other )?{_EXTRAS}(?: (?:do you have|are there|can i get|do i need|should i get|go))? "
        rf"(?:with|for) {_IT}",
        rf"{_IS_THERE} (?:a |any )(?:bundles?|bundle deals?)(?P<it>)",
    )
)
_ONE: Final = re.compile(r"(?:it|this|that|these|those|them|(?:this|that) one)?", re.IGNORECASE)


class ShopList(StrEnum):
    """A list of the shop's own."""

    FOR_YOU = "for_you"
    POPULAR = "popular"
    NEW = "new"
    WITH = "with"


def list_wanted(message: str, context: Context) -> tuple[ShopList, ShownProduct | None] | None:
    """The list that a message asks for, and for WITH the product that it is about; None where it asks for something
    else, also where it names a product that was not shown."""
    plain = re.sub(r"\s+", " ", message.replace("\u2019", "'")).strip()
    for which, pattern in ((ShopList.POPULAR, _POPULAR), (ShopList.NEW, _NEW)):
        if pattern.fullmatch(plain):
            return which, None
    # Advice on what is being looked for, or for whom, is no list of the shop's.
    for_others = context.gift or context.recipient is not None or context.occasion is not None
    begun = for_others or bool(context.shown or context.about)
    if (not begun and _FOR_YOU.fullmatch(plain)) or (not for_others and _SURPRISE.fullmatch(plain)):
        return ShopList.FOR_YOU, None
    asked = next((found for pattern in _WITH if (found := pattern.fullmatch(plain))), None)
    if asked is None or not context.shown:
        return None
    pointed = pointed_at(plain, context)
    if pointed.products:
        return ShopList.WITH, pointed.products[0]
    # "The lamp" where no lamp was shown is another thing.
    focus = focus_of(context) if not pointed.problem and _ONE.fullmatch(asked["it"]) else None
    return (ShopList.WITH, focus) if focus is not None else None
