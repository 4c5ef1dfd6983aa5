"""What is wrong with a request is told in sentences that name the parameter and say what would be right."""

from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import FastAPI, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from app import problems

FORM = "^[a-z]{3}$"


class Pin(BaseModel):
    type: Literal["pin"]


class Hide(BaseModel):
    type: Literal["hide"]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: str = Field(max_length=5)
    size: int = Field(3, ge=1, le=9)
    strict: bool = False
    sort: Literal["price", "name"] = "name"
    ids: list[str] = Field([], max_length=2)
    act: Annotated[Pin | Hide, Field(discriminator="type")] | None = None


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: int = 5


def service() -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.post("/things/{name}")
    def post(name: Annotated[str, Path(pattern=FORM)], asked: Asked) -> dict[str, Any]:
        return {"name": name, **asked.model_dump()}

    @app.get("/things")
    def get(told: Annotated[Told, Query()]) -> int:
        return told.limit

    return app


async def answer(method: str, path: str, **sent: Any) -> httpx.Response:  # noqa: ANN401 - what httpx takes
    transport = httpx.ASGITransport(service(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        return await client.request(method, path, **sent)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "words is missing"),
        ({"words": 7}, "words must be a text"),
        ({"words": "longer"}, "words must have 5 characters at most"),
        ({"words": "a", "size": 0}, "size must be at least 1"),
        ({"words": "a", "size": 10}, "size must be at most 9"),
        ({"words": "a", "size": "x"}, "size must be a whole number"),
        ({"words": "a", "size": 1.5}, "size must be a whole number"),
        ({"words": "a", "strict": "maybe"}, "strict must be true or false"),
        ({"words": "a", "sort": "x"}, "sort must be 'price' or 'name'"),
        ({"words": "a", "ids": "x"}, "ids must be a list"),
        ({"words": "a", "ids": ["a", 1]}, "ids.1 must be a text"),
        ({"words": "a", "ids": ["a", "b", "c"]}, "ids must have 2 entries at most"),
        ({"words": "a", "act": {"type": "x"}}, "act must have as 'type' one of 'pin', 'hide'"),
        ({"words": "a", "act": {}}, "act must have 'type'"),
        ({"words": "a", "colr": 1}, "there is no field colr; there are words, size, strict, sort, ids, act"),
        ({"size": 0, "ids": 1}, "words is missing; size must be at least 1; ids must be a list"),
    ],
)
async def test_a_body_is_told_what_would_be_right(body: dict[str, Any], detail: str) -> None:
    told = (await answer("POST", "/things/abc", json=body)).json()
    assert (told["type"], told["status"], told["detail"]) == ("/problems/invalid-parameter", 400, detail)
    assert [error["message"] for error in told["errors"]] == detail.split("; ")[: len(told["errors"])] or "colr" in body


async def test_parameters_of_path_and_query_have_their_plain_names() -> None:
    path = (await answer("POST", "/things/ABCD", json={"words": "a"})).json()
    assert path["errors"] == [{"parameter": "name", "message": f"name must be of the form {FORM}"}]
    query = (await answer("GET", "/things?limit=many&size=3")).json()
    assert query["detail"] == "limit must be a whole number; there is no parameter size"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"words":' * 50_000, b'"x"'])
async def test_what_is_no_json_object_is_told_so(body: bytes) -> None:
    response = await answer("POST", "/things/abc", content=body, headers={"Content-Type": "application/json"})
    told = response.json()
    assert (response.status_code, told["type"]) == (400, "/problems/invalid-json")
    assert told["detail"] == "Send a JSON object as the body, with Content-Type: application/json."


def test_several_sentences_are_one_line_with_one_stop() -> None:
    assert str(problems.BadRequest([("a", "a is wrong."), ("b", "b is wrong.")])) == "a is wrong; b is wrong."
    assert str(problems.BadRequest([("a", "a is wrong.")])) == "a is wrong."
