"""What is shown where: the placements, read from a file and checked whole. Pure but for the reading."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.recommend.errors import PlacementsInvalid

BUNDLED: Final = Path(__file__).parent / "placements.yaml"
_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]


class PlacementPlan(BaseModel):
    """One placement; what the parts mean stands in placements.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recommenders: dict[str, Annotated[float, Field(gt=0, le=100)]] = Field(min_length=1, max_length=20)
    diversity: float = Field(0.0, ge=0, le=1)
    per_brand: int = Field(0, ge=0)
    per_category: int = Field(0, ge=0)
    fill: bool = True


class _File(BaseModel):
    placements: dict[_Name, PlacementPlan] = Field(min_length=1, max_length=100)


def read_placements(path: Path | None, recommenders: Collection[str]) -> dict[str, PlacementPlan]:
    """Placements by name; of a shop's own file those that it names, the others as they come.

    Raises PlacementsInvalid, which names every mistake and what would be right.
    """
    found = _read(BUNDLED, recommenders)
    return found if path is None else {**found, **_read(path, recommenders)}


def _read(path: Path, recommenders: Collection[str]) -> dict[str, PlacementPlan]:
    try:
        written = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PlacementsInvalid(f"{path} cannot be read as YAML or JSON: {error}") from error
    try:
        placements = _File.model_validate({"placements": written}).placements
    except ValidationError as error:
        told = [f"{'.'.join(map(str, e['loc'][1:])) or 'the file'}: {_sentence(e)}" for e in error.errors()]
        raise PlacementsInvalid(f"{path}: {'; '.join(told[:10])}") from error
    if wrong := _unknown(placements, recommenders):
        raise PlacementsInvalid(f"{path}: {'; '.join(wrong)}")
    return placements


@lru_cache(maxsize=4)
def _parsed(text: str) -> Any:  # noqa: ANN401 - YAML
    return yaml.safe_load(text)


def _sentence(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return f"there is no such part; there are {', '.join(PlacementPlan.model_fields)}"
    return str(error["msg"])


def _unknown(placements: Mapping[str, PlacementPlan], recommenders: Collection[str]) -> list[str]:
    wrong = []
    for placement, plan in placements.items():
        for name in plan.recommenders:
            if name not in recommenders:
                wrong.append(f"{placement}: {no_such('recommender', name, recommenders)}")
    return wrong


def no_such(what: str, name: str, there: Collection[str]) -> str:
    """A sentence with the right names, the likeliest first."""
    near = get_close_matches(name, there, 1)
    meant = f'; did you mean "{near[0]}"?' if near else ";"
    return f'there is no {what} "{name[:60]}"{meant} there are {", ".join(sorted(there))}'
