"""The reference says what the code does: every setting with its default, every requirement with its state."""

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"

REQUIREMENTS = [
    *(f"S0.{n}" for n in range(1, 12)),
    *(f"S1.{n}" for n in range(1, 14)),
    *(f"S2.{n}" for n in range(1, 12)),
    *(f"S3.{n}" for n in range(1, 8)),
    *(f"S4.{n}" for n in range(1, 8)),
    *(f"+{n}" for n in range(1, 13)),
]
STATES = ("yes", "in part", "not yet")


def settings() -> Iterator[tuple[str, FieldInfo]]:
    """The environment variable and the field of each setting of each room."""
    for path in sorted(ROOT.glob("[!.]*/**/settings.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, BaseSettings) and kind.__module__ == module.__name__:
                prefix = kind.model_config.get("env_prefix", "")
                for name, field in kind.model_fields.items():
                    alias = field.validation_alias
                    named = alias.choices[0] if isinstance(alias, AliasChoices) else alias
                    yield str(named or prefix + name.upper()), field


def test_there_are_settings_of_every_room_that_has_them() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/settings.py")}
    assert {"app", "es", "embed", "ingest"} <= rooms
    assert len(list(settings())) > 30


@pytest.mark.parametrize(
    ("variable", "field"), list(settings()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_setting_stands_in_the_reference_with_its_default(variable: str, field: FieldInfo) -> None:
    assert variable.startswith("SHOPSCOUT_")
    assert field.description, "a setting says what it does"
    rows = re.findall(rf"^\| `{variable}` \| (.*?) \| (.*) \|$", _text("settings.md"), re.MULTILINE)
    assert len(rows) == 1, "one row, in the page of one room"
    default, _ = rows[0]
    if field.default is not PydanticUndefined and not isinstance(field.default, Path):
        expected = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        written = str(expected).lower() if isinstance(expected, bool) else str(expected)
        assert default.strip("`") == ("" if expected is None else written)
    assert re.search(rf"^# ?{variable}=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_reference_names_no_setting_that_is_gone() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", _text("settings.md"), re.MULTILINE))
    assert named == {variable for variable, _ in settings()}


def test_pages_made_from_code_are_up_to_date() -> None:
    command = [sys.executable, "docs/generate.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _text(page: str) -> str:
    return (REFERENCE / page).read_text(encoding="utf-8")


def _expanded(cell: str) -> Iterator[str]:
    """Ids of a cell: "S0.1", "S3.1, S3.2", "S0.4 to S0.10"."""
    for part in cell.split(","):
        first, _, last = (word.strip() for word in part.partition(" to "))
        stem, _, number = first.rpartition(".")
        if not last:
            yield first
        else:
            yield from (f"{stem}.{n}" for n in range(int(number), int(last.rpartition(".")[2]) + 1))


def rows_of_features() -> list[tuple[str, list[str]]]:
    """The first cell of each row, and its other cells."""
    lines = [line for line in _text("features.md").splitlines() if re.match(r"\| (S\d|\+\d)", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(row[0], row[1:]) for row in cells]


def test_every_requirement_has_one_row_in_features() -> None:
    listed = [requirement for cell, _ in rows_of_features() for requirement in _expanded(cell)]
    assert sorted(listed) == sorted(REQUIREMENTS)


@pytest.mark.parametrize(("requirement", "cells"), [row for row in rows_of_features() if len(row[1]) > 2])
def test_a_feature_tells_its_state_and_its_proof(requirement: str, cells: list[str]) -> None:
    _, state, use, proof = cells
    assert state.startswith(STATES), requirement
    assert use
    tests = re.findall(r"tests/[\w/]+\.py", proof)
    assert tests or "no test" in proof
    assert [path for path in tests if not (ROOT / path).is_file()] == []
