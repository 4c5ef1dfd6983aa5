"""What people ask of a product, and where a record answers it: the weight, the battery, whether it washes. Pure."""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Aspect:
    """`name`: as a sentence says it; `asked`: how people ask; `attributes`: words of the names of specifications that
    hold it; `told`: how a text speaks of it. `exact`: only the very word that was asked answers it."""

    name: str
    asked: re.Pattern[str]
    attributes: frozenset[str]
    told: re.Pattern[str]
    exact: bool = False


def _exact(name: str, asked: str) -> Aspect:
    """What a record answers with the very word that was asked."""
    pattern = re.compile(rf"\b(?:{asked})\b", re.IGNORECASE)
    return Aspect(name, pattern, frozenset(), pattern, exact=True)


def _aspect(name: str, asked: str, attributes: str, told: str) -> Aspect:
    return Aspect(
        name,
        re.compile(rf"\b(?:{asked})\b", re.IGNORECASE),
        frozenset(attributes.split()),
        re.compile(rf"\b(?:{told})\b", re.IGNORECASE),
    )


ASPECTS: Final = (
    _aspect(
        "weight",
        r"weigh\w*|how (?:heavy|light)|heavier|heaviest|lighter|lightest|heavy(?! (?:rain|snow|use|wind|storm"
        r"|traffic|duty|load))|is (?:it|that|this) light|too heavy",
        "weight weighs",
        r"weigh\w*|kilos?|kilograms?|kg|grams?|pounds?|ounces?|heavy|light(?:weight)?(?! bulb)",
    ),
    _aspect(
        "battery life",
        r"batter(?:y|ies)(?: life)?|how long (?:does|do|will|can) (?:it|they|the batter\w+|this|that) (?:last|run"
        r"|play|work)"
        r"|lasts? (?:the )?long(?:er|est)|between charges|run ?time|playtime",
        "battery runtime",
        r"batter(?:y|ies)|charges?|hours of (?:play|use|music)",
    ),
    _aspect(
        "charging",
        r"charg(?:e|es|ing) (?:time|fast|quickly)|how (?:fast|long|quick\w*)\b.*\bcharg\w+|fast charg\w+"
        r"|charg(?:e|es|ing)",
        "charging charge watt watts w",
        r"charg(?:e|es|ing|er)|watts?|USB-C",
    ),
    _aspect(
        "size",
        r"how (?:big|large|wide|tall|high|deep|thick|small|long is(?! (?:it|this|that|the card) valid))"
        r"|dimensions?|width|height|depth|diameter|thickness"
        r"|how much (?:space|room)|take up|(?:fit|fits) (?:in|into|on|under) (?:a |an |the |my |our )"
        r"|bigger|biggest|larger|largest|smaller|smallest|what sizes?(?: is| are)?|measurements?|too big|too"
        r" small|fit through",
        "width height depth length diameter thickness dimensions size inches cm mm m",
        r"\d+(?:\.\d+)? ?(?:cm|mm|m|metres?|meters?|inch(?:es)?|in)|wide|tall|thick|long|narrow|small|compact|size",
    ),
    _aspect("memory", r"ram|memory", "memory ram", r"memory|ram"),
    _aspect("storage", r"storage|disk|ssd|hard drive|how many gb|gigabytes?", "storage ssd disk", r"storage|ssd|GB|TB"),
    _aspect(
        "capacity",
        r"capacity|volume|how much is in(?:side)?|(?:how many|how much) (?:lit(?:er|re)s?|ml|mah|cups|oz)|mah"
        r"|lit(?:er|re)s?|how much (?:does|can) "
        r"(?:it|this|that) hold",
        "capacity volume litres liters l ml mah",
        r"lit(?:er|re)s?|mAh|capacity|holds?",
    ),
    _aspect(
        "material",
        r"material|made (?:of|from|out of)|fabric|(?:real|genuine|vegan|faux) leather|what(?:'s| is) it made",
        "material fabric upper lining",
        r"made (?:of|from)|leather|cotton|wool|steel|wood|plastic|silk|linen",
    ),
    _aspect(
        "water resistance",
        r"water(?:[- ]?(?:proof|resistant|resistance|tight))?|in the rain|(?:heavy |some |light "
        r"|pouring )?rain(?:[- ]?proof|s|ing)?"
        r"|(?:thunder|rain)?storms?|bad weather|swim(?:ming)?|shower(?:ing)?|(?:in|into) the (?:sea|pool|bath|ocean)"
        r"|puddles?"
        r"|splash\w*|wet|(?:stay|left?|leave it|be|stand) (?:out(?:side|doors)?)",
        "waterproof water ip resistance resistant",
        r"weather\w*|outdoors?|water(?:proof|[- ]resistant|tight)?|rain|swim\w*|splash\w*|IP\w?\d+|wet|stream",
    ),
    _aspect(
        "temperature",
        r"warm enough|warm(?:er|est)|how (?:warm|cold)|(?:for|at|below|until|to|minus) -?\d+ (?:degrees|celsius"
        r"|fahrenheit)|degrees"
        r"|temperatures?|keeps? (?:me |you |it |us |drinks? )?(?:warm|cold|hot)|in winter",
        "temperature comfort celsius degrees c",
        r"degrees|°|warm\w*|cold\w*|frost\w*|winter|season\w*|insulat\w*|freez\w*|hot",
    ),
    _aspect(
        "playing time",
        r"how long (?:does|do|is|are|will|would) (?:an? |the |one |each )?(?:games?|rounds?|match(?:es)?|play"
        r"|playing)\b",
        "minutes duration playing playtime",
        r"minutes?|hours?|an evening|half an hour",
    ),
    _aspect("brightness", r"(?:how )?bright(?:ness)?|lumens?", "lumens brightness", r"lumens?|bright\w*"),
    _aspect(
        "screen",
        r"screen|display|resolution|inch(?:es)?",
        "screen display resolution",
        r"screen|display|4K|HDR|OLED",
    ),
    _aspect("refresh rate", r"refresh(?: rate)?|hz|hertz", "refresh hz", r"Hz"),
    _exact("connections", r"hdmi|usb(?:-c)?|ports?|sockets?|bluetooth|wireless|wi-?fi|wired|gps|nfc|sim(?: card)?"),
    _exact("display", r"4k|hdr|oled|lcd|touch ?screen"),
    _aspect(
        "noise",
        r"how (?:loud|quiet|noisy)|noise|nois(?:y|ier|iest)|quiet(?:er|est)?|silent|loud(?:er|est)?|wake (?:the|my"
        r"|up)\b",
        "noise decibels db",
        r"quiet\w*|silent\w*|noise|decibels?|nobody hears",
    ),
    _aspect("pages", r"(?:how many )?pages?", "pages", r"pages?"),
    _aspect("author", r"(?:who )?(?:wrote|written)|author|by whom", "author", r"by [A-Z]\w+ [A-Z]\w+|writes|author"),
    _aspect("maker", r"who makes|(?:what|which) brand|made by|manufacturer", "brand", r"^$"),
    _aspect(
        "age",
        r"(?:what|which|from what|for what) ages?|how old|old enough|too (?:young|old)|newborns?|toddlers?|babies"
        r"|\d+ year olds?|(?:kid|son|daughter|child|boy|girl|he|she|nephew|niece)(?:'?s| is)? (?:only |just "
        r"|nearly )?\d{1,2}\b(?! ?(?:cm|kg|m|dollars))",
        "age ages",
        r"ages?|years?|children|babies|toddlers?|newborns?",
    ),
    _aspect(
        "number of people",
        r"how many (?:people|players|persons|kids|guests)|for \d+ (?:people|players|persons)",
        "people players persons seats",
        r"players?|people|persons?|sleeps",
    ),
    _aspect(
        "care",
        r"(?:machine )?wash(?:able)?|dishwasher(?:[- ]safe)?|clean(?:ing)?|dryer|iron(?:ed)?(?! skillet)",
        "care washable dishwasher",
        r"wash\w*|dishwasher(?:[- ]safe)?|clean\w*|rinse\w*|dry clean\w*",
    ),
    _aspect(
        "assembly",
        r"assembl\w+|put (?:it |them )?(?:together|up)|set (?:it |them )?up|setup|pitch(?:ed|ing)?|install\w*"
        r"|build (?:it|them|this|these)",
        "assembly assembled setup pitch",
        r"assembl\w+|put up|set up|pitch\w*|install\w*|tools?",
    ),
    _aspect(
        "contents",
        r"how many (?:are in|(?:pieces|parts|items|pairs|cards)\b)|set of how many"
        r"|in the (?:box|set|package|kit)|(?:what(?:'s| is| does it) )?includ\w+|come(?:s)? with|contents?|accessories",
        "includes included contents pieces",
        r"includ\w+|comes? with|set of|pieces?|contains?|with the",
    ),
    _aspect("validity", r"valid(?:ity)?|expir\w+", "valid validity expiry", r"valid\w*|expir\w*"),
    _aspect("warranty", r"warranty|guarantee", "warranty guarantee", r"warranty|guarantee\w*"),
    _aspect(
        "safety",
        r"safe(?:ty)?(?! in the dishwasher)|toxic|dangerous|certified",
        "safety certification",
        r"safe\w*|certified|non-toxic|water-based",
    ),
    _aspect(
        "power", r"power|watts?|voltage|volts?|horse ?power", "power watts watt voltage", r"watts?|W\b|volts?|power\w*"
    ),
    _aspect("speed", r"how fast|speed|top speed", "speed kmh mph", r"fast\w*|speed\w*|seconds?"),
    _aspect("range", r"range|how far", "range km miles", r"range|kilomet(?:er|re)s?|km|miles"),
    _exact(
        "ingredients",
        r"vegan|sulf?(?:ph)?ate|gluten|parabens?|sugar|lactose|nuts?|organic|alcohol|cruelty|fragrance|latex|bpa",
    ),
    _aspect(
        "ingredients",
        r"ingredients?|what(?:'s| is) in it|allergens?",
        "ingredients allergens",
        r"ingredients?|allergens?",
    ),
    _exact(
        "use", r"oven|microwave|dishwasher|tumble dryer|dryer|freezer|fridge|induction|washing machine|indoors|outdoors"
    ),
    _aspect("gender", r"(?:wo)?men'?s? or (?:wo)?men'?s?|unisex|(?:boy|girl)s? or (?:boy|girl)s?", "gender", r"^$"),
    _aspect(
        "how easy it is",
        r"(?:for|as) (?:an? )?(?:absolute |total |complete )?(?:beginners?|newbies?|starters?|novices?|pros?"
        r"|professionals?|amateurs?)"
        r"|beginners?|never (?:done|played|used|tried)|first[- ]tim(?:e|er)s?|(?:hard|easy|difficult|simple|tricky"
        r"|complicated) to"
        r" (?:use|learn|play|handle|start|work|operate|understand|read|clean|make)|user[- ]friendly"
        r"|experience needed|skill level"
        r"|how (?:hard|easy|difficult|complicated)",
        "level difficulty skill",
        r"beginners?|first|easy|easily|simple|starters?|learn\w*|advanced|experienced|skill\w*|no experience"
        r"|professional",
    ),
    _aspect(
        "comfort",
        r"comf(?:y|ier|iest|ortable|ortably|ort)|cushion\w*|pinch\w*|scratchy|itch\w*|sit (?:in|on) (?:it|that|this"
        r"|them)|all day",
        "comfort cushioning padding",
        r"comfort\w*|soft\w*|cushion\w*|padd(?:ed|ing)|pinch\w*|snug|itch\w*|all day|hours",
    ),
    _aspect(
        "durability",
        r"durab\w+|sturd(?:y|ier|iest)|last(?:s|ing)? (?:for )?(?:long|years|forever|a while|a lifetime)|lasts? longer"
        r"|break (?:easily|quickly|fast)|robust|solid|hold up|wear out|fall apart|unbreakable|indestructible",
        "durability lifetime",
        r"durab\w+|sturd\w+|robust|solid\w*|years|lifetime|lasts?|outlast\w*|decades?|reinforced|break\w*|forever"
        r"|tough",
    ),
    _aspect(
        "scent",
        r"smell(?:s|y|ing)?|scent(?:ed)?|odou?r|fragran\w+|stink\w*",
        "scent fragrance notes",
        r"smells?|scent\w*|fragran\w*|odou?r\w*|notes? of|unscented",
    ),
    _aspect(
        "taste",
        r"tastes?|flavou?rs?|taste like|delicious|spicy|how sweet",
        "taste flavor flavour",
        r"tast\w+|flavou?r\w*|sweet\w*|spic\w+|bitter\w*|notes? of",
    ),
    _aspect(
        "what skin it suits",
        r"sensitive (?:skin|scalp|teeth|eyes)|(?:dry|oily|normal|combination|mature|acne[- ]prone) skin|allerg\w+"
        r"|irritat\w+|eczema|rash",
        "skin scalp",
        r"sensitive|skin|allerg\w+|irritat\w+|gentle|mild|dermatolog\w+|hypoallergenic",
    ),
    _aspect(
        "how it is sharpened",
        r"sharp(?:en(?:ing|ed)?|er|est|ness)?|blunt|dull(?:er)? (?:quickly|fast|over)|hold (?:an|its) edge",
        "edge hardness sharpening",
        r"sharp\w*|edge|hone\w*|whet\w*",
    ),
    _aspect(
        "whether it switches off by itself",
        r"(?:switch|turn|shut)(?:es|s)?(?: itself| it| automatically)? off|auto(?:matic)?[- ](?:shut|off)\w*"
        r"|shut[- ]?off|automatically",
        "shutoff auto off",
        r"switch\w* (?:itself )?off|turns? (?:itself )?off|shuts? (?:itself )?off|shut[- ]off|auto\w*|timer",
    ),
    _exact("format", r"audio ?book|e-?book|hardcover|paperback|kindle|digital|series|sequel|trilogy|large print"),
    _exact("drive", r"automatic|mechanical|quartz|self[- ]winding"),
    _exact("build", r"hood(?:ed)?|pockets?|lining|lined|zips?|zippers?|buttons?|straps?|handles?|wheels?|lids?|film"),
)
"""Aspects that any shop's products have; what a question asks beyond these is looked for by its own words."""

UNITS: Final = {
    "g": "g", "kg": "kg", "lb": "lb", "oz": "oz", "cm": "cm", "mm": "mm", "m": "m", "km": "km", "l": "l", "ml": "ml",
    "mah": "mAh", "wh": "Wh", "w": "W", "v": "V", "hz": "Hz", "gb": "GB", "tb": "TB", "mb": "MB", "inches": "inches",
    "inch": "inches", "hours": "hours", "h": "hours", "minutes": "minutes", "min": "minutes", "days": "days",
    "years": "years", "months": "months", "lumens": "lumens",
    "lm": "lm",
    "dpi": "dpi", "watts": "W", "mp": "MP", "kmh": "km/h", "db": "dB",
    "litres": "l", "liters": "l",
}  # fmt: skip
"""The last word of a specification's name -> its unit as it is written."""


_THOUSANDS: Final = {"g": "kg", "ml": "l"}


def aspects_of(message: str) -> list[Aspect]:
    """The aspects that a message asks about, in the order of the list above."""
    return [aspect for aspect in ASPECTS if aspect.asked.search(message)]


def told_as(name: str) -> str:
    """An aspect's name after "does not tell": the weight, how easy it is, “hdmi”, that."""
    return name if name == "that" or name.startswith(("“", "whether ", "how ", "what ")) else f"the {name}"


def label(name: str) -> str:
    """A specification's name as a sentence has it, without its unit: battery_hours -> battery."""
    words = name.split("_")
    if len(words) > 1 and words[-1].lower() in UNITS:
        words = words[:-1]
    return " ".join(words)


def with_unit(name: str, value: object, told: str) -> str:
    """A value with the unit that its specification's name ends in: weight_g, 1020 -> 1,020 g."""
    unit = UNITS.get(name.split("_")[-1].lower(), "") if "_" in name else ""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return told
    if unit in _THOUSANDS and value >= 1000:
        value, unit = value / 1000, _THOUSANDS[unit]
    unit = unit.removesuffix("s") if value == 1 else unit
    number = f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return f"{number} {unit}".strip()
