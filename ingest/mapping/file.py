"""The mapping file: its keys, what they mean, and how it is read. docs/reference/mapping-file.md is its manual."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import MappingError
from ingest.feeds.feed import FeedOptions, Format
from shop.products.document import Product

FIELDS = tuple(Product.model_fields)
SPECIFICATIONS = "specifications"


_ORIGINS = frozenset({"from", "from_", "collect", "template", "value", "default"})
_BOOLEAN_WORDS = {"True": ["true", "yes"], "False": ["false", "no"]}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _by_column(value: object) -> object:
    return {"from": value} if isinstance(value, str | list) else value


Texts = Annotated[list[str], BeforeValidator(_listed)]
Table = dict[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rule(_Part):
    """Where a field's value comes from (`from`, `collect`, `template` or `value`) and what is done with it, in
    the order of the keys below."""

    from_: Texts = Field([], alias="from", description="The column; of several, the first with a value.")
    collect: Texts = Field([], description="Columns whose values all go into one list.")
    template: str = Field("", description="A text with columns in braces: `{brand} {model}`.")
    value: Any = Field(None, description="A constant.")
    parse_json: bool = Field(False, alias="json", description="The column holds JSON text.")
    html: bool = Field(False, description="Tags are removed and entities decoded.")
    split: Texts = Field([], description="Separators at which a text becomes a list.")
    map: Table | Texts | None = Field(
        None, description="Value -> our value, with `*` as a wildcard; or names of tables. Case does not matter."
    )
    else_: Any = Field(None, alias="else", description="What a value becomes that the map does not have.")
    format: str = Field("", description="A text made of each value: `https://cdn.example/{value}`.")
    max_length: int = Field(0, ge=0, description="Longer texts are cut to this many characters.")
    scale: Decimal = Field(Decimal(1), description="Factor for numbers: 0.01 turns cents into main units.")
    decimal: Literal[".", ",", ""] = Field("", description="The character before the fraction of numbers.")
    date: Texts = Field([], description="Formats of dates as strptime takes them, or epoch_s, epoch_ms.")
    default: Any = Field(None, description="The value where the feed has none.")

    @model_validator(mode="after")
    def _one_origin(self) -> "Rule":
        origins = [name for name in ("from_", "collect", "template") if getattr(self, name)]
        if self.value is not None:
            origins.append("value")
        if len(origins) > 1:
            raise ValueError(f"only one of {', '.join(o.rstrip('_') for o in origins)} can be given")
        if not origins and self.default is None:
            raise ValueError("one of from, collect, template, value or default must be given")
        if "else_" in self.model_fields_set and self.map is None:
            raise ValueError("else belongs to a map")
        if self.format and "{value}" not in self.format:
            raise ValueError("format must hold {value}")
        return self

    @property
    def has_else(self) -> bool:
        return "else_" in self.model_fields_set


class AttributeRule(_Part):
    """Specifications from a column (`name`, `from`), from columns by prefix or number, from a whole object or a text
    of pairs."""

    name: str = Field("", description="The specification that a column becomes.")
    rule: Rule | None = None
    prefix: str = Field("", description="Columns that start so; the rest of their name is the specification's.")
    object: str = Field("", description="A column that holds an object of names and values.")
    list: str = Field("", description="A column that holds a list of objects with `key` and `value`.")
    key: str = Field("name", description="The key of the name in such an object.")
    value_key: str = Field("value", description="The key of the value in such an object.")
    pairs: str = Field("", description="A column that holds names and values as text: `Width: 30 cm | Colour: red`.")
    between: str = Field(":", min_length=1, description="What stands between name and value in `pairs`.")
    numbered: str = Field("", description="Columns of names, `{n}` being 1, 2, ...: `Attribute {n} name`.")
    values: str = Field("", description="The columns of the values beside `numbered`: `Attribute {n} value(s)`.")
    as_: Literal["as_is", "text", "number", "boolean", "auto"] = Field(
        "as_is", alias="as", description="What the values are; auto: numbers and yes/no among texts are found."
    )
    html: bool = Field(False, description="Tags are removed and entities decoded.")
    split: Texts = Field([], description="Separators at which a text becomes a list.")
    decimal: Literal[".", ",", ""] = Field("", description="The character before the fraction of numbers.")
    rename: dict[str, str] = Field({}, description="Specification -> its name with us.")
    except_: Texts = Field([], alias="except", description="Columns or names to leave out.")

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:  # noqa: ANN401 - what the file holds
        """`name` with the keys of a rule beside it is a rule of that name; without a source, and as a mere word, it is
        the column's name too."""
        if isinstance(data, str):
            data = {"name": data}
        if isinstance(data, dict) and data.get("name") and "rule" not in data:
            own = {"name", "as"}
            rule = {key: value for key, value in data.items() if key not in own}
            if not rule.keys() & _ORIGINS:
                rule["from"] = data["name"]
            return {**{key: data[key] for key in own if key in data}, "rule": rule}
        return data

    @model_validator(mode="after")
    def _one_origin(self) -> "AttributeRule":
        origins = ("name", "prefix", "object", "list", "pairs", "numbered")
        if sum(bool(getattr(self, word)) for word in origins) != 1:
            raise ValueError("exactly one of name, prefix, object, list, pairs or numbered must be given")
        if bool(self.numbered) != bool(self.values) or any(
            "{n}" not in one for one in (self.numbered, self.values) if one
        ):
            raise ValueError("numbered and values go together, and both must hold {n}")
        return self


class Condition(_Part):
    """A test of one column. With several keys, all must hold."""

    column: str
    is_: Texts | None = Field(None, alias="is", description="Values, compared as text whatever their case.")
    is_not: Texts | None = Field(None, description="Values that it must not be.")
    matches: str | None = Field(None, description="A pattern with * as wildcard.")
    empty: bool | None = Field(None, description="Whether it is empty or absent.")

    @model_validator(mode="before")
    @classmethod
    def _as_texts(cls, data: Any) -> Any:  # noqa: ANN401 - what the file holds
        """`is: 0` and `is: no` are meant as the feed writes them."""
        if not isinstance(data, dict):
            return data
        words = {key: data[key] for key in ("is", "is_not") if key in data}
        for key, value in words.items():
            items = value if isinstance(value, list) else [value]
            # YAML reads an unquoted no as false; the feed may have written either.
            words[key] = [word for item in items for word in _BOOLEAN_WORDS.get(str(item), [str(item)])]
        return {**data, **words}

    @model_validator(mode="after")
    def _some_test(self) -> "Condition":
        if self.is_ is None and self.is_not is None and self.matches is None and self.empty is None:
            raise ValueError("one of is, is_not, matches or empty must be given")
        return self


class Expansion(_Part):
    """One row becomes several, one for each item of a list column."""

    column: str = Field(description="The list, or a text to split.")
    into: str = Field(description="The column that holds the item in each of the rows.")
    split: Texts = []
    parse_json: bool = Field(False, alias="json")


class MappingFile(_Part):
    """A whole mapping file."""

    description: str = ""
    format: Format | None = Field(None, description="The feed's format, where its name does not tell.")
    records: str = Field("", description="Where the list of products lies in a JSON or YAML file.")
    encoding: str = Field("utf-8", description="Encoding of a CSV file.")
    delimiter: str = Field("", max_length=1, description="Separator of a CSV file, where the header misleads.")
    parse_json: Texts = Field([], alias="json", description="Columns that hold JSON text, opened before all else.")
    expand: list[Expansion] = Field([], description="Lists whose items become rows of their own.")
    skip: list[Condition] = Field([], description="Rows for which any of these holds are left out.")
    deleted: str = Field("deleted", description="Column that marks a row as removed.")
    tables: dict[str, Table] = Field({}, description="Maps that several rules share, by name.")
    fields: dict[str, Annotated[Rule, BeforeValidator(_by_column)]] = Field(description="Our field -> its rule.")
    specifications: list[AttributeRule] = []

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """What `fields` may name."""
        return tuple(name for name in FIELDS if name != SPECIFICATIONS)

    @model_validator(mode="after")
    def _known(self) -> Self:
        allowed = self.field_names()
        for name, rule in self.fields.items():
            if name not in allowed:
                hint = "; specifications have a key of their own" if name == SPECIFICATIONS else ""
                raise ValueError(f"fields.{name}: there is no such field; there are {', '.join(allowed)}{hint}")
            self._check_tables(f"fields.{name}", rule)
        for attribute in self.specifications:
            if attribute.rule is not None:
                self._check_tables(f"specifications.{attribute.name}", attribute.rule)
        return self

    def _check_tables(self, key: str, rule: Rule) -> None:
        for table in rule.map if isinstance(rule.map, list) else []:
            if table not in self.tables:
                raise ValueError(f"{key}.map: there is no table {table} under `tables`")

    @property
    def feed_options(self) -> FeedOptions:
        return FeedOptions(self.format, self.records, self.delimiter, self.encoding)


AnyMapping = TypeVar("AnyMapping", bound=MappingFile)


def read_mapping(path: Path) -> MappingFile:
    """Reads and checks a mapping file of products; MappingError names the file, the key and what is wrong."""
    return read_mapping_of(path, MappingFile)


def read_mapping_of(path: Path, kind: type[AnyMapping]) -> AnyMapping:
    """As `read_mapping`, for any kind of mapping file."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(f"The mapping file {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"The mapping file {path} is not valid UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark is not None else ""
        raise MappingError(f"The mapping file {path} is not valid YAML{place}.") from error
    if not isinstance(data, dict):
        raise MappingError(f"The mapping file {path} must hold keys such as `fields`.")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        problems = "; ".join(_sentence(problem) for problem in error.errors()[:5])
        raise MappingError(f"The mapping file {path} is wrong: {problems}.") from error


def _sentence(problem: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    # Branches of a union and the inner name of a rule are no keys of the file.
    inner = {"list[str]", "rule", "function-before", "dict[str,any]"}
    loc = [str(part) for part in problem["loc"] if str(part) not in inner and "[" not in str(part)]
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        message = "there is no such key"
    return f"{'.'.join(loc)}: {message}" if loc else message
