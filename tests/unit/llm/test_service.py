"""Deadlines, retries, breaker and caps, with a model that plays a script and a clock that does not wait."""

import asyncio
from contextlib import aclosing

import pytest

from app.llm.errors import (
    AnswerUnusable,
    CapReached,
    LanguageModelError,
    ModelBusy,
    ModelOff,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from app.llm.models import Finished, Message, Prompt, Spender, TextDelta
from app.llm.service import LanguageModelService
from tests.language_models import BILL, Clock, ScriptedModel, said, service_over

ASKED = Prompt("test@1", (Message("system", "Be short."), Message("user", "Which boots?")), max_tokens=100)
ANN = Spender("ann", "turn-1")
GONE = ModelUnavailable("gone")
# What BILL costs with Command R+: 1000 tokens at 2.50 and 100 at 10 dollars a million.
COST = 0.0035


async def ask(service: LanguageModelService, spender: Spender = ANN) -> str:
    return (await service.complete(ASKED, spender)).text


async def test_an_answer_has_its_cost() -> None:
    service = service_over(ScriptedModel(said("The ", "blue ones.")))
    done = await service.complete(ASKED, ANN)
    assert (done.text, done.tokens, done.model) == ("The blue ones.", BILL, "command-r-plus-08-2024")
    assert done.cost_usd == pytest.approx(COST)
    assert service.health() == ("ok", "command-r-plus-08-2024: 1 calls of this process today, 0.0035 US dollars")


async def test_without_a_key_it_is_off() -> None:
    service = service_over(None)
    assert not service.enabled
    assert service.health() == ("off", "no key is set; SHOPSCOUT_LLM_API_KEY turns it on")
    with pytest.raises(ModelOff, match="SHOPSCOUT_LLM_API_KEY"):
        await ask(service)


async def test_it_is_tried_again_until_it_works() -> None:
    clock = Clock()
    model = ScriptedModel([GONE], [AnswerUnusable("garbled")], said("Yes."))
    assert await ask(service_over(model, clock=clock)) == "Yes."
    assert len(clock.slept) == 2
    assert 0.1 < clock.slept[0] < 0.4 < clock.slept[0] + clock.slept[1]


async def test_the_wait_that_was_asked_for_is_kept() -> None:
    clock = Clock()
    model = ScriptedModel([ModelUnavailable("busy", retry_after_s=2.0)], said("Yes."))
    assert await ask(service_over(model, clock=clock)) == "Yes."
    assert clock.slept == [2.0]


async def test_a_wait_longer_than_the_deadline_is_no_use_and_keeps_others_from_trying() -> None:
    clock = Clock()
    model = ScriptedModel([ModelUnavailable("busy", retry_after_s=60.0)], said("Yes."))
    service = service_over(model, clock=clock)
    with pytest.raises(ModelUnavailable, match="busy"):
        await ask(service)
    with pytest.raises(ModelBusy):
        await ask(service)
    assert (len(model.asked), clock.slept) == (1, [])
    assert service.health() == ("degraded", "command-r-plus-08-2024 is not asked for now: busy (asked again in 60 s)")
    clock.now += 61
    assert await ask(service) == "Yes."


async def test_nothing_is_tried_again_after_the_first_word() -> None:
    model = ScriptedModel([TextDelta("The blue "), GONE], said("Never."))
    service = service_over(model, clock=Clock())
    async with aclosing(service.stream(ASKED, ANN)) as events:
        assert await anext(events) == TextDelta("The blue ")
        with pytest.raises(ModelUnavailable):
            await anext(events)
    assert len(model.asked) == 1


async def test_retries_have_a_budget_over_all_calls() -> None:
    clock = Clock()
    model = ScriptedModel([GONE])
    service = service_over(model, clock=clock, breaker_failures=100)
    for _ in range(20):
        with pytest.raises(ModelUnavailable):
            await ask(service)
    assert 20 + 10 <= len(model.asked) <= 20 + 13


async def test_a_refused_request_is_not_sent_again_and_a_refused_key_stops_all() -> None:
    model = ScriptedModel([ModelRefused("too long")], [ModelRefused("wrong key", key=True)], said("Never."))
    service = service_over(model, clock=Clock())
    with pytest.raises(ModelRefused, match="too long"):
        await ask(service)
    assert service.health()[0] == "ok"
    with pytest.raises(ModelRefused, match="wrong key"):
        await ask(service)
    with pytest.raises(ModelBusy, match="wrong key"):
        await ask(service)
    assert len(model.asked) == 2


async def test_the_breaker_opens_and_one_call_tries() -> None:
    clock = Clock()
    model = ScriptedModel([GONE], [GONE], [GONE], [GONE], said("Back."))
    service = service_over(model, clock=clock, breaker_failures=3, retries=0)
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await ask(service)
    with pytest.raises(ModelBusy):
        await ask(service)
    clock.now += 31
    with pytest.raises(ModelUnavailable):
        await ask(service)
    with pytest.raises(ModelBusy):
        await ask(service)
    assert len(model.asked) == 4
    clock.now += 31
    assert await ask(service) == "Back."
    assert service.health()[0] == "ok"


async def test_a_call_that_is_left_does_not_keep_the_breaker_waiting() -> None:
    clock = Clock()
    model = ScriptedModel([GONE], [TextDelta("a"), TextDelta("b")], said("Back."))
    service = service_over(model, clock=clock, breaker_failures=1, retries=0)
    with pytest.raises(ModelUnavailable):
        await ask(service)
    clock.now += 31
    async with aclosing(service.stream(ASKED, ANN)) as events:
        assert await anext(events) == TextDelta("a")
    assert await ask(service) == "Back."


async def test_silence_ends_at_the_deadline_of_the_first_word() -> None:
    service = service_over(ScriptedModel([30.0]), first_token_s=0.05, retries=0)
    with pytest.raises(ModelTimeout, match="first word"):
        await ask(service)


async def test_a_stall_ends_at_the_deadline_of_the_whole() -> None:
    service = service_over(ScriptedModel([TextDelta("a"), 30.0]), total_s=0.1, retries=0)
    with pytest.raises(ModelTimeout, match="rest of the answer"):
        await ask(service)
    with pytest.raises(ModelTimeout):
        await service.complete(ASKED, ANN, deadline_s=0.05)


async def test_a_cut_answer_is_an_error_and_costs_what_had_come() -> None:
    service = service_over(ScriptedModel([TextDelta("The blue ones " * 100)]))
    with pytest.raises(ModelUnavailable, match="cut"):
        await ask(service)
    assert "1 calls of this process today, 0.00" in service.health()[1]
    assert not service.health()[1].endswith("0.0000 US dollars")


async def test_an_endless_answer_is_cut() -> None:
    service = service_over(ScriptedModel([TextDelta("again ")] * 1000), max_answer_characters=300)
    events = [event async for event in service.stream(ASKED, ANN)]
    assert len("".join(event.text for event in events if isinstance(event, TextDelta))) == 300
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "MAX_TOKENS"


@pytest.mark.parametrize("answer", [said(), said(" ", "\n")])
async def test_an_empty_answer_is_none(answer: list[object]) -> None:
    with pytest.raises(AnswerUnusable, match="empty"):
        await ask(service_over(ScriptedModel(answer)))  # type: ignore[arg-type]


async def test_a_model_that_stops_with_an_error() -> None:
    with pytest.raises(ModelUnavailable, match="stopped with ERROR"):
        await ask(service_over(ScriptedModel(said("Half", reason="ERROR")), retries=0))


async def test_more_calls_than_allowed_at_once_are_refused() -> None:
    model = ScriptedModel([0.2, *said("Yes.")])
    service = service_over(model, max_concurrent=2)
    answers = await asyncio.gather(*(ask(service) for _ in range(5)), return_exceptions=True)
    assert [answer for answer in answers if answer == "Yes."] == ["Yes."] * 2
    assert sum(isinstance(answer, ModelBusy) for answer in answers) == 3
    assert await ask(service) == "Yes."


@pytest.mark.parametrize(
    ("cap", "spender", "other"),
    [
        ("turn_usd", Spender("ann", "turn-1"), Spender("ann", "turn-2")),
        ("user_day_usd", Spender("ann", "turn-1"), Spender("bob", "turn-1")),
    ],
)
async def test_a_cap_stops_calls_of_whom_it_is_for(cap: str, spender: Spender, other: Spender) -> None:
    model = ScriptedModel(said("Yes."))
    service = service_over(model, **{cap: 0.008})
    # Each costs 0.0035, and there has to be room for what it may cost at most, about 0.0016.
    assert [await ask(service, spender) for _ in range(2)] == ["Yes.", "Yes."]
    with pytest.raises(CapReached, match=f"SHOPSCOUT_LLM_{cap.upper()}"):
        await ask(service, spender)
    assert len(model.asked) == 2
    assert await ask(service, other) == "Yes."
    assert service.health()[0] == "ok"


async def test_the_cap_of_a_day_stops_all_and_is_told() -> None:
    service = service_over(ScriptedModel(said("Yes.")), day_usd=0.004)
    await ask(service)
    with pytest.raises(CapReached):
        await ask(service, Spender("bob", "turn-9"))
    status, detail = service.health()
    assert status == "degraded"
    assert "SHOPSCOUT_LLM_DAY_USD" in detail


async def test_calls_at_once_do_not_pass_a_cap_together() -> None:
    model = ScriptedModel([0.02, *said("Yes.")])
    service = service_over(model, user_day_usd=0.004)
    answers = await asyncio.gather(*(ask(service) for _ in range(10)), return_exceptions=True)
    passed = sum(answer == "Yes." for answer in answers)
    assert 1 <= passed <= 2
    assert len(model.asked) == passed
    assert all(isinstance(answer, str | LanguageModelError) for answer in answers)


async def test_what_was_held_for_a_failed_call_is_given_back() -> None:
    service = service_over(
        ScriptedModel(*[[GONE]] * 30, said("Yes.")), user_day_usd=0.004, retries=0, breaker_failures=99
    )
    for _ in range(30):
        with pytest.raises(ModelUnavailable):
            await ask(service)
    assert await ask(service) == "Yes."


async def test_personal_data_does_not_reach_the_model() -> None:
    model = ScriptedModel(said("Yes."))
    prompt = Prompt("test@1", (Message("user", "I am ann@shop.example, +49 170 1234567. Where is order W100234?"),))
    await service_over(model).complete(prompt, ANN)
    assert model.asked[0].messages[0].text == "I am [email], [phone]. Where is order W100234?"
