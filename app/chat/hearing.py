"""What a message means: in plain words, by itself, by what was said before, by the shop's documents."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.chat.calls import Call, Plan
from app.chat.context import Context, ShownProduct, Told
from app.chat.guardrails.guard import DangerModel
from app.chat.heard import Heard, Said, Words
from app.chat.owning import may_be_own, own
from app.chat.planning_answers import answer_plan, chooses
from app.chat.planning_offers import list_plan
from app.chat.reading import pictured
from app.chat.reading.amounts_said import amounts_said
from app.chat.reading.apart import apart
from app.chat.reading.asked_again import WHICH_SIZE, asked_again, sizes_asked, which_of
from app.chat.reading.asking import asks_when, in_general
from app.chat.reading.at_the_desk import at_desk, of_troubles, topic_words
from app.chat.reading.comparatives import comparative_of, measured, with_measure
from app.chat.reading.desk_words import asks_options, asks_something
from app.chat.reading.following import added_words, joined, names_kind
from app.chat.reading.gist import gist
from app.chat.reading.intents import SHOPPING, Intent, IntentModel, intent_of
from app.chat.reading.message import Reading, read
from app.chat.reading.named_things import beside
from app.chat.reading.needs import needed
from app.chat.reading.of_the_shop import elliptic, needs_more
from app.chat.reading.plain import without_lead, written_out
from app.chat.reading.recalling import of_the_shown, recalled
from app.chat.reading.recommending import ShopList, list_wanted
from app.chat.reading.references import Pointed, pointed_at
from app.chat.reading.runs import without_runs
from app.chat.reading.sought import another_thing, respelled, several_things
from app.chat.reading.together import sum_named
from app.chat.reading.verdicts import Verdict, judged, verdict_of
from app.chat.reading.wishes import searchable
from app.chat.sessions import Turn
from app.chat.toolbox import IN_GENERAL, Toolbox
from app.chat.tools.own_things import OWN_THINGS
from app.chat.tools.tool import Caller, ToolResult
from app.chat.waiting import changed_plan, settles
from app.chat.wanted import meaning_unknown, of_wishes
from app.search.understanding.service import Lexicon, UnderstandingService, stems_of

# Below this a question to the documents may be one about what was shown.
_SURE: Final = 0.85
_OF_THE_LIST: Final = 0.85
"""How sure it is that a message is of the whole list that was shown."""
_ASKED: Final = 4
"""Products of which records are read to compare with."""
# A question with these words is none by itself.
_POINTS: Final = re.compile(r"\b(?:that|it|this|them|they|those|these|there)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Reads the messages of one shop's conversations. `words`: what the catalogue's words say of a text."""

    understanding: UnderstandingService
    tools: Toolbox
    words: Words
    intents: IntentModel | None = None
    dangers: DangerModel | None = None

    async def heard(self, typed: Said, before: Context, turn: Turn) -> Heard:
        """The message: what it says of the list shown, of another list, and for whom; and what else it says."""
        lexicon = await self.understanding.lexicon()
        typed = replace(typed, text=without_runs(typed.text))
        said, changed = self._in_plain_words(typed, before, lexicon)
        if typed.image is not None or before.pending is not None or at_desk(before):
            return await self._heard(typed, said, changed, before, turn, lexicon)
        if (wanted := list_wanted(typed.text, before)) is not None:
            heard = await self._heard(typed, said, changed, before, turn, lexicon)
            return heard if heard.reading.guarded else _listed(heard, *wanted)
        earlier = [line.text for line in reversed(turn.conversation.lines) if line.role == "user"]
        if again := asked_again(said.text, before, earlier) or which_of(said.text, before):
            said = replace(said, text=again)
        elif sizes := sizes_asked(said.text, before):
            heard = await self._of_goods(typed, replace(said, text=sizes), changed, before, turn, lexicon)
            return replace(heard, note=WHICH_SIZE)
        before, two = recalled(said.text, before), apart(said.text)
        if two is not None:
            heard = await self._of_goods(typed, replace(said, text=two[0]), changed, before, turn, lexicon)
            if heard.reading.intent in SHOPPING:
                return replace(heard, beside=two[1])
        return await self._of_goods(typed, said, changed, before, turn, lexicon)

    async def _of_goods(
        self, typed: Said, said: Said, changed: Mapping[str, str], before: Context, turn: Turn, lexicon: Lexicon
    ) -> Heard:
        """The message, or one wish of it, with what it says of the list shown."""
        if (counted := amounts_said(said.text, before)) is not None:
            heard = await self._heard(typed, said, changed, before, turn, lexicon)
            guess, told, pointed = counted
            if heard.reading.guarded:
                return heard
            return _instead(heard, Reading(guess.intent, guess.confidence, told, pointed, heard.understood))
        if (than := await self._compared(typed, said, changed, before, turn, lexicon)) is not None:
            return than
        verdict = verdict_of(said.text, before, lambda word: any(map(lexicon.names_kind, stems_of(word))))
        rest = replace(said, text=verdict.rest) if verdict is not None and verdict.rest else said
        heard = await self._heard(typed, rest, changed, before, turn, lexicon)
        if verdict is not None and not heard.reading.guarded:
            return await self._judged(heard, verdict, before)
        # Where no record tells it in numbers, that is told.
        wanted = comparative_of(said.text, before) if heard.reading.told.refines and not heard.added else None
        return heard if wanted is None else replace(heard, added=wanted.said)

    async def _compared(
        self, typed: Said, said: Said, changed: Mapping[str, str], before: Context, turn: Turn, lexicon: Lexicon
    ) -> Heard | None:
        """The message as a wish for more or less of what records tell in numbers; None where it is none, speaks of
        another thing, or the records of what was shown tell no such number."""
        wanted = comparative_of(said.text, before)
        if (
            wanted is None
            or not before.about
            or another_thing(wanted.rest, before.about, lexicon, self.words.mentioned)
        ):
            return None
        pointed = [one.product_id for one in pointed_at(said.text, before).products]
        focus = pointed[0] if pointed else before.focus
        ids = list(dict.fromkeys([*([focus] if focus else []), *(one.product_id for one in before.shown)]))
        caller = Caller(turn.conversation.session_id, said.message_id, said.customer_id)
        known = await self.tools.call(Call("product_details", {"product_ids": ids[:_ASKED]}), caller)
        bound = measured(wanted, known.records, focus, before.wishes)
        if bound is None:
            return None
        heard = await self._heard(typed, replace(said, text=wanted.rest or said.text), changed, before, turn, lexicon)
        if heard.reading.guarded:
            return heard
        reading = heard.reading
        if not wanted.rest or reading.intent not in SHOPPING:
            intent = Intent.GIFT if before.gift else Intent.SEARCH
            understood, _ = await self.understanding.understand(before.about)
            reading = Reading(intent, _OF_THE_LIST, Told(refines=True), Pointed(), understood)
        reading = replace(reading, told=with_measure(reading.told, bound.wish), pointed=Pointed())
        return replace(_instead(heard, reading), unmet=bound.unmet)

    async def _judged(self, heard: Heard, verdict: Verdict, before: Context) -> Heard:
        """The message with what it says of the whole list."""
        reading = heard.reading
        if verdict.rest:
            if reading.intent not in SHOPPING or heard.answers is not None:
                return heard
            told = judged(reading.told, verdict, before)
            return replace(heard, reading=replace(reading, told=told, pointed=Pointed()), added="")
        understood, _ = await self.understanding.understand(before.about)
        intent, told = Intent.GIFT if before.gift else Intent.SEARCH, judged(Told(), verdict, before)
        reading = Reading(intent, _OF_THE_LIST, told, Pointed(), understood)
        return _instead(heard, reading)

    async def _heard(
        self, typed: Said, said: Said, changed: Mapping[str, str], before: Context, turn: Turn, lexicon: Lexicon
    ) -> Heard:
        """The message by itself, then by what was said before, then by the shop's documents."""
        heard = await self._by_itself(typed, said, changed, before, lexicon)
        reading = await self._of_own_things(heard.reading, before, typed, turn, lexicon)
        if said.image is not None:
            return replace(heard, reading=pictured.beside_picture(reading), added="")
        heard = of_wishes(replace(heard, reading=reading), typed, lexicon)
        return heard if heard.answers is not None else await self._in_the_talk(heard, before, turn, lexicon)

    async def _in_the_talk(self, heard: Heard, before: Context, turn: Turn, lexicon: Lexicon) -> Heard:
        """The message as an answer to what waits, a question to the documents, or what it is by itself."""
        reading, said = heard.reading, heard.said
        question = None if reading.guarded else before.pending
        elsewhere = names_kind(said.text, lexicon.kinds, heard.understood)
        last, asks = intent_of(before.intent), said
        answers = None
        if chooses(question, said.text):
            answers = answer_plan(question, reading.intent, last, said.text, elsewhere=elsewhere)
        general = not before.shown and in_general(said.text) and reading.intent in SHOPPING
        if answers is None and (settled := settles(question, said.text)) is not None:
            return replace(heard, reading=replace(reading, intent=settled, told=Told()))
        if answers is None:
            reading, asks = await self._of_documents(reading, before, said, turn)
            answers = answer_plan(question, reading.intent, last, said.text, elsewhere=elsewhere)
            if answers is None and asks is said and not reading.guarded and (answers := meaning_unknown(said.text)):
                return replace(heard, reading=replace(reading, intent=Intent.UNCLEAR, told=Told()), answers=answers)
        answers = answers or changed_plan(question, reading, said.text)
        if answers is None and general and reading.intent in SHOPPING:
            answers, reading = Plan(say=IN_GENERAL), replace(reading, intent=Intent.UNCLEAR)
        if answers is not None:
            reading = replace(reading, intent=last or reading.intent, told=Told())
        return replace(heard, reading=reading, asks=asks, answers=answers)

    async def _of_own_things(
        self, reading: Reading, before: Context, typed: Said, turn: Turn, lexicon: Lexicon
    ) -> Reading:
        """What reads like a wish is of a thing that the customer has ordered, where it names one and says that
        something is wrong with it, or that it was bought."""
        text = written_out(typed.text, self.words.mentioned)
        if typed.customer_id is None or not may_be_own(reading, before, text) or OWN_THINGS not in self.tools.by_name:
            return reading
        correction = self.words.spelled(text)
        text, _ = respelled(text, correction.changes if correction else (), lexicon)
        caller = Caller(turn.conversation.session_id, typed.message_id, typed.customer_id)
        found = (await self.tools.call(Call(OWN_THINGS, {"said": text[:2000]}), caller)).records
        return own(reading, found, text, self.intents) if found else reading

    def _in_plain_words(self, typed: Said, before: Context, lexicon: Lexicon) -> tuple[Said, Mapping[str, str]]:
        """The message without what says nothing, spelled as the catalogue does, and the words that were
        taken for others. A no to what waits for a yes stays, and so does all that is said of a picture."""
        text = written_out(typed.text, self.words.mentioned)
        whole = before.pending is not None or typed.image is not None or at_desk(before)
        if not whole and of_troubles(text, before) is None:
            text = gist(without_lead(text), lexicon)
        correction = self.words.spelled(text)
        text, changed = respelled(text, correction.changes if correction else (), lexicon)
        summed = sum_named(text)
        if summed is not None and several_things(summed[1], lexicon):
            text = summed[1]
        return replace(typed, text=text), changed

    async def _by_itself(
        self, typed: Said, said: Said, changed: Mapping[str, str], before: Context, lexicon: Lexicon
    ) -> Heard:
        """The message with what it goes on from, if it goes on from anything."""
        understood, degraded = await self.understanding.understand(searchable(said.text))
        helpful = needed(said.text, lexicon)
        other = another_thing(said.text, before.about, lexicon, self.words.mentioned)
        anew = beside(said.text) or bool(helpful and not before.gift) or (other and not of_the_shown(said.text, before))
        more = None if anew else joined(said.text, before, understood, lexicon.kinds)
        if more is not None:
            understood, _ = await self.understanding.understand(more)
        # In a thread: trained readers compute for some milliseconds.
        reading = await asyncio.to_thread(
            read, said.text, before, understood, self.intents, self.dangers, lexicon.kinds,
            refines=more is not None, anew=anew, whole=typed.text, wish=bool(helpful),
        )  # fmt: skip
        added = added_words(said.text, reading.told.wishes, before.wishes) if more is not None else ""
        return Heard(said, before, changed, lexicon, reading, understood, tuple(degraded), asks=said, added=added)

    async def _of_documents(self, reading: Reading, before: Context, said: Said, turn: Turn) -> tuple[Reading, Said]:
        """What reads like a search is a question to the shop's documents where those answer it; one that goes on from
        the last is asked together with that one."""
        earlier = next(
            (
                line.text
                for line in reversed(turn.conversation.lines)
                if line.role == "user" and not needs_more(line.text)
            ),
            "",
        )
        points = reading.intent is Intent.KNOWLEDGE and elliptic(said.text) and _POINTS.search(said.text) is not None
        goes_on = (
            before.intent == Intent.KNOWLEDGE and (reading.goes_on or points) and not asks_when(said.text) and earlier
        )
        asked, of_before = (f"{earlier} {said.text}", earlier) if goes_on else (said.text, "")
        unsure = reading.intent is Intent.KNOWLEDGE and bool(before.shown) and reading.sure < _SURE
        # At the desk a question that nothing else answers.
        open_question = reading.desk and reading.intent is Intent.UNCLEAR and asks_something(said.text)
        means = meaning_unknown(said.text) is not None and not reading.guarded
        asks = goes_on or unsure or open_question or means or (reading.of_the_shop and before.pending is None)
        if not asks or "knowledge" not in self.tools.by_name:
            return reading, said
        caller = Caller(turn.conversation.session_id, said.message_id, said.customer_id)
        found = await self._documents(said.text, caller, about=of_before)
        whole = goes_on and not _POINTS.search(said.text) and not (needs_more(said.text) and found.records)
        if whole and (alone := await self._documents(said.text, caller)).records:
            asked, found = said.text, alone
        if open_question and not found.records and (about := topic_words(before)):
            found = await self._documents(said.text, caller, about=about)
            asked = f"{about} {said.text}" if found.records else asked
        if not found.records and means:
            return reading, said
        if not found.records and unsure:
            return replace(reading, intent=Intent.DETAILS), said
        if not found.records and open_question and asks_options(said.text):
            return reading, said
        if not found.records and not open_question and (reading.desk or not (goes_on or reading.asks_the_shop)):
            return reading, said
        return replace(reading, intent=Intent.KNOWLEDGE, told=Told(), sure=0.7), replace(said, text=asked)

    async def _documents(self, question: str, caller: Caller, *, about: str = "") -> ToolResult:
        """What the shop's documents answer; nothing is said where they do not. `about`: what the question goes on
        from."""
        asked = {"question": question[:1000], "beside": True, "about": about[:500]}
        return await self.tools.call(Call("knowledge", asked), caller)


def _listed(heard: Heard, which: ShopList, product: ShownProduct | None) -> Heard:
    """What was heard as a wish for a list of the shop's own."""
    told, pointed, plan = list_plan(which, product, heard.reading.told)
    reading = Reading(Intent.RECOMMEND, _OF_THE_LIST, told, pointed, heard.understood)
    return replace(_instead(heard, reading), answers=plan)


def _instead(heard: Heard, reading: Reading) -> Heard:
    """What was heard, read otherwise."""
    return replace(heard, reading=reading, understood=reading.understood, answers=None, note="", added="")
