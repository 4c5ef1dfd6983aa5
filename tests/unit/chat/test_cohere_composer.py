"""The writer over Command R+, with a model that plays a script: what it is given, and what becomes of its answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.composing.builtin import BuiltInComposer
from app.chat.composing.cohere import CohereComposer, place, prompt_of
from app.chat.composing.composer import Brief, Cited, Line, Piece
from app.chat.composing.documents import MAX_DOCUMENTS, documents_of
from app.chat.composing.languages import language_of, other
from app.chat.grounding.check import Checker
from app.chat.records import Record, RecordKind
from app.chat.writing import Written, write
from app.llm.errors import ModelUnavailable
from app.llm.models import CitedText, TextDelta
from app.llm.plain_text import plain
from tests.language_models import ScriptedModel, Step, said, service_over

BOOTS = Record(
    RecordKind.PRODUCT,
    "product:1",
    "Summit hiking boots",
    {"product_id": "1", "price": 79.9, "currency": "USD", "in_stock": True, "image": "http://x.example/1.jpg"},
)
SOCKS = Record(
    RecordKind.PRODUCT,
    "product:2",
    "Trail socks",
    {"product_id": "2", "price": 18.0, "currency": "USD", "in_stock": True},
)
BRIEF = Brief(
    "gift",
    "I need a gift for my hiking-loving mom, and it should be under $100",
    {"budget": "under $100"},
    (BOOTS, SOCKS),
    {"total": 2, "reasons": {"product:1": "fits hiking"}, "hits": [{"product_id": "1"}]},
    ("Nothing fits all of it, so I left out red.",),
    history=(Line("user", "hello"), Line("assistant", "Hi!")),
)
ANSWER = "The Summit hiking boots are good for your mom and her walks."


def composer(*plays: Sequence[Step], **changes: Any) -> tuple[CohereComposer, ScriptedModel]:  # noqa: ANN401
    model = ScriptedModel(*plays)
    return CohereComposer(service_over(model, **{"retries": 0, **changes})), model


async def pieces(made: CohereComposer, brief: Brief = BRIEF) -> list[Piece]:
    return [piece async for piece in made.compose(brief)]


async def written(*plays: Sequence[Step], brief: Brief = BRIEF, **changes: Any) -> Written:  # noqa: ANN401
    """What reaches the shopper, with the built-in writer behind."""
    made, _ = composer(*plays, **changes)
    parts = [p async for p in write(brief, [made, BuiltInComposer()], Checker)]
    assert isinstance(parts[-1], Written)
    return parts[-1]


async def test_an_answer_with_its_citation_and_cost() -> None:
    made, model = composer([TextDelta(ANSWER), CitedText(4, 23, "Summit hiking boots", ("product:1",)), *said()])
    found = await pieces(made)
    assert "".join(piece.text for piece in found) == ANSWER
    cited = [piece.cited for piece in found if piece.cited]
    assert cited == [Cited(4, 23, ("product:1",))]
    usage = found[-1].usage
    assert usage is not None
    assert (usage.model, usage.input_tokens, usage.output_tokens) == (made.name, 1000, 100)
    assert usage.cost_usd == pytest.approx(0.0035)
    assert model.asked[0].version == "answer@1"


def test_the_prompt_holds_the_task_and_the_records_as_data() -> None:
    prompt = prompt_of(BRIEF, 600)
    assert [message.role for message in prompt.messages] == ["system", "user", "assistant", "user"]
    task = prompt.messages[-1].text
    assert "<message>I need a gift for my hiking-loving mom, and it should be under $100</message>" in task
    assert "Nothing fits all of it, so I left out red." in task
    assert "budget: under $100" in task
    assert "total: 2" in task
    assert "hits" not in task
    assert [document.id for document in prompt.documents] == ["product:1", "product:2"]
    assert prompt.documents[0].data["price"] == 79.9
    assert prompt.documents[0].data["chosen_because"] == "fits hiking"
    assert "image" not in prompt.documents[0].data


@pytest.mark.parametrize("kind", [RecordKind.ORDER, RecordKind.CUSTOMER, RecordKind.TICKET])
async def test_no_model_sees_what_is_somebodys(kind: RecordKind) -> None:
    made, model = composer(said(ANSWER))
    private = Record(kind, "x:1", "Ann's", {"address": "12 Elm Street"})
    assert await pieces(made, replace(BRIEF, records=(BOOTS, private))) == []
    assert await pieces(made, replace(BRIEF, records=())) == []
    assert model.asked == []
    assert documents_of([private, BOOTS], {})[0].id == "product:1"


async def test_a_turn_that_is_not_the_models_is_not_degraded() -> None:
    found = await written(said(ANSWER), brief=Brief("thanks", "thanks"))
    assert (found.by, found.degraded) == ("built-in", ())


@pytest.mark.parametrize(
    ("play", "why"),
    [
        ([ModelUnavailable("HTTP 500")], "could not be reached"),
        (said(), "empty"),
        (said("  \n"), "empty"),
        (
            said("Ces chaussures sont parfaites pour votre mère et elle les aimera dans la montagne."),
            "another language",
        ),
        (said("Эти ботинки отлично подходят для вашей мамы и её походов в горы."), "another language"),
        (said("这双登山靴非常适合您的妈妈。"), "another language"),
        ([TextDelta("Half a sentence that is long enough to have been let through by now but")], "in the middle"),
        ([30.0], "too long"),
    ],
)
async def test_what_cannot_be_used_is_written_by_the_built_in_writer(play: list[Step], why: str) -> None:
    found = await written(play, first_token_s=0.2)
    assert found.by == "built-in"
    assert "Summit hiking boots" in found.text
    assert len(found.degraded) == 1
    assert why in found.degraded[0]
    assert "SHOPSCOUT" not in found.degraded[0]


@pytest.mark.parametrize(
    "play",
    [
        [TextDelta(f"{ANSWER} And the Trail so"), ModelUnavailable("cut")],
        [TextDelta(f"{ANSWER} And the Trail so")],
        said(f"{ANSWER} And the Trail so", reason="MAX_TOKENS"),
    ],
)
async def test_what_was_said_before_the_cut_stays_as_whole_sentences(play: list[Step]) -> None:
    found = await written(play)
    assert found.text == ANSWER
    assert found.by == "command-r-plus-08-2024"
    assert len(found.degraded) == 1


async def test_an_endless_answer_ends() -> None:
    found = await written([TextDelta("It is good for your mom. ")] * 5000, max_answer_characters=1000)
    assert 800 < len(found.text) <= 1000
    assert found.degraded


async def test_a_language_that_changes_later_is_stopped() -> None:
    french = "Ces chaussures sont parfaites pour votre mère et elle les aimera dans la montagne avec vous. " * 6
    found = await written([TextDelta(ANSWER + " "), *said(*[french[i : i + 20] for i in range(0, len(french), 20)])])
    assert found.text.startswith(ANSWER)
    assert len(found.text) < 400
    assert "another language" in found.degraded[0]


async def test_a_german_question_may_be_answered_in_german() -> None:
    german = "Die Summit hiking boots sind gut für deine Mutter und nicht zu teuer."
    found = await written(
        said(german), brief=replace(BRIEF, message="Ich suche ein Geschenk für meine Mutter und das ist")
    )
    assert (found.text, found.degraded) == (german, ())


async def test_inline_citations_wait_for_their_text() -> None:
    early = CitedText(4, 23, "Summit hiking boots", ("product:1",))
    found = await written([TextDelta("The Summit"), early, *said(ANSWER.removeprefix("The Summit"))])
    assert found.citations == (Cited(4, 23, ("product:1",)),)


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        (CitedText(4, 10, "Summit", ("product:1",)), Cited(4, 10, ("product:1",))),
        (CitedText(9, 15, "Summit", ("product:1", "product:9")), Cited(4, 10, ("product:1",))),
        (CitedText(30, 36, "Summit", ("product:1",)), Cited(31, 37, ("product:1",))),
        (CitedText(4, 10, "Summit", ("product:9",)), None),
        (CitedText(4, 10, "Everest", ("product:1",)), None),
        (CitedText(-5, 900, "boots", ("product:1",)), Cited(11, 16, ("product:1",))),
        (CitedText(4, 10, "", ("product:1",)), None),
        (CitedText(10, 4, " ", ("product:1",)), None),
    ],
)
def test_citations_point_at_what_they_name_or_are_dropped(cited: CitedText, expected: Cited | None) -> None:
    assert place(cited, "The Summit boots are good. The Summit is high.", {"product:1"}) == expected


def test_documents_are_short_and_their_ids_are_single() -> None:
    long = Record(RecordKind.KNOWLEDGE, "doc:1", "Manual", {"many": ["word"] * 500}, "word " * 2000, "Care")
    made = documents_of([long, long, *(replace(BOOTS, id=f"product:{i}") for i in range(40))], {})
    assert len(made) == MAX_DOCUMENTS
    assert len({document.id for document in made}) == MAX_DOCUMENTS
    assert sum(len(f"{n} {v}".split()) for n, v in made[0].data.items()) < 300
    priced = replace(BOOTS, fields={"price": Decimal("79.90"), "weight": {"g": 400}, "none": None})
    assert documents_of([priced], {})[0].data == {
        "title": "Summit hiking boots", "kind": "product", "price": "79.90", "weight": '{"g":400}',
    }  # fmt: skip


@given(st.text(alphabet="<|>END_OF/message\u202e\x00 ", max_size=60))
def test_marks_of_structure_never_stay_in_data(text: str) -> None:
    left = plain(text)
    assert "<|END_OF|>" not in left
    assert "<message>" not in left.lower()
    assert "</message>" not in left.lower()
    assert not {"\x00", "\u202e"} & set(left)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am looking for a gift for my mom and she likes hiking", "en"),
        ("Ich suche ein Geschenk für meine Mutter und sie wandert auf den Bergen", "de"),
        ("Je cherche un cadeau pour ma mère et elle est dans la montagne", "fr"),
        ("Busco un regalo para mi madre y es muy feliz en la montaña", "es"),
        ("Я ищу подарок для мамы", "CYRILLIC"),
        ("プレゼントを探しています", "CJK"),
        ("hiking boots", ""),
        ("Bosch GSR 18V-55, 2 x 4.0 Ah", ""),
        ("", ""),
        ("🎁🎁🎁", ""),
    ],
)
def test_languages_are_told_apart_where_there_is_enough_to_tell(text: str, language: str) -> None:
    assert language_of(text) == language


def test_an_unknown_language_is_never_another_one() -> None:
    assert not other("", "Ces chaussures sont parfaites pour votre mère et elle les aimera")
    assert not other("en", "Salomon Quest 4D GTX")
    assert not other("CJK", "プレゼントを探しています")


async def test_leaving_an_answer_early_ends_the_call() -> None:
    made, _ = composer([TextDelta(ANSWER * 3), 5.0, *said("never")])
    answer = made.compose(BRIEF)
    async with asyncio.timeout(2):
        assert (await anext(answer)).text
        await answer.aclose()
