"""What every JSON body of a request has in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class RequestBody(BaseModel):
    """A JSON object with known names only, and with text that can be written down again."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _legible(cls, data: Any) -> Any:  # noqa: ANN401 - whatever JSON there is
        """JSON can spell half of a surrogate pair (`\\ud800`), which is no character and has no UTF-8."""
        if not _is_legible(data):
            raise ValueError("there is half of a surrogate pair in a text; send whole characters")
        return data


def _is_legible(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return all(_is_legible(key) and _is_legible(item) for key, item in value.items())
    return all(_is_legible(item) for item in value) if isinstance(value, list) else True
