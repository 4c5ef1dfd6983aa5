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
    if not lines or len(lines) > 2 or len(after) > 1 or not country:
        return None
    return Address(
        line1=lines[0][:200],
        line2=lines[1][:200] if len(lines) > 1 else "",
        city=town.strip()[:200],
        region=region.strip()[:200],
        postcode=code.strip()[:20],
        country=country[:100],
    )


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
