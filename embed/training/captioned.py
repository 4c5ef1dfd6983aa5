"""Pictures with words for them, from a folder: what a model is compared or measured on."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".avif"})
CAPTIONS = "captions.csv"
# Fewer say nothing about a top 10.
LEAST = 30


@dataclass(frozen=True)
class Captioned:
    """A picture's file and a text that describes it."""

    file: Path
    text: str


def read_captioned(folder: Path, count: int) -> list[Captioned]:
    """`count` pictures spread evenly over `folder` and those below it, in the order of their names.

    Texts come from captions.csv in it (columns `file`, relative to the folder, and `text`), else from the names of
    the files: `red-hiking-boots.jpg` is "red hiking boots", and `dress/0017.jpg` is "dress".
    Raises ValueError with a sentence if there are too few.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}: give one with pictures by --data")
    listed = folder / CAPTIONS
    found = _listed(folder, listed) if listed.is_file() else _named(folder)
    if len(found) < LEAST:
        raise ValueError(f"{folder} has {len(found)} pictures with words; at least {LEAST} are needed to compare")
    count = max(1, count)
    step = max(1.0, len(found) / count)
    return [found[int(place * step)] for place in range(min(count, len(found)))]


def _listed(folder: Path, path: Path) -> list[Captioned]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if not {"file", "text"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{path} has no columns `file` and `text`")
        pairs = [Captioned(folder / row["file"], row["text"].strip()) for row in rows if row["file"] and row["text"]]
    return [pair for pair in pairs if pair.file.is_file()]


def _named(folder: Path) -> list[Captioned]:
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    named = [Captioned(file, _words(file.stem) or _words(file.parent.name)) for file in files]
    return [pair for pair in named if pair.text]


def _words(name: str) -> str:
    """The words of a file's name; none if it is but a number or a hash."""
    words = re.split(r"[-_.\s]+", name)
    if not any(re.fullmatch(r"[^\W\d]{3,}", word) for word in words):
        return ""
    return " ".join(words).strip()
