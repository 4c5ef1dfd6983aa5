"""Prompts are files of their own, reviewed like code: `prompts/NAME.md` begins with its version."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "prompts"
_HEAD: Final = re.compile(r"\A---\nversion: (\d+)\n---\n")


@dataclass(frozen=True, slots=True)
class PromptFile:
    """`version` is NAME@NUMBER, as calls are logged with; `text` what the model is told first."""

    version: str
    text: str


@cache
def prompt_file(name: str) -> PromptFile:
    """Raises ValueError where the file does not begin with its version."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    head = _HEAD.match(text)
    if head is None:
        raise ValueError(f"prompts/{name}.md must begin with a block that says `version: NUMBER`")
    return PromptFile(f"{name}@{head[1]}", text[head.end() :].strip())
