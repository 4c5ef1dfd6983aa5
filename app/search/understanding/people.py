"""For whom: gender, age and recipient. Pure.

Whom a product is made for is used the other way round: what is made for others is left out, so that a product that
says nothing of it, or is for everybody, stays.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.search.understanding.amounts import number_at
from app.search.understanding.found import Constraint, Op
from app.search.understanding.language.people import (
    AFTER_AGE,
    AGE_LEADS,
    AGES,
    BETWEEN_AND_AGE,
    GENDERS,
    GIFTS,
    IS_OF_AGE,
    KINDS,
    OCCASION_WORDS,
    RECIPIENTS,
    SINGULAR_GENDERS,
    SUBJECTS,
    WANTING,
    YEARS_OLD,
)
from app.search.understanding.lexicon import ENOUGH
from app.search.understanding.occasions import closes, occasion_at, past_ordinal, with_for
from app.search.understanding.reading import Reading, negator_before, says_something
from app.search.understanding.tokens import phrase_at
from shop.products.values import AgeGroup, Gender

COVERED: Final = 0.5
"""Share of the products asked for that must say for whom they are; below it the words are worth more as words."""
SAID: Final = 0.2
"""The same of all products, for somebody to whom a thing is given."""
_OTHERS = {
    "male": (Gender.FEMALE, Gender.KIDS),
    "female": (Gender.MALE, Gender.KIDS),
    "boy": (Gender.FEMALE,),
    "girl": (Gender.MALE,),
    "unisex": (Gender.MALE, Gender.FEMALE),
}
_GENDER_OF = {
    "male": Gender.MALE,
    "female": Gender.FEMALE,
    "boy": Gender.MALE,
    "girl": Gender.FEMALE,
    "unisex": Gender.UNISEX,
}
_GROWN = (AgeGroup.YOUNG_ADULTS, AgeGroup.ADULTS, AgeGroup.SENIORS)


def find_people(r: Reading) -> None:
    """Takes ages in years, recipients after "for", and words of gender and age."""
    for find in (_years_old, _recipient, _word_of_people):
        i = 0
        while i < len(r.tokens):
            end = find(r, i) if r.free(i) else None
            i = end if end else i + 1
    r.constraints = [(i, for_children(one)) for i, one in r.constraints] if _of_a_child(r) else r.constraints


def _of_a_child(r: Reading) -> bool:
    return any(one.field == "age" and one.without and AgeGroup.ADULTS in one.matches for _, one in r.constraints)


def for_children(one: Constraint) -> Constraint:
    """The same of somebody who is a child: what is made for children of either sex is not for others."""
    if one.field != "gender" or one.op is Op.NOT:
        return one
    return replace(one, matches=tuple(other for other in one.matches if other != Gender.KIDS))


def _years_old(r: Reading, i: int) -> int | None:
    """ "for a 5 year old", "ages 8 to 12", "8 year old boy"."""
    led = r.word(i) in AGE_LEADS
    number = number_at(r, i + led)
    if number is None:
        return None
    end = number.end
    high = number
    if r.word(end) in ("-", "to") and (upper := number_at(r, end + 1)):
        high, end = upper, upper.end
    old = phrase_at(r.tokens, end, YEARS_OLD)
    end = old[1] if old else end
    young = r.word(end) in SINGULAR_GENDERS or r.word(end) in AGES or r.word(end) in RECIPIENTS
    before = r.word(i - 1)
    person = before in RECIPIENTS or before in AGES or before in SINGULAR_GENDERS or before in ("is", "whos", "turning")
    asked = led or before in ("for", "my", "a", "an") or young or person
    told = None if led or old else _told_of_somebody(r, i, end)
    if not (led or told is not None or (old and asked)) or high.value > 120 or not r.free(i, end):
        return None
    if led and r.word(end) in ("and", "or") and r.word(end + 1) in ("up", "over", "above", "older"):
        end += 2  # Who may use it from then on: the age group is that of the first year.
    elif led and r.word(end) in ("+", "plus", "up", "upwards"):
        end += 1
    months = r.word(high.end) in ("month", "months", "mo", "week", "weeks")
    first, last = (Decimal(0), Decimal(0)) if months else (number.value, high.value)
    groups = [group.value for group in AgeGroup if _reaches(group, first, last)]
    start = with_for(r, i) if told is None else told
    word = r.word(end)
    sex = GENDERS.get(word) or SINGULAR_GENDERS.get(word) or RECIPIENTS.get(word, ("", ""))[0]
    if (sex or word in AGES) and r.free(end):
        end += 1
    return _take_people(r, start, end, sex, groups)


def _told_of_somebody(r: Reading, i: int, end: int) -> int | None:
    """Where it begins, if a number alone is somebody's age: "she is 5", "who just turned 8"."""
    if not (r.ends(end) or r.word(end) in AFTER_AGE):
        return None
    at, verb = i - 1, False
    while r.word(at) in IS_OF_AGE or r.word(at) in BETWEEN_AND_AGE:
        verb = verb or r.word(at) in IS_OF_AGE
        at -= 1
    contracted = at >= 0 and at == i - 1 and r.tokens[at].possessive
    if not (verb or contracted) or r.word(at) not in SUBJECTS | frozenset(RECIPIENTS):
        return None
    return at if r.word(at) in SUBJECTS and r.free(at, i) else i


def _reaches(group: AgeGroup, low: Decimal, high: Decimal) -> bool:
    first, last = _YEARS[group]
    return low <= last and high >= first


_YEARS = {
    AgeGroup.KIDS: (0, 12),
    AgeGroup.TEENS: (13, 19),
    AgeGroup.YOUNG_ADULTS: (20, 35),
    AgeGroup.ADULTS: (36, 55),
    AgeGroup.SENIORS: (56, 200),
}


def _recipient(r: Reading, i: int) -> int | None:
    """ "for my mom", "for her", "gift for dad"; "mom gift"."""
    word = r.tokens[i].word
    if word not in RECIPIENTS:
        return None
    start = with_for(r, i)
    gift_after = r.word(i + 1) in GIFTS
    occasion_after = r.tokens[i].possessive and occasion_at(r, past_ordinal(r, i + 1)) is not None
    end = i + 1
    told = r.word(i - 1) in ("my", "our") and r.word(end) in WANTING  # "my wife wants a bag"
    if told:
        start = i - 1 if r.free(i - 1) else i
    elif start == i and not gift_after and not occasion_after and not _described(r, i):
        return None
    while r.word(end) in ("in", "law") and r.free(end) and r.word(end - 1) != "law":
        end += 1
    gender, age = RECIPIENTS[word]
    occasion_after = occasion_after or occasion_at(r, end) is not None
    occasion_after = occasion_after or (r.tokens[i].possessive and r.word(end) in OCCASION_WORDS)
    if end < len(r.tokens) and not (gift_after or occasion_after or told or closes(r, end)):
        return None  # "for her majesty", "for man cave": not the one whom it is for
    groups = [group.value for group in _GROWN] if age == "adult" else [age] if age else []
    shown = "adults" if age == "adult" else None
    return _take_people(r, start, end, gender or None, groups, shown=shown, somebody=True)


def _word_of_people(r: Reading, i: int) -> int | None:
    token = r.tokens[i]
    word = token.word
    start = with_for(r, i)
    if word in AGES:
        if (occasion := occasion_at(r, i)) is not None and occasion[1] > i + 1:
            return None  # "Baby shower gift"
        if word in KINDS and not token.possessive and (_of_a_thing(r, i) if start < i else _names_a_kind(r, i)):
            return None
        age = AGES[word]
        groups = [group.value for group in _GROWN] if age == "adult" else [age]
        return _take_people(r, start, i + 1, None, groups, shown="adults" if age == "adult" else None)
    gender = GENDERS.get(word)
    if gender is None and word in SINGULAR_GENDERS and (token.possessive or start < i):
        gender = SINGULAR_GENDERS[word]
    if gender is None or _both(r) or _connects(r, i):
        return None
    groups = [AgeGroup.KIDS.value, AgeGroup.TEENS.value] if gender in ("boy", "girl") else []
    return _take_people(r, start, i + 1, gender, groups, shown="kids" if groups else None)


def _names_a_kind(r: Reading, i: int) -> bool:
    """Whether the word says what kind of thing it is: names have it ("baby oil"), or an attribute ("adult" food)."""
    stemmed = r.tokens[i].stem
    if i + 1 >= len(r.tokens):  # "Bicycle helmet child" says whose it is.
        before = [t.stem for t in r.tokens[max(0, i - 1) : i]]
        return not any(r.lexicon.names_kind(one) and not r.lexicon.named([one, stemmed]) for one in before)
    return r.lexicon.named([stemmed]) > 0 or (stemmed,) in r.lexicon.phrases


def _of_a_thing(r: Reading, i: int) -> bool:
    """Whether it goes on after "for a baby": it is for a "baby shower"."""
    word = r.word(i + 1)
    return not (r.ends(i + 1) or closes(r, i + 1) or word in GENDERS or word in SINGULAR_GENDERS or word in AGES)


def _connects(r: Reading, i: int) -> bool:
    """Whether it is an end of something: "male to male"."""
    again = any(r.word(i + step) == r.word(i) for step in (1, -1))  # "HDMI male male"
    return again or any(r.word(i + step) in ("to", "-", "/") and r.word(i + 2 * step) in GENDERS for step in (1, -1))


def _both(r: Reading) -> bool:
    """Whether both genders are named ("for men and women", "male to female"): then neither is asked for."""
    named = {_GENDER_OF[g] for t in r.tokens if (g := GENDERS.get(t.word) or SINGULAR_GENDERS.get(t.word))}
    return len(named - {Gender.UNISEX}) > 1


def _take_people(
    r: Reading,
    start: int,
    end: int,
    gender: str | None,
    groups: list[str],
    shown: str | None = None,
    *,
    somebody: bool = False,
) -> int | None:
    """Takes the words where the products asked for say for whom they are; else they stay words. Where `somebody` is
    named to whom it goes, it is enough that the shop's products say so: what does not say is not left out."""
    before = negator_before(r, start)
    source = r.source(before, end)
    said = r.context(range(start, end))
    few, more = r.lexicon.context(said), r.lexicon.context(said, ENOUGH)
    context = more if few.bit_count() < ENOUGH and not (_tells(r, "gender", few) or _tells(r, "age", few)) else few
    found: list[Constraint] = []
    if somebody and not _tells(r, "gender", context) and r.lexicon.coverage("gender", r.lexicon.everything) >= SAID:
        context = r.lexicon.everything & _having(r, "gender")
    if gender and _tells(r, "gender", context) and not _in_names(r, start, end, gender, context):
        others = tuple(other.value for other in _OTHERS[gender])
        found.append(Constraint("gender", Op.EQ, _GENDER_OF[gender].value, source, matches=others, without=True))
    if groups and _tells(r, "age", context):
        others = tuple(group.value for group in AgeGroup if group.value not in groups)
        value = shown or (groups[0] if len(groups) == 1 else tuple(groups))
        op = Op.IN if isinstance(value, tuple) else Op.EQ
        found.append(Constraint("age", op, value, source, matches=others, without=True))
    elif groups == [AgeGroup.KIDS.value] and not found and _tells(r, "gender", context):
        others = (Gender.MALE.value, Gender.FEMALE.value)
        found.append(Constraint("gender", Op.EQ, Gender.KIDS.value, source, matches=others, without=True))
    if not found:
        return None
    r.take(before, end, found if before == start else [_turned_round(one) for one in found])
    return end


def _turned_round(one: Constraint) -> Constraint:
    """ "not for kids": what is made for them is left out."""
    values = one.value if isinstance(one.value, tuple) else (str(one.value),)
    return replace(one, op=Op.NOT, matches=values)


def _tells(r: Reading, name: str, context: int) -> bool:
    everyone = r.lexicon.holding(name, (Gender.UNISEX.value,)) if name == "gender" else 0
    return r.lexicon.coverage(name, context) >= COVERED and bool(_having(r, name) & ~everyone)


def _having(r: Reading, name: str) -> int:
    values = [v.value for v in (Gender if name == "gender" else AgeGroup)]
    return r.lexicon.holding(name, values)


def _in_names(r: Reading, start: int, end: int, gender: str, context: int) -> bool:
    """Whether the word is mostly part of names of what is made for others: "Wonder Woman" figures."""
    stems = [t.stem for t in r.tokens[start:end] if says_something(t)]
    titled = r.lexicon.titled(stems, context)
    if not titled:
        return False
    fitting = titled & ~r.lexicon.holding("gender", [other.value for other in _OTHERS[gender]])
    exact = titled & r.lexicon.holding("gender", [_GENDER_OF[gender].value])
    return fitting.bit_count() < titled.bit_count() / 2 or not exact


def _described(r: Reading, i: int) -> bool:
    """Whether words between "for my" and `i` say more of the person: "for my hiking-loving mom"."""
    for at in range(i - 1, max(0, i - 5), -1):
        if not r.free(at) or r.tokens[at].mark:
            return False
        if r.word(at) in ("my", "our", "his", "her") and r.word(at - 1) == "for":
            return True
    return False
