"""Writes the pages that are made from code: `python docs/generate.py [--check]`.

- docs/reference/settings.md: a row for each field of every settings.py
- .env.example: the same settings, commented out, with their defaults

`--check` writes nothing and exits with 1 where a page is not what the code says.
"""

import argparse
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_PAGE = ROOT / "docs" / "reference" / "settings.md"
ENV_EXAMPLE = ROOT / ".env.example"

HOME = "/home-of-anybody"

# Rooms in the order in which a person meets them; a room that is new comes after them by itself.
TITLES = {
    "app": "The HTTP service",
    "app.access": "Keys, tokens and limits",
    "app.recommend": "Recommendations",
    "app.chat": "The conversation",
    "app.llm": "The language model",
    "es": "Elasticsearch",
    "embed": "Vectors",
    "ingest": "Loading",
    "shop": "Pictures, events and the query log",
    "jobs": "Jobs",
    "kibana": "Kibana",
    "evaluate": "Measuring",
    "loadtest": "Load tests",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its environment variable, its default as it would be written, and what it does."""

    variable: str
    default: str
    description: str


def settings_by_room() -> dict[str, list[Setting]]:
    """Every setting of every room; one that two rooms share stands in the first."""
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in ROOT.glob("[!.]*/**/settings.py")}
    seen: set[str] = set()
    rooms: dict[str, list[Setting]] = {}
    for room in [*TITLES, *sorted(found - set(TITLES))]:
        if room not in found:
            continue
        own = [s for s in _settings_of(importlib.import_module(f"{room}.settings")) if s.variable not in seen]
        seen.update(setting.variable for setting in own)
        rooms[room] = own
    return rooms


def _settings_of(module: Any) -> Iterator[Setting]:  # noqa: ANN401 - a module
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if issubclass(kind, BaseSettings) and kind.__module__ == module.__name__:
            # Defaults without the environment and the folders of whoever runs this.
            with patch.dict(os.environ, {"HOME": HOME}):
                defaults = kind.model_construct()
            for name, field in kind.model_fields.items():
                variable = _variable(kind, name, field)
                yield Setting(variable, _written(getattr(defaults, name)), field.description or "")


def _variable(kind: type[BaseSettings], name: str, field: FieldInfo) -> str:
    if isinstance(field.validation_alias, AliasChoices):
        return str(field.validation_alias.choices[0])
    if isinstance(field.validation_alias, str):
        return field.validation_alias
    return f"{kind.model_config.get('env_prefix', '')}{name}".upper()


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Path) and value.is_absolute():
        # Any other absolute path is one of this machine; the description says which it is.
        return f"~/{value.relative_to(HOME)}" if value.is_relative_to(HOME) else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def settings_page() -> str:
    """docs/reference/settings.md."""
    lines = [
        "# Settings",
        "",
        "<!-- Made by `python docs/generate.py` from the settings.py of each room; change it there. -->",
        "",
        "A setting is an environment variable, or a line in a file `.env` in the folder that a command is started in;",
        "the environment wins. A wrong value stops the command, which says what is wrong with it.",
        "[.env.example](../../.env.example) lists them all for copying.",
    ]
    for room, settings in settings_by_room().items():
        lines += ["", f"## {TITLES.get(room, room)}", "", "| Variable | Default | Meaning |", "|---|---|---|"]
        for setting in settings:
            default = f"`{setting.default}`" if setting.default else ""
            lines.append(f"| `{setting.variable}` | {default} | {setting.description.replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def env_example() -> str:
    """.env.example."""
    lines = [
        "# Settings of shopscout with their defaults. Copy this file to .env and uncomment what you change.",
        "# Made by `python docs/generate.py`; docs/reference/settings.md says the same as tables.",
    ]
    for room, settings in settings_by_room().items():
        lines += ["", f"## {TITLES.get(room, room)}"]
        for setting in settings:
            lines += ["", *_wrapped(setting.description), f"#{setting.variable}={setting.default}"]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int = 110) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            yield line
            line = "#"
        line += f" {word}"
    yield line


PAGES = {SETTINGS_PAGE: settings_page, ENV_EXAMPLE: env_example}


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 written, or nothing to write; 1 a page is stale (--check)."""
    parser = argparse.ArgumentParser(prog="python docs/generate.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which pages are stale")
    check = parser.parse_args(arguments).check
    stale = [page for page, make in PAGES.items() if not page.exists() or page.read_text("utf-8") != make()]
    for page in stale:
        if not check:
            page.write_text(PAGES[page](), "utf-8")
        sys.stdout.write(f"{'stale' if check else 'written'}: {page.relative_to(ROOT)}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
