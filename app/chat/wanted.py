"""What a message wants beside its words: several things, what helps with a need; what nobody here knows. Pure."""

from dataclasses import replace

from app.chat.calls import Plan
from app.chat.context import Told, wanting_all
from app.chat.heard import Heard, Said
from app.chat.reading.asking import meaning_asked
from app.chat.reading.gist import only_tells
from app.chat.reading.intents import Intent
from app.chat.reading.message import Reading
from app.chat.reading.needs import helped, need_note, needed, of_a_need, told_only
from app.chat.reading.of_products import two_named
from app.chat.reading.quantities import amounts_of
from app.chat.reading.sought import not_called, several_things
from app.chat.reading.together import sum_named, sum_wish
from app.chat.toolbox import I_SEE
from app.search.understanding.service import Lexicon, stems_of


def of_wishes(heard: Heard, typed: Said, lexicon: Lexicon) -> Heard:
    """What was heard, with several things that are wanted, what helps with a need, and what is answered at once: what
    only tells something, and words that nobody here knows."""
    reading, said = heard.reading, heard.said
    of_goods, helpful = not reading.desk, needed(said.text, lexicon)
    if reading.intent is Intent.SEARCH and (many := several_things(said.text, lexicon)):
        reading = _of_several(reading, many, typed.text, said.text)
    elif of_goods and told_only(reading) and not helpful and only_tells(said.text, lexicon):
        reading = replace(reading, intent=Intent.UNCLEAR, told=Told())
        return replace(heard, reading=reading, answers=Plan(say=I_SEE))
    elif helpful and of_goods and of_a_need(reading, said.text):
        told = helped(reading.told, helpful, said.text)
        reading = replace(reading, intent=Intent.SEARCH, told=told, of_the_shop=False)
        heard = replace(heard, note=need_note(helpful))
    if not (unknown := _unknown(reading, said.text, lexicon)):
        return replace(heard, reading=reading)
    intent = Intent.COMPARE if reading.intent is Intent.COMPARE else Intent.UNCLEAR
    return replace(heard, reading=replace(reading, intent=intent, told=Told()), answers=Plan(say=unknown))


def _unknown(reading: Reading, message: str, lexicon: Lexicon) -> str:
    """That nobody here has one of two things that are to be compared; empty else."""
    names = two_named(message, lexicon.kinds) if reading.intent is Intent.COMPARE else ""
    if not names or names != reading.told.about or reading.pointed.products or not lexicon.everything:
        return ""
    strange = next((name for name in names.split(" and ") if not lexicon.named(stems_of(name))), "")
    return not_called(strange) if strange else ""


def meaning_unknown(message: str) -> Plan | None:
    """The answer where it is asked what a word means and no document tells it; None for another question."""
    word = meaning_asked(message)
    return Plan(say=f"What “{word}” means, the shop's data does not tell.") if word else None


def _of_several(reading: Reading, many: str, typed: str, said: str) -> Reading:
    """The reading of a message that asks for several things, perhaps for so much all together."""
    reading = replace(reading, told=wanting_all(reading.told, many, amounts_of(said, many.split(" and "))))
    summed = sum_named(typed)
    if summed is None:
        return reading
    wishes = (*reading.told.wishes, sum_wish(summed[0], None))
    return replace(reading, told=replace(reading.told, wishes=wishes, together=summed[0]))
