"""What the documentation names is there: commands and options, endpoints and parameters, settings, problems, files."""

import ast
import importlib.util
import json
import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import BaseModel

from app.__main__ import parser as app_parser
from app.access.cli import parser as keys_parser
from app.events.models import EventsAnswer
from app.main import create_app
from app.opening import Configuration
from app.problems import REFUSALS
from app.recommend.models import Recommendations
from app.search.models import SearchAnswer
from embed.__main__ import parser as embed_parser
from es.__main__ import parser as es_parser
from es.backups_cli import parser as backups_parser
from es.generations_cli import parser as generations_parser
from es.settings import EngineSettings
from evaluate.__main__ import parser as evaluate_parser
from ingest.__main__ import parser as ingest_parser
from jobs.__main__ import parser as jobs_parser
from kibana.__main__ import parser as kibana_parser
from tests.documentation import PAGES, ROOT, Command, blocks, commands, inline
from tests.test_documented import settings

PARSERS: dict[str, ArgumentParser] = {
    "app": app_parser(),
    "app keys": keys_parser(),
    "embed": embed_parser(),
    "es": es_parser(),
    "es backups": backups_parser(),
    "es generations": generations_parser(),
    "evaluate": evaluate_parser(),
    "ingest": ingest_parser(),
    "jobs": jobs_parser(),
    "kibana": kibana_parser(),
}
"""By the words that come before what each reads."""

DESCRIBED = create_app(Configuration(engine=EngineSettings(es_url="http://localhost:1"))).openapi()
PATHS: dict[str, dict[str, dict[str, Any]]] = DESCRIBED["paths"]
OUTSIDE_OPENAPI = {"/metrics", "/docs", "/openapi.json", "/"}
FREE_PARAMETERS = ("/api/search", "/api/products/{product_id}/similar")
"""Any attribute of a catalogue is a filter here."""

ROOMS = "app|docs|embed|es|evaluate|ingest|jobs|kibana|loadtest|shop|tests|web"
OURS = [command for command in commands() if command.module in PARSERS]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}


def test_the_documentation_is_read() -> None:
    assert len(OURS) > 100
    assert {command.module for command in OURS} >= {"app", "embed", "es", "evaluate", "ingest", "jobs", "kibana"}
    assert sum(command.whole for command in OURS) > 50
    assert len(list(requests())) > 40


@pytest.mark.parametrize("command", sorted(OURS, key=str), ids=str)
def test_a_command_has_the_words_and_options_that_it_is_shown_with(command: Command) -> None:
    name, words = command.module, list(command.words)
    if words and f"{name} {words[0]}" in PARSERS:
        name = f"{name} {words.pop(0)}"
    assert unknown(PARSERS[name], words) == []
    if command.whole:
        try:
            PARSERS[name].parse_args(words)
        except SystemExit:
            pytest.fail(f"{command} is refused as wrong usage")


def unknown(parser: ArgumentParser, words: list[str]) -> list[str]:
    """Options, and names of commands, that the command line does not have."""
    known = set(parser._option_string_actions)
    wrong: list[str] = []
    for word in words:
        choices = next((each.choices for each in parser._actions if isinstance(each, _SubParsersAction)), None)
        if word.startswith("-") and len(word) > 1:
            wrong += [] if word.partition("=")[0] in known else [word]
        elif choices is not None:
            if word not in choices:
                return [*wrong, word]
            parser = choices[word]
            known |= set(parser._option_string_actions)
    return wrong


def test_unknown_words_and_options_are_seen() -> None:
    assert unknown(ingest_parser(), ["laod", "x.csv"]) == ["laod"]
    assert unknown(ingest_parser(), ["stream", "dead", "--kinds", "events"]) == ["--kinds"]
    assert unknown(ingest_parser(), ["stream", "dead", "--kind", "events"]) == []


def test_a_module_that_is_started_by_its_whole_name_exists() -> None:
    named = {command.module for command in commands() if re.match(rf"({ROOMS})\.", command.module)}
    assert named
    assert [name for name in named if importlib.util.find_spec(name) is None] == []


def requests() -> Iterator[tuple[str, str, str]]:
    """Page, method (empty where none is told) and address of every endpoint that a page names."""
    for page, text in TEXTS.items():
        for line in (line for block in blocks(text) for line in joined(block)):
            for address in re.findall(r"(?<=localhost:\d{4})/[^\s'\"]*", line) if "curl" in line else ():
                sent = re.search(r"-X\s+([A-Z]+)", line)
                yield page, sent[1] if sent else "POST" if re.search(r" (-d|--data\S*) ", line) else "GET", address
        for code in inline(text):
            found = re.fullmatch(r"((?:[A-Z]+(?:, | and )?)*)\s*(/(?:api|health|metrics)[^\s]*)", code)
            if found:
                yield from ((page, method, found[2]) for method in re.findall(r"[A-Z]+", found[1]) or [""])


def joined(block: str) -> list[str]:
    """Commands of a block, with bodies that go over several lines."""
    return re.split(r"\n(?=\S*curl |\w+=\$\(curl )", block)


def endpoint(address: str) -> str | None:
    """The path of OpenAPI that an address is of."""
    path = urlsplit(address).path
    for known in sorted(PATHS, key=lambda each: each.count("{")):
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(known)), path):
            return known
    return None


@pytest.mark.parametrize(("page", "method", "address"), sorted(set(requests())))
def test_an_endpoint_exists_with_its_method_and_parameters(page: str, method: str, address: str) -> None:
    path = urlsplit(address).path.rstrip("/")
    if not method and any(known.startswith(f"{path}/") for known in PATHS):
        return  # what many begin with, as in the table of scopes
    known = endpoint(address)
    assert known is not None or path in OUTSIDE_OPENAPI, f"{page} names {address}"
    if known is None or not method:
        return
    operation = PATHS[known].get(method.lower())
    assert operation is not None, f"{page}: {known} has no {method}"
    if known not in FREE_PARAMETERS:
        there = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        told = {name for name, _ in parse_qsl(urlsplit(address).query, keep_blank_values=True)}
        assert told - there == set()


@pytest.mark.parametrize("path", sorted(PATHS))
def test_every_endpoint_stands_in_the_reference(path: str) -> None:
    assert re.search(rf"{re.escape(path)}(?![\w/{{])", TEXTS["docs/reference/api.md"])


def answers() -> Iterator[tuple[str, str]]:
    """Path and name of every member of the whole answer of each endpoint."""
    schemas = DESCRIBED["components"]["schemas"]
    for path, operations in PATHS.items():
        for operation in operations.values():
            for status, told in operation["responses"].items():
                schema = told.get("content", {}).get("application/json", {}).get("schema", {})
                named = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
                if status.startswith("2"):
                    yield from ((path, name) for name in named.get("properties", ()))


@pytest.mark.parametrize(("path", "name"), sorted(set(answers())))
def test_every_member_of_an_answer_is_explained(path: str, name: str) -> None:
    pages = [text for page, text in TEXTS.items() if page.startswith("docs/reference/")]
    assert any(re.search(rf"\b{name}\b", code) for text in pages for code in inline(text)), (
        f"{path} answers with {name}"
    )


@pytest.mark.parametrize(
    ("page", "model", "one"),
    [
        ("README.md", SearchAnswer, "hits"),
        ("docs/howto/recommendations.md", Recommendations, "items"),
        ("docs/howto/send-events.md", EventsAnswer, "events"),
    ],
)
def test_the_example_of_an_answer_has_its_members(page: str, model: type[BaseModel], one: str) -> None:
    shown = json.loads(re.findall(r"^```json\n(\{.*?)^```", TEXTS[page], re.DOTALL | re.MULTILINE)[0])
    assert set(shown) == set(model.model_fields)
    (entry,) = get_args(model.model_fields[one].annotation)
    for example in shown[one]:
        assert set(example) - set(entry.model_fields) == set()


def kinds() -> set[str]:
    """Every kind of problem that app/problems.py answers with."""
    tree = ast.parse((ROOT / "app" / "problems.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) > 1]
    told = {
        call.args[1].value
        for call in calls
        if getattr(call.func, "id", "") == "problem_response" and isinstance(call.args[1], ast.Constant)
    }
    named = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "kinds"
    ]
    by_status = {
        value.value for node in named for value in getattr(node.value, "values", ()) if isinstance(value, ast.Constant)
    }
    return {str(kind) for kind in told | by_status | REFUSALS.keys()}


def test_every_kind_of_problem_is_explained_and_no_other() -> None:
    explained = {
        kind
        for page in ("api", "access")
        for kind in re.findall(r"\| `/problems/([a-z-]+)`", TEXTS[f"docs/reference/{page}.md"])
    }
    assert len(explained) > 20
    assert explained == kinds() | {"http-error"}


def test_every_setting_that_is_named_exists() -> None:
    there = {variable for variable, _ in settings()}
    there |= set(re.findall(r"\$\{(SHOPSCOUT_\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    there.add("SHOPSCOUT_TEST_ES_URL")  # tests/engines.py
    sources = [*ROOT.glob("[!.]*/**/*.py"), *ROOT.glob("*.yml"), ROOT / "Makefile", ROOT / "Dockerfile"]
    texts = TEXTS | {str(s.relative_to(ROOT)): s.read_text("utf-8") for s in sources if "tests" not in s.parts}
    wrong = [
        (place, name)
        for place, text in texts.items()
        for name in re.findall(r"SHOPSCOUT_[A-Z0-9_]*[A-Z0-9_]", text)
        if name not in there and not (name.endswith("_") and any(each.startswith(name) for each in there))
    ]
    assert wrong == []


def test_every_target_of_make_and_its_variables_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    told = [
        (page, *found.groups())
        for page, text in TEXTS.items()
        for code in (*inline(text), *(line for block in blocks(text) for line in block.splitlines()))
        for found in re.finditer(r"(?:^|&& |=\w+ )make ([a-z-]+)((?: [A-Z]+=\S*)*)", code)
    ]
    assert len(told) > 15
    for page, target, variables in told:
        assert target in targets, page
        for name in re.findall(r"([A-Z]+)=", variables):
            assert re.search(rf"\$[({{]+{name}\b|^{name} \?=", makefile, re.MULTILINE), f"{page}: {name}"


def test_every_file_of_the_repository_that_is_named_exists() -> None:
    named = [
        (page, path)
        for page, text in TEXTS.items()
        for path in re.findall(
            rf"(?<![\w./-])(?:{ROOMS})/[\w/*-]+(?:\.(?:py|yaml|md|json|jsonl|js|css|html|npz)\b|/(?!\w))", text
        )
    ]
    assert len(named) > 100
    assert [(page, path) for page, path in named if not any(ROOT.glob(path.rstrip("/")))] == []
