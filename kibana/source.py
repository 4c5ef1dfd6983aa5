"""Dashboards as they are written: files of YAML, one a dashboard, and data_views.yaml.

A panel looks over the indices of one kind: `by` says into what its documents are divided, `show` what is counted of
them, as formulas.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from es.mappings import conversations, events, feedback, jobs, products, queries, spending, trends
from kibana.errors import SourceWrong

FOLDER: Final = Path(__file__).parent / "dashboards"
DATA_VIEWS: Final = Path(__file__).parent / "data_views.yaml"
COLUMNS: Final = 48
"""Width of a dashboard's grid."""
KINDS: Final = frozenset({
    queries.KIND, events.KIND, conversations.TURNS_KIND, spending.KIND, feedback.KIND, products.KIND, jobs.KIND,
    trends.KIND,
})  # fmt: skip

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_.]*$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Chart = Literal["metric", "bar", "horizontal_bar", "line", "area", "table"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(_Part):
    """One of several groups of documents, by a query."""

    label: Text
    kql: Text


class Division(_Part):
    """What documents are divided by: the values of a `field` (the `top` ones by `order`, a name under `show`, or
    `value`), the time (`every` day or hour), or `choices`."""

    label: Text
    field: FieldName | None = None
    every: Literal["day", "hour"] | None = None
    choices: list[Choice] = []
    top: Annotated[int, Field(ge=1, le=1000)] = 50
    order: str = ""
    number: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.field) == bool(self.choices):
            raise ValueError("a field or choices, and one of them")
        if self.every and (self.order or not self.field):
            raise ValueError("`every` is for a field of time, which has its own order")
        if self.field and not self.every and not self.order:
            raise ValueError("say the order of its values: a name under show, or value")
        return self


class Figure(_Part):
    """A number. `formula`: as Lens writes it; `unit`: what it is."""

    label: Text
    formula: Text
    unit: Literal["", "share", "usd", "ms", "count"] = ""


class Panel(_Part):
    """One panel. `over`: the kind of index; `where`: a query (KQL) that its documents fulfil; `by`: one division for a
    chart's axis and a second for its series. `size`: width (of 48) and height."""

    id: Id
    title: Text
    help: str = ""
    chart: Chart
    size: tuple[Annotated[int, Field(ge=4, le=COLUMNS)], Annotated[int, Field(ge=4, le=40)]]
    over: str
    where: str = ""
    by: Annotated[list[Division], Field(max_length=2)] = []
    show: Annotated[dict[Name, Figure], Field(min_length=1)]

    @model_validator(mode="after")
    def _drawable(self) -> Self:
        if self.over not in KINDS:
            raise ValueError(f"{self.over} is no kind of index; there are {', '.join(sorted(KINDS))}")
        if self.chart == "metric" and (self.by or len(self.show) != 1):
            raise ValueError("a single number shows one figure, and is not divided")
        if self.chart != "metric" and not self.by:
            raise ValueError(f"a {self.chart} needs a division under by")
        if self.chart not in ("metric", "table") and len(self.by) == 2 and len(self.show) > 1:
            raise ValueError("either several figures or a second division")
        for division in self.by:
            if division.order not in ("", "value", *self.show):
                raise ValueError(f"{division.order} is not shown, so that nothing is in its order")
        return self


class Dashboard(_Part):
    """A dashboard. `days`: the time that it shows when it is opened."""

    id: Id
    title: Text
    description: Text
    days: Annotated[int, Field(ge=1, le=366)] = 30
    panels: Annotated[list[Panel], Field(min_length=1)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [panel.id for panel in self.panels]
        if len(ids) != len(set(ids)):
            raise ValueError("two panels have one id")
        return self


class Computed(_Part):
    """A field that is computed from others when it is asked for, in Painless."""

    type: Literal["long", "keyword"]
    script: Text


class DataView(_Part):
    """Indices of one kind. `time`: the field of time, empty where there is none."""

    kind: str
    name: Text
    time: str = ""
    computed: dict[Name, Computed] = {}

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is no kind of index; there are {', '.join(sorted(KINDS))}")
        return self


class _DataViews(_Part):
    data_views: Annotated[list[DataView], Field(min_length=1)]


def dashboards(folder: Path = FOLDER) -> list[Dashboard]:
    """Every dashboard, by file name. Raises SourceWrong."""
    found = [_read(path, Dashboard) for path in sorted(folder.glob("*.yaml"))]
    if not found:
        raise SourceWrong(f"There is no dashboard in {folder}.")
    ids = [dashboard.id for dashboard in found]
    if len(ids) != len(set(ids)):
        raise SourceWrong(f"Two dashboards in {folder} have one id.")
    return found


def data_views(path: Path = DATA_VIEWS) -> list[DataView]:
    """Every data view. Raises SourceWrong."""
    views: list[DataView] = _read(path, _DataViews).data_views
    return views


def _read(path: Path, kind: type[Any]) -> Any:  # noqa: ANN401 - the kind asked for
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceWrong(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise SourceWrong(f"{path} is no YAML: {error}") from error
    except ValidationError as error:
        raise SourceWrong(f"{path.name}: " + "; ".join(_problems(error))) from error


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"]) or "file"
        yield f"{where}: {str(problem['msg']).removeprefix('Value error, ')}"
