"""Postal addresses as they are typed on one line. Pure."""

import re
from typing import Final

from shop.orders.document import Address

_TO: Final = re.compile(r"\b(?:to|is|be|:)\s*:?\s*(?=\S*\d)", re.IGNORECASE)
_LEAD: Final = re.compile(
    r"^\W*(?:(?:no|sorry|oh|actually|i mean|wait|ok(?:ay)?|please|yes|it'?s)\W+)+(?=\d)", re.IGNORECASE
)
_REGION_CODE: Final = re.compile(r"^(?P<region>[A-Za-z][A-Za-z .]*?)\s+(?P<code>[A-Z]{0,2}\d[\w -]{2,9})$")
_CODE_TOWN: Final = re.compile(r"^(?P<code>\d{4,6})\s+(?P<town>[^\d]+)$")
_CODE: Final = re.compile(r"^[A-Z]{0,2}\d[A-Z\d -]{2,9}$", re.IGNORECASE)


# "Denver CO 80203" is a town, a state and its code.
_TOWN_REGION_CODE: Final = re.compile(
    r"^(?P<town>[A-Za-z][A-Za-z .'-]*?),?\s+(?P<region>[A-Za-z]{2})\.?\s+"
    r"(?P<code>\d{5}(?:-\d{4})?|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)$"
)
# A sentence that begins with the number of a house.
_HOUSE: Final = re.compile(r"(?:^|[.!?;:]\s+|\s-\s+)(?=\d{1,5}[A-Za-z]?\s+[A-Za-z])")
_ENDS: Final = re.compile(
    r"(?P<kept>\b\d{5}(?:-\d{4})?\b(?:,?\s*(?:USA?|U\.S\.A?\.?|United States))?)\s*(?:[.!?;].*"
    r"|,?\s*(?:please|thanks|thank you|instead|now|ok(?:ay)?)\b.*)$",
    re.IGNORECASE | re.DOTALL,
)


def address_of(message: str) -> Address | None:
    """A postal address written on one line with commas: street, town, region and postcode, country. None where a part
    is missing: an address is asked for again rather than guessed."""
    message = _LEAD.sub("", message)
    text = _ENDS.sub(lambda found: found["kept"], message[_start(message) :])
    parts = [part.strip(" .") for part in text.replace("\n", ",").split(",") if part.strip(" .")]
    parts = [piece for place, part in enumerate(parts) for piece in (_pieces(part) if place else [part])]
    if len(parts) < 3 or not re.search(r"\d", parts[0]):
        return None
    for place in range(len(parts) - 1, 0, -1):
        if (found := _REGION_CODE.match(parts[place])) and place >= 2:
            return _address(parts[: place - 1], parts[place - 1], found["region"], found["code"], parts[place + 1 :])
        if found := _CODE_TOWN.match(parts[place]):
            return _address(parts[:place], found["town"], "", found["code"], parts[place + 1 :])
        if _CODE.match(parts[place]) and place >= 2:
            return _address(parts[: place - 1], parts[place - 1], "", parts[place], parts[place + 1 :])
    return None


# A question of an address, and what was done with one: neither says where something is to go.
_ASKS: Final = re.compile(
    r"(?:^|[.!?,;]\s+|\s-\s+)(?:(?:and|so|but|hi|hello|hey|ok(?:ay)?|also|well)\W+)*(?:do|does|did|are|was|were|has|have"
    r"|is(?! it (?:still )?possible| there (?:a|any) way)|how|when|where|why|what|which)\b"
    r"|\b(?:you|they) (?:also )?(?:ship|deliver|send) to\b",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\b(?:not|never|no longer|cannot)\b|n['\u2019]t\b|\bdont\b|\b(?:was(?! (?:wondering|hoping))|were|went|did"
    r"|ha(?:s|ve) been|arrived|came)\b|\b(?:i|we|they|you|he|she|somebody|someone)(?:['\u2019]ve| have| had)?(?: \w+)?"
    r" (?:sent|shipped|mailed|returned|delivered|posted)\b",
    re.IGNORECASE,
)
_NOT_MINE: Final = re.compile(
    r"(?:\bnot|n['\u2019]t) (?:my|mine|ours?|where|the|right|correct)\b|\bwrong\b", re.IGNORECASE
)
_CLAUSE: Final = re.compile(r"[.!?,;]\s+|\b(?:but|so|and)\b", re.IGNORECASE)


def address_wanted(message: str) -> Address | None:
    """The address that something is to go to; None where a message only asks of one, says that it is not to, or tells
    what went there."""
    address = address_of(message)
    if address is None or _ASKS.search(message):
        return None
    message = _LEAD.sub("", message)
    start = _start(message)
    clause = _CLAUSE.split(message[:start].rstrip(" ,.;!?"))[-1]
    return None if _DONE.search(clause) or _NOT_MINE.search(message[start:]) else address


def _pieces(part: str) -> list[str]:
    """A town with its state and code as two parts; anything else as it is."""
    found = _TOWN_REGION_CODE.match(part)
    known = found is not None and _country(found["region"], found["code"])
    return [found["town"], f"{found['region'].upper()} {found['code'].upper()}"] if found and known else [part]


def _start(message: str) -> int:
    """Where the address in a message begins, if it has one."""
    if (found := _TO.search(message)) is not None:
        return found.end()
    return max((found.end() for found in _HOUSE.finditer(message)), default=0)


def beside_address(message: str) -> str:
    """What a message says before the address in it: names of streets are no names of items. The whole message where
    it has none."""
    if address_of(message) is None:
        return message
    message = _LEAD.sub("", message)
    found = _TO.search(message)
    return message[: found.start() if found else _start(message)].strip()


def _address(lines: list[str], town: str, region: str, code: str, after: list[str]) -> Address | None:
    country = after[0] if after else _country(region, code)
    if not lines or len(lines) > 2 or len(after) > 1 or not _may_be_country(country):
        return None
    return Address(
        line1=lines[0][:200],
        line2=lines[1][:200] if len(lines) > 1 else "",
        city=town.strip()[:200],
        region=region.strip()[:200],
        postcode=code.strip()[:20],
        country=country[:100],
    )


_COUNTRY: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'()-])+")
_NO_COUNTRY: Final = re.compile(
    r"\b(?:i|it|that|this|my|you|we|they|is|was|did|do|does|are|not|please|thanks?|now|instead|how|when|what|where|why|who"
    r"|will|can|arrived|correct|right|wrong)\b",
    re.IGNORECASE,
)
_WORDS: Final = 5


def _may_be_country(name: str) -> bool:
    """Whether words after a postcode may name a country, and are not what a sentence goes on with."""
    known = _COUNTRY.fullmatch(name) is not None and len(name.split()) <= _WORDS
    return known and _NO_COUNTRY.search(name) is None


_STATES: Final = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "DC",
    ]
)
_PROVINCES: Final = frozenset(["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"])


def _country(region: str, code: str) -> str:
    """The country of a state or province of North America with a postcode of its form; else empty."""
    short = region.strip().upper()
    if short in _STATES and re.fullmatch(r"\d{5}(?:-\d{4})?", code.strip()):
        return "USA"
    return "Canada" if short in _PROVINCES and re.fullmatch(r"[A-Z]\d[A-Z] ?\d[A-Z]\d", code.strip().upper()) else ""
