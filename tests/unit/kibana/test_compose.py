"""docker-compose.yml starts what there is: commands that the programs know, in an image that holds them."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.__main__ import parser as ingest_parser
from jobs.__main__ import parser as jobs_parser
from kibana.__main__ import parser as kibana_parser

ROOT = Path(__file__).parents[3]
PARSERS: dict[str, ArgumentParser] = {"ingest": ingest_parser(), "jobs": jobs_parser(), "kibana": kibana_parser()}


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
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
    assert f"COPY {room} ./{room}\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8"), name


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
