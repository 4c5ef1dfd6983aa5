"""Configurations of search that are compared: what each asks for, and which settings it runs under."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from app.settings import ServiceSettings
from evaluate.errors import DataMissing, DataWrong

SHORT: Final = {"weight": "lexical_weight"}
FILES: Final = (".yaml", ".yml", ".json")
# The measurement's own: it asks for the list that it scores.
TAKEN: Final = frozenset({"q", "size", "page", "cursor", "facets", "facet_size"})


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """`asked`: query parameters of GET /api/search beside `q` and `size`. `settings`: those of the service that
    differ from the ones it would run under."""

    name: str
    asked: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


DEFAULT: Final = (SearchConfig("lexical", {"mode": "lexical"}), SearchConfig("hybrid", {"mode": "hybrid"}))


def read_configs(given: Sequence[str]) -> list[SearchConfig]:
    """Configurations as they are named on the command line; without any, lexical and hybrid search.

    Raises DataMissing or DataWrong, as `read_config`; DataWrong for a single one and for a name used twice.
    """
    configs = [read_config(text) for text in given] or list(DEFAULT)
    if len(configs) < 2:
        raise DataWrong("A comparison needs two configurations: give --config twice or more.")
    names = [config.name for config in configs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise DataWrong(f'Two configurations are called "{min(twice)}"; begin one with another name and a colon.')
    return configs


def read_config(text: str) -> SearchConfig:
    """A configuration from a YAML or JSON file, or from `name:key=value,key=value` (the name may be left out).

    Keys are query parameters of GET /api/search, or settings of the service without SHOPSCOUT_; `weight` is
    short for lexical_weight. A file holds them as one mapping, and may hold a `name`; else it has the file's.
    """
    if text.lower().endswith(FILES):
        return _from_file(Path(text))
    name, colon, rest = text.partition(":")
    if not colon or "=" in name:
        name, rest = text, text
    values: dict[str, Any] = {}
    for pair in filter(None, (part.strip() for part in rest.split(","))):
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise DataWrong(f'The configuration "{text}" has "{pair}" where key=value is needed.')
        values[key.strip()] = value.strip()
    return _config(name.strip(), values, text)


def _from_file(path: Path) -> SearchConfig:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataMissing(f"There is no file {path}.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataWrong(f"The configuration in {path} cannot be read: {error}.") from error
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise DataWrong(f"{path} must hold one mapping of keys to values.")
    if wrong := [key for key, value in values.items() if isinstance(value, dict | list)]:
        raise DataWrong(f'{path}: "{wrong[0]}" must be one plain value.')
    return _config(str(values.pop("name", path.stem)), values, str(path))


def _config(name: str, values: Mapping[str, Any], source: str) -> SearchConfig:
    asked: dict[str, str] = {}
    settings: dict[str, Any] = {}
    for key, value in values.items():
        if key in TAKEN:
            raise DataWrong(f'The configuration "{source}" sets {key}, which the measurement itself decides.')
        setting = SHORT.get(key, key)
        if setting in ServiceSettings.model_fields:
            settings[setting] = value
        else:
            asked[key] = str(value).lower() if isinstance(value, bool) else str(value)
    return SearchConfig(name or source, asked, settings)
