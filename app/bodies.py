"""What every JSON body of a request has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class RequestBody(BaseModel):
    """A JSON object with known names only, and with text that can be written down again."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _legible(cls, data: Any) -> Any:  # noqa: ANN401 - whatever JSON there is
        """JSON can spell half of a surrogate pair (`\\ud800`), which is no character and has no UTF-8."""
        if not _is_legible(data):
            raise ValueError("there is half of a surrogate pair in a text; send whole characters")
        return data


def _is_legible(data: object) -> bool:
    # Not by recursion: JSON may be nested deeper than Python's stack.
    left = [data]
    while left:
        value = left.pop()
        if isinstance(value, str):
            if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
                return False
        elif isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
    return True
