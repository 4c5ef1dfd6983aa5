"""The image holds what runs in it, and docker-compose.yml starts what there is, with settings that there are."""

import re
import shlex
import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from es.embedded.folders import VERSION
from ingest.__main__ import parser as ingest_parser
from jobs.__main__ import parser as jobs_parser
from kibana.__main__ import parser as kibana_parser

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "howto" / "run-with-docker.md").read_text(encoding="utf-8")
PARSERS: dict[str, ArgumentParser] = {"ingest": ingest_parser(), "jobs": jobs_parser(), "kibana": kibana_parser()}


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return found


def ours() -> list[tuple[str, list[str]]]:
    return [
        (name, told["command"])
        for name, told in services().items()
        if told.get("image") == "shopscout" and "command" in told
    ]


@pytest.mark.parametrize(("name", "command"), ours(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_service_runs_a_command_that_there_is(name: str, command: list[str]) -> None:
    assert command[:2] == ["python", "-m"]
    room = command[2]
    PARSERS[room].parse_args(command[3:])
    assert f"COPY {room} ./{room}\n" in DOCKERFILE, name


def test_what_the_image_is_made_from_is_let_through() -> None:
    copied = {
        name
        for line in re.findall(r"^COPY (?!--from)(.+) \./", DOCKERFILE, re.MULTILINE)
        for name in line.replace("./", "").split()
    }
    let_through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert copied == set(let_through)
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_holds_every_room_that_serves() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    rooms = {name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    copied = set(re.findall(r"^COPY (\w+) \./\1$", DOCKERFILE, re.MULTILINE))
    assert copied - {"LICENSE"} == rooms - {"evaluate", "loadtest"}
    (extra,) = re.findall(r'-c constraints.txt "\.\[(\w+)\]"', DOCKERFILE)
    assert extra in project["project"]["optional-dependencies"]


def test_the_image_runs_as_a_user_who_owns_the_one_folder_that_is_written() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    (cache,) = re.findall(r"SHOPSCOUT_CACHE_DIR=(\S+)", DOCKERFILE)
    (rejects,) = re.findall(r"SHOPSCOUT_INGEST_REJECTS_DIR=(\S+)", DOCKERFILE)
    assert f"install --directory --owner 10001 --group 10001 {cache}\n" in DOCKERFILE
    for name, told in services().items():
        if told["image"] == "shopscout":
            assert told["volumes"] == [f"api-cache:{cache}"], name
            assert told["environment"]["SHOPSCOUT_CACHE_DIR"] == cache
            assert told["environment"]["SHOPSCOUT_INGEST_REJECTS_DIR"] == rejects
            assert (told["read_only"], told["cap_drop"]) == (True, ["ALL"]), name


def test_every_setting_that_is_named_is_one() -> None:
    known = set(re.findall(r"^#(SHOPSCOUT_\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    set_by_us = set(re.findall(r"(SHOPSCOUT_\w+)[:=]", re.sub(r"\$\{[^}]*\}", "", DOCKERFILE + COMPOSE)))
    assert set_by_us
    assert set_by_us <= known
    read_by_compose = set(re.findall(r"\$\{(SHOPSCOUT_\w+)", COMPOSE))
    assert read_by_compose <= set(re.findall(r"`(SHOPSCOUT_\w+)`", PAGE))


def test_volumes_that_are_mounted_are_named() -> None:
    mounted = {volume.split(":")[0] for told in services().values() for volume in told.get("volumes", [])}
    assert mounted == yaml.safe_load(COMPOSE)["volumes"].keys()


def test_versions_are_said() -> None:
    images = {told["image"] for told in services().values()} - {"shopscout"}
    assert all(re.search(r":\d[\w.-]*$", image) for image in images), images
    assert {image.rpartition(":")[2] for image in images if "elastic.co" in image} == {VERSION}
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"python:3.11-slim-bookworm"}


def test_the_health_of_the_api_is_asked_in_words_that_python_understands() -> None:
    kind, command = services()["api"]["healthcheck"]["test"]
    program, option, code = shlex.split(command)
    assert (kind, program, option) == ("CMD-SHELL", "python", "-c")
    compile(code, "healthcheck", "exec")
    assert "http://127.0.0.1:8000/health/live" in code


def test_dashboards_come_by_themselves_and_once() -> None:
    found = services()
    assert found["dashboards"]["depends_on"]["kibana"] == {"condition": "service_healthy"}
    assert found["dashboards"]["environment"]["SHOPSCOUT_KIBANA_URL"] == "http://kibana:5601"
    # `up --wait` fails over a service that ends, unless another one says that it shall.
    assert "service_completed_successfully" in {
        told.get("depends_on", {}).get("dashboards", {}).get("condition") for told in found.values()
    }


def test_dashboards_follow_the_prefix_of_the_shop_and_the_version_of_kibana() -> None:
    found = services()
    prefixes = {
        told["environment"]["SHOPSCOUT_INDEX_PREFIX"] for told in found.values() if told.get("image") == "shopscout"
    }
    assert len(prefixes) == 1
    assert re.search(r"kibana:9\.4\.\d+$", found["kibana"]["image"])
