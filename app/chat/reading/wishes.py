"""What a message wants: things, whom they are for, what they may cost, what somebody likes. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.chat.context import Context, Recipient, Told, Wish
from app.chat.reading import language
from app.chat.reading.fillers import FILLERS
from app.chat.reading.plain import as_wish
from app.chat.reading.used_with import used_with
from app.search.understanding.service import GROUPS, Applied, Constraint, Understanding, price_bounds, things_in

# Fields by which query understanding says whom something is for.
_GENDER, _AGE, _OCCASION = "gender", "age", "occasion"
_GROWN: Final = ("adults", "young_adults")
_FOR_ONESELF: Final = re.compile(r"\bfor (?:myself|me|us|ourselves)\b", re.IGNORECASE)
_LEAD: Final = re.compile(r"\s*(?P<word>for|with)\b", re.IGNORECASE)
_RELATIONS: Final = re.compile(r"[\w'-]+")


def stripped(message: str) -> str:
    """The message without ways of asking, which would be searched for: "show me something for cooking" is "cooking"."""
    text = message
    for pattern in FILLERS:
        text = pattern.sub(" ", text)
    return " ".join(text.split())


def without_edges(text: str) -> str:
    """The text without punctuation and words that cannot begin or end the name of a thing."""
    # A comma between them stays: "cookbook, vegan" is a cookbook.
    words = [word.strip(" -.;:!?'\"()") for word in text.split()]
    words = [word.lstrip(",") for word in words if word.strip(",")]
    while words and words[0].lower().rstrip(",") in language.EDGES:
        words.pop(0)
    while words and words[-1].lower().rstrip(",") in language.EDGES:
        words.pop()
    return " ".join(words).strip(", ")


def interests_of(message: str) -> tuple[tuple[str, ...], str]:
    """What somebody is said to like, and the message without the words that say so."""
    found: list[str] = []
    for pattern in language.INTERESTS:
        for match in pattern.finditer(message):
            words = _liked(match.group("what").lower().split())
            more = match.groupdict().get("more")
            if match.groupdict().get("does") is not None:  # who reads a lot likes reading
                words = [doing(re.sub(r"(?<=[^s])s$", "", word)) for word in words]
            if match.groupdict().get("to"):  # who likes to cook likes cooking
                words, more = [doing(word) if n == 0 else word for n, word in enumerate(words)], more and doing(more)
            found += words[-2:] if " or " in match.group("what").lower() else ([" ".join(words)] if words else [])
            found += [more.lower()] if more and words else []
    rest = message
    if found:
        for pattern in language.INTERESTS:
            rest = pattern.sub(lambda match: f" {match.groupdict().get('whom') or ''} ", rest)
    return tuple(dict.fromkeys(found)), " ".join(rest.split())


def doing(verb: str) -> str:
    """The verb as what somebody does: cooking, baking, running."""
    if verb.endswith("ing") or not verb.isalpha():
        return verb
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")):
        return f"{verb[:-1]}ing"
    return f"{verb}{verb[-1]}ing" if re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", verb) else f"{verb}ing"


def _liked(words: Sequence[str]) -> list[str]:
    """The words for what is liked: "gardening i" is gardening."""
    kept: list[str] = []
    for word in words:
        if word in language.NOT_INTERESTS or word in language.EDGES:
            if kept and word != "or":
                break
        elif word != "or":
            kept.append(word)
    return kept


_HAS_ALREADY: Final = re.compile(
    r"\b(?:(?:he|she|they|we|i|it)(?:'s|'ve)? )?(?:already (?:has|have|got|owns?|own)|(?:has|have|got|owns?"
    r"|own)(?: got)? already)"
    r"(?: got)?(?: (?:an?|some|the|one|enough))?\b",
    re.IGNORECASE,
)
_HAVE_IT: Final = re.compile(
    r"^\W*(?:do you (?:have|sell)|have you got|is there|can i (?:get|have)|got) (?:it|one|them|that"
    r"|this) (?=(?:without|non)\b)",
    re.IGNORECASE,
)
# "A blanket. Wool if possible": the last words say more of the thing.
_LAST_WORDS: Final = re.compile(r"[.;]\s+(?=[\w-]+(?: [\w-]+)?(?: if possible| please)?\W*$)", re.IGNORECASE)
_NON_WORD: Final = re.compile(r"non[- ]?[a-z]", re.IGNORECASE)
_YOU_ALL: Final = re.compile(r"\b(you) (?:guys|folks|people|all)\b", re.IGNORECASE)
_NON: Final = re.compile(r"\bnon (?=[a-z])", re.IGNORECASE)


def searchable(message: str) -> str:
    """What query understanding is given of a message: without ways of asking, interests kept as words, people whom a
    gift is for said as it knows them, what somebody has already as what must not be."""
    message = _HAVE_IT.sub("", _LAST_WORDS.sub(", ", as_wish(message)))
    message = language.WHOSE_DAY.sub(r"\g<who> ", used_with(message))
    message = language.IT_IS_SOMEBODY.sub(r"for \g<who>", message)
    message = _YOU_ALL.sub(r"\1", _NON.sub("non-", _HAS_ALREADY.sub("not", message)))
    if (person := language.SOMEBODY.fullmatch(message)) is not None:
        return f"for my {person['who']}"
    if (ends := language.RANGE.fullmatch(message)) is not None:
        return f"between {ends[1]} and {ends[2]}"
    interests, rest = interests_of(message)
    if interests and not language.GIFT.search(message):
        rest = language.OF_MINE.sub("for my ", rest)
    if not language.GIFT.search(message):
        return " ".join([*interests, stripped(rest)]).strip()
    for pattern, _ in language.OCCASIONS:
        rest = pattern.sub(" ", rest)
    rest = language.FOR_ANYBODY.sub(" ", language.OF_MINE.sub("for my ", rest))
    return " ".join([*interests, stripped(rest)]).strip()


def told_by(message: str, understood: Understanding, interests: Sequence[str]) -> Told:
    """What is wanted, from what query understanding found."""
    gift = bool(language.GIFT.search(message))
    used = [one for one in understood.constraints if one.applied is not Applied.NO]
    if gift:  # "for a teenage girl" says whom it is for, whatever category is called so
        used = [one for one in used if not (_names_a_thing(one) and language.NO_THING.match(one.source))]
    # A filter of the conversation has one attribute: what may stand in several is left to the words.
    kept_words = [one.words or one.source for one in used if one.also_in and not one.without]
    used = [other for one in used for other in _one_each(one)]
    # "non-stick" is what a pan is, and nothing that it must not be.
    kept_words += [one.source for one in used if one.without and _NON_WORD.match(one.source)]
    used = [one for one in used if not (one.without and _NON_WORD.match(one.source))]
    people = [one for one in used if one.field in (_GENDER, _AGE)]
    occasion = next((one for one in used if one.field == _OCCASION), None)
    things = " ".join(one.source for one in used if _names_a_thing(one))
    plain = _FOR_ONESELF.sub(" ", understood.text)
    left = without_edges(stripped(" ".join([plain, *kept_words])))
    if (gift or people or plain != understood.text) and language.NO_THING.match(left):
        left = ""
    # "something nice for my sister": what somebody close gets, and nothing is named, is a gift.
    gift = gift or (not things and not left and bool(people) and bool(language.CLOSE.search(message) or interests))
    gift = gift or (bool(interests) and bool(people) and not things and language.OF_MINE.search(message) is not None)
    gift = gift or (bool(interests) and bool(people) and not things and left == " ".join(interests))
    lead = _LEAD.match(understood.text) if things and left else None
    about = f"{things} {lead['word'].lower()} {left}" if lead else " ".join(part for part in (things, left) if part)
    if things and left and re.search(rf"\b{re.escape(left)} {re.escape(things)}\b", message, re.IGNORECASE):
        about = f"{left} {things}"  # as it was said: dog toys
    return Told(
        about=about or None,
        gift=gift,
        recipient=_recipient(people) or _anybody(message, gift),
        occasion=str(occasion.value) if occasion is not None else _occasion_of(message) if gift else None,
        interests=tuple(interests),
        wishes=_ranges([wish_of(one) for one in used if one is not occasion]),
        dropped=("price",) if language.ANY_PRICE.search(message) else (),
    )


def _one_each(one: Constraint) -> list[Constraint]:
    """What must not be in any of several attributes as one constraint an attribute; what may be in any, as none."""
    if not one.also_in:
        return [one]
    return [replace(one, field=name, also_in=()) for name in (one.field, *one.also_in)] if one.without else []


def _occasion_of(message: str) -> str | None:
    return next((name for pattern, name in language.OCCASIONS if pattern.search(message)), None)


def _anybody(message: str, gift: bool) -> Recipient | None:
    """A person of whom nothing more is known: a friend, a neighbour."""
    found = language.FOR_ANYBODY.search(language.OF_MINE.sub("for my ", message)) if gift else None
    return Recipient(found.group("who").lower()) if found else None


def _ranges(wishes: Sequence[Wish]) -> tuple[Wish, ...]:
    """The wishes, with the two ends of a range as one: "between 20 and 40"."""
    made: dict[tuple[str, bool], Wish] = {}
    for wish in wishes:
        before = made.get((wish.field, wish.without))
        if before is None or wish.matches or before.matches:
            made[wish.field, wish.without] = wish
            continue
        # Of two bounds on one side the narrower: "a budget laptop under 500".
        low = max((one for one in (before.low, wish.low) if one is not None), default=None)
        high = min((one for one in (before.high, wish.high) if one is not None), default=None)
        named = wish if re.search(r"\d", wish.source) else before
        made[wish.field, wish.without] = replace(named, low=low, high=high)
    return tuple(made.values())


def _names_a_thing(one: Constraint) -> bool:
    """Whether the words of a constraint say what kind of thing it is: "laptop" does, "red" does not."""
    kind = one.field in ("category", "shop_category") or any(part in one.field for part in ("type", "kind"))
    return kind and not one.without


def _recipient(people: Sequence[Constraint]) -> Recipient | None:
    if not people:
        return None
    people = [one for one in people if one.source.lower() not in ("he", "she")] or list(people)
    if all(one.source.lower() in ("he", "she") for one in people):
        return None  # somebody who was named before
    by_field = {one.field: one for one in people}
    word = people[0].source
    gender, age = by_field.get(_GENDER), by_field.get(_AGE)
    return Recipient(
        relation=" ".join(
            _RELATIONS.findall(re.sub(r"^(?:for )?(?:my |a |an |the |our )?", "", word, flags=re.IGNORECASE))
        ),
        gender=None if gender is None else str(gender.value),
        age=None if age is None else str(age.value),
    )


def wish_of(one: Constraint) -> Wish:
    """A constraint as the conversation keeps it."""
    low, high = one.within or _bounds(one)
    return Wish(
        field=one.field,
        op=one.op.value,
        value=one.as_json()["value"],
        source=one.source,
        # What is made for adults suits a grandmother; a catalogue says "seniors" of little.
        matches=tuple(v for v in one.matches if not (one.field == _AGE and one.value == "seniors" and v in _GROWN)),
        without=one.without,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        currency=one.currency,
    )


def _bounds(one: Constraint) -> tuple[Decimal | None, Decimal | None]:
    return price_bounds(one) if isinstance(one.value, Decimal) else (None, None)


_NOT_ONE: Final = re.compile(
    r"\W*(?:(?:and|but|ok(?:ay)?|then|please|so|just)[\s,]+)*(?:without|no|not|skip|forget(?: about)?"
    r"|never ?mind(?: about)?|leave out|drop|minus|except)"
    r" (?:the |a |an |any )?(?P<what>[\w' -]{3,40}?)(?: please| then| for now)?\W*",
    re.IGNORECASE,
)


def without_one(message: str, context: Context) -> str | None:
    """What is left of several things that were looked for when one of them is not wanted: "without the bed"."""
    found = _NOT_ONE.fullmatch(message) if " and " in context.about else None
    parts = context.about.split(" and ")
    gone = {thing.head for thing in things_in(found["what"])} if found is not None else set()
    left = [part for part in parts if not gone & {thing.head for thing in things_in(part)}]
    return " and ".join(left) if gone and 0 < len(left) < len(parts) else None


# "Do you have the same for my wife": what was looked for, for somebody else.
_SAME: Final = re.compile(
    r"\bthe (?:very )?same(?: (?:one|thing|kind|style|model|item)s?)?(?= for\b| in\b|,|\W*$)", re.IGNORECASE
)


def told_more(told: Told, message: str, context: Context) -> Told:
    """ "wireless ones", "mostly for programming": more of what is looked for already."""
    if context.gift and told.recipient is None and (who := language.SOMEBODY.fullmatch(message)) is not None:
        return replace(told, about=None, recipient=Recipient(who["who"].lower()))
    if (left := without_one(message, context)) is not None:
        return Told(about=left, refines=True)
    if context.about and not context.gift and _SAME.search(message) is not None:
        return replace(told, about=None, gift=False, refines=True)
    if not context.about or told.about is None or told.gift:
        return told
    if (group := told.about.lower()) in GROUPS and " and " not in context.about and group not in context.about.split():
        return replace(told, about=f"{context.about} {group}", refines=True)
    if purpose := language.PURPOSE.search(message):
        what = without_edges(message[purpose.end() :])
        return replace(told, about=f"{context.about} {what}", refines=True)
    if language.ONES.match(stripped(message)) is None:
        return told
    which = without_edges(re.sub(r"\bones?\b", " ", told.about))
    return replace(told, about=f"{which} {context.about}".strip(), refines=True)
