"""Scripted dialogues: what is said turn by turn, and what each answer has to hold."""

from pathlib import Path
from typing import Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluate.errors import DataWrong

SCRIPTS: Final = Path(__file__).parent / "scripts"
DESK: Final = Path(__file__).parent / "desk"
"""Dialogues with the demo shop's desk: its customers, orders and documents are there."""


class Expectation(BaseModel):
    """What an answer has to hold; what is not named is not looked at. Words are regular expressions, without case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: int = Field(200, description="HTTP status of the answer.")
    intent: list[str] = Field([], description="Any of these.")
    least: int | None = Field(None, description="Fewest products.")
    most: int | None = Field(None, description="Most products.")
    max_price: float | None = Field(None, description="Of every product.")
    min_price: float | None = None
    gender: list[str] = Field([], description="Whom every product is made for: any of these.")
    age: list[str] = []
    brand: list[str] = []
    category: list[str] = []
    about: str = Field("", description="Words that most of the first three products have in their records.")
    without: str = Field("", description="Words that no product has in its name, brand, tags or colour.")
    in_stock: bool = Field(False, description="Every product is in stock.")
    fresh: bool = Field(False, description="No product of the list before is in this one.")
    context: dict[str, str] = Field({}, description="Words of the context's descriptions, by name.")
    forgotten: list[str] = Field([], description="Descriptions that the context must not have.")
    says: list[str] = Field([], description="Words that the answer has.")
    never: list[str] = Field([], description="Words that it has not.")
    names: list[int | Literal["cheapest", "dearest"]] = Field(
        [], description="Products of the list before that it names, by place from 1 (-1: the last)."
    )
    asks: str = Field("", description="Words of a question back.")
    asks_not: str = Field("", description="Words that no question has.")
    actions: list[str] = Field([], description="Types of actions that are offered.")
    waits: str | None = Field(None, description="The tool that waits for a yes; empty: none does.")
    table: bool = Field(False, description="It compares in a table.")


class ScriptTurn(BaseModel):
    """A message of the user, and what the answer has to hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str
    expect: Expectation = Expectation()
    session: Literal["own", "unknown"] = Field("own", description="unknown: an id that nobody was given.")


class Dialogue(BaseModel):
    """A dialogue: turns of one session."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    topic: str
    customer: str = Field("", description="Who is signed in; empty: a visitor.")
    turns: list[ScriptTurn] = Field(min_length=1)


def read_dialogues(folder: Path = SCRIPTS) -> list[Dialogue]:
    """The dialogues of a folder's .yaml files, each a list; a file's name is the topic. Raises DataWrong."""
    found: list[Dialogue] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            told = yaml.safe_load(path.read_text(encoding="utf-8"))
            found += [Dialogue(topic=path.stem, **each) for each in told]
        except (OSError, yaml.YAMLError, TypeError, ValidationError) as error:
            raise DataWrong(f"{path}: {error}") from error
    if not found:
        raise DataWrong(f"There are no dialogues (.yaml) in {folder}.")
    names = [dialogue.name for dialogue in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataWrong(f"Dialogues have names of their own; given twice: {', '.join(twice)}.")
    return found
