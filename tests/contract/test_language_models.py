"""The port to the language model, through the real SDK, against a server that speaks its wire format."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from app.llm.cohere import CohereModel
from app.llm.errors import AnswerUnusable, LanguageModelError, ModelRefused, ModelUnavailable
from app.llm.models import CitedText, Document, Finished, Message, ModelEvent, Prompt, TextDelta, Tokens
from app.llm.settings import LanguageModelSettings
from tests.cohere_server import (
    KEY,
    FakeCohere,
    Scene,
    answers_bytes,
    cut_after,
    ends_without_end,
    fake_cohere,
    raw_events,
    says,
    status,
)

ASKED = Prompt("test@1", (Message("system", "Be short."), Message("user", "Which boots?")))
WITH_DOCUMENTS = Prompt("test@1", ASKED.messages, (Document("product:1", {"title": "Boots", "price": 79.9}),))
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.fixture(scope="module")
def server() -> Iterator[FakeCohere]:
    with fake_cohere() as found:
        yield found


def settings(server: FakeCohere, **changes: Any) -> LanguageModelSettings:  # noqa: ANN401
    return LanguageModelSettings(**{"api_key": SecretStr(KEY), "base_url": server.url, "total_s": 5.0} | changes)


@pytest.fixture
async def model(server: FakeCohere) -> AsyncIterator[CohereModel]:
    made = CohereModel(settings(server))
    yield made
    await made.close()


async def events(model: CohereModel, prompt: Prompt = ASKED) -> list[ModelEvent]:
    return [event async for event in model.stream(prompt)]


async def test_text_citations_and_bill_arrive_in_order(server: FakeCohere, model: CohereModel) -> None:
    server.plays(says("The Boots ", "cost $79.90.", cites=[(4, 9, "Boots", ["product:1"])]))
    assert await events(model, WITH_DOCUMENTS) == [
        TextDelta("The Boots "),
        TextDelta("cost $79.90."),
        CitedText(4, 9, "Boots", ("product:1",)),
        Finished("COMPLETE", Tokens(100, 20)),
    ]
    sent = server.requests[0]
    assert sent["model"] == "command-r-plus-08-2024"
    assert sent["documents"] == [{"id": "product:1", "data": {"title": "Boots", "price": 79.9}}]
    assert sent["citation_options"] == {"mode": "ACCURATE"}
    assert sent["messages"][0] == {"role": "system", "content": "Be short."}
    assert "response_format" not in sent


async def test_the_first_answer_is_prepared_without_the_network(server: FakeCohere, model: CohereModel) -> None:
    server.plays(says("Hi."))
    await model.prepare()
    assert server.requests == []


async def test_a_schema_goes_without_documents(server: FakeCohere, model: CohereModel) -> None:
    server.plays(says('{"a": 1}'))
    await events(model, Prompt("test@1", ASKED.messages, schema=SCHEMA))
    assert server.requests[0]["response_format"] == {"type": "json_object", "json_schema": SCHEMA}
    with pytest.raises(ValueError, match="not both"):
        Prompt("test@1", ASKED.messages, WITH_DOCUMENTS.documents, SCHEMA)


async def test_a_wrong_key_is_told_as_such(server: FakeCohere) -> None:
    model = CohereModel(settings(server, api_key=SecretStr("wrong")))
    with pytest.raises(ModelRefused, match="SHOPSCOUT_LLM_API_KEY") as told:
        await events(model)
    assert told.value.key
    await model.close()


async def test_what_the_provider_refuses_is_told(server: FakeCohere, model: CohereModel) -> None:
    twice = Prompt("test@1", ASKED.messages, WITH_DOCUMENTS.documents * 2)
    with pytest.raises(ModelRefused, match="duplicate document ids"):
        await events(model, twice)
    assert not (await _refusal(server, model, 404)).key


async def _refusal(server: FakeCohere, model: CohereModel, code: int) -> ModelRefused:
    server.plays(status(code))
    with pytest.raises(ModelRefused) as told:
        await events(model)
    return told.value


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "Wed, 21 Oct 2099 07:28:00 GMT"}, pytest.approx(2.3e9, rel=0.2)),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-1"}, None),
        ({"Retry_After": "nan"}, None),
        ({}, None),
    ],
)
async def test_the_wait_asked_for_is_read(
    server: FakeCohere, model: CohereModel, header: dict[str, str], seconds: float | None
) -> None:
    server.plays(status(429, "too many", **header))
    with pytest.raises(ModelUnavailable, match=r"HTTP 429: too many") as told:
        await events(model)
    assert told.value.retry_after_s == seconds
    assert len(server.requests) == 1, "the SDK itself tries nothing again"


@pytest.mark.parametrize("code", [408, 409, 500, 502, 503, 504])
async def test_errors_of_the_server_may_be_tried_again(server: FakeCohere, model: CohereModel, code: int) -> None:
    server.plays(status(code))
    with pytest.raises(ModelUnavailable, match=str(code)):
        await events(model)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("scene", "error"),
    [
        (answers_bytes(b"<html>a proxy's page</html>", "text/html"), ModelUnavailable),
        (answers_bytes(b"{not json", "application/json", 503), LanguageModelError),
        (answers_bytes(b"[" * 100_000, "application/json", 500), LanguageModelError),
        (cut_after("The Boots "), ModelUnavailable),
    ],
)
async def test_broken_answers_are_told_in_our_words(
    server: FakeCohere,
    model: CohereModel,
    scene: Scene,
    error: type[Exception],
) -> None:
    server.plays(scene)
    with pytest.raises(error):
        await events(model)


@pytest.mark.parametrize(
    "line",
    [
        "event: content-delta\ndata: {not json\n\n",
        'data: {"type": "content-delta"}\n\n',
        'data: {"type": "content-delta", "delta": {"message": {"content": {"text": 7}}}}\n\n',
        'data: {"type": "content-delta", "delta": null}\n\n',
        'data: {"type": "content-delta", "delta": [1]}\n\n',
        'data: {"type": "citation-start", "delta": {"message": {"citations": "x"}}}\n\n',
        'data: {"type": "citation-start", "delta": {"message": {"citations": {"start": "0", "sources": {}}}}}\n\n',
        'data: {"type": "a-new-kind", "delta": {}}\n\n',
        "data: []\n\n",
        "data: null\n\n",
        "data: 17\n\n",
        ": a comment\n\n",
        'data: {"type": "content-delta", "delta": {"message": {"content": {"text": "\\ud800"}}}}\n\n',
    ],
)
async def test_malformed_events_are_gone_without(server: FakeCohere, model: CohereModel, line: str) -> None:
    good = 'data: {"type": "content-delta", "delta": {"message": {"content": {"text": "Hi."}}}}\n\n'
    server.plays(raw_events(line, good))
    found = await events(model)
    assert TextDelta("Hi.") in found
    assert found[-1] == Finished("COMPLETE", Tokens(100, 20))
    assert all(event.text.encode() for event in found if isinstance(event, TextDelta)), "half a surrogate is no text"


async def test_bytes_that_are_no_text_end_in_an_error_of_ours_or_are_replaced(
    server: FakeCohere, model: CohereModel
) -> None:
    server.plays(
        raw_events(b'data: {"type": "content-delta", "delta": {"message": {"content": {"text": "\xff"}}}}\n\n')
    )
    try:
        found = await events(model)
    except (AnswerUnusable, ModelUnavailable):
        return
    assert isinstance(found[-1], Finished)


async def test_a_stream_without_its_end_has_no_finish(server: FakeCohere, model: CohereModel) -> None:
    server.plays(ends_without_end("Half of "))
    assert await events(model) == [TextDelta("Half of ")]


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"billed_units": {"input_tokens": 5, "output_tokens": 6}}, Tokens(5, 6)),
        ({"tokens": {"input_tokens": 7.0, "output_tokens": 8.0}}, Tokens(7, 8)),
        ({"billed_units": {"input_tokens": -5, "output_tokens": 6}}, None),
        ({"billed_units": {"input_tokens": 5}}, None),
        ({}, None),
    ],
)
async def test_bills_are_looked_at(
    server: FakeCohere, model: CohereModel, usage: object, tokens: Tokens | None
) -> None:
    server.plays(says("Hi.", usage=usage))
    assert (await events(model))[-1] == Finished("COMPLETE", tokens)


@pytest.mark.parametrize("usage", [[], "free", {"billed_units": {"input_tokens": "many", "output_tokens": []}}])
async def test_an_end_that_the_sdk_cannot_read_is_none(server: FakeCohere, model: CohereModel, usage: object) -> None:
    server.plays(says("Hi.", usage=usage))
    assert await events(model) == [TextDelta("Hi.")]


async def test_a_server_that_is_not_there() -> None:
    with fake_cohere() as gone:
        pass
    model = CohereModel(settings(gone))
    with pytest.raises(ModelUnavailable, match="ConnectError"):
        await events(model)
    await model.close()
