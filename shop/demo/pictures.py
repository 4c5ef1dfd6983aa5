"""The pictures of the demo: each product's render in its own colour, on white."""

import hashlib
import io
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, cast

from PIL import Image

from shop.demo.canvas import SIZE
from shop.demo.drawn import DRAWINGS, letter, placeholder
from shop.demo.errors import RendersUnavailable
from shop.demo.family import read_families
from shop.demo.renders import fetch_renders
from shop.demo.tint import Part, Tintable

# Counts up whenever a picture would come out differently.
_VERSION = 4
_MANIFEST = "manifest.json"
_DRAWN = "drawn:"
_PLACEHOLDER = "placeholder"
_LIGHT = frozenset({"white", "yellow", "beige", "silver", "gold", "pink"})
# Which part of a render takes the colour, where the commonest hue is not it.
_PARTS: dict[str, Part] = {
    "1f372": "pale",  # the pot, not the stew
    "1f454": "colored",
    "1f45f": "all",
    "1f485": "violet hues",  # the nails, not the hand
    "1f48d": "pale",  # the band, not the stone
    "1f4bb": "pale",  # the case, not the screen
    "1f4d3": "all",
    "1f4d6": "colored",
    "1f4fa": "pale",
    "1f52a": "dark",  # the handle, not the blade
    "1f56f": "pale",  # the wax, not the flame
    "1f5a5": "pale",
    "1f6f6": "orange hues",  # the boat, not the water
    "1f6f9": "dark",
    "1f941": "vivid",
    "1f97e": "colored",
    "1f9e9": "all",
    "1f9f4": "all",
    "1fa86": "vivid",  # the coat, not the face
    "1fa96": "all",
    "2615": "light",  # the cup, not the coffee
}
# Renders that must not be turned left to right: they show a hand, letters or digits.
_NEVER_MIRRORED = frozenset({"1f48a", "1f570", "23f0"})


class Recipe(NamedTuple):
    """All that decides how a picture looks: equal recipes give equal pictures."""

    source: str
    color: str
    mirrored: bool
    initial: str  # on a placeholder; empty on a render


@dataclass(frozen=True)
class PictureReport:
    """What prepare_pictures did; `note` says why there are placeholders, if there are any."""

    made: int
    kept: int
    placeholders: int
    seconds: float
    note: str

    def __str__(self) -> str:
        text = f"{self.made} pictures made, {self.kept} were there, {self.seconds:.1f} s"
        return f"{text}; {self.placeholders} placeholders: {self.note}" if self.note else text


def prepare_pictures(
    rows: Iterable[Mapping[str, object]],
    folder: Path,
    progress: Callable[[str], None],
    npm: str = "npm",
) -> PictureReport:
    """Make `<folder>/<product_id>.webp` for every row of read_catalogue, 256 pixels square.

    Pictures that are there and up to date are kept, so a run that was cut short goes on where it
    stopped. Renders are kept in the folder `renders` beside `folder`. Where npm cannot fetch them,
    placeholders are drawn, and a later run with npm replaces them. Raises OSError for a full or
    read-only disk, RendersUnavailable for a damaged render (removed, so that the next run mends it).
    """
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    sources = {family.id: family.picture for _, family in read_families()}
    rows = list(rows)
    files, note = _renders(set(sources.values()), folder.parent / "renders", npm, progress)
    recipes = {str(row["product_id"]): _recipe(row, sources, drawn_only=bool(note)) for row in rows}
    stamps = {product_id: _stamp(recipe) for product_id, recipe in recipes.items()}
    known = _read_manifest(folder)
    due: dict[str, dict[Recipe, list[Path]]] = {}
    for product_id, recipe in recipes.items():
        path = folder / f"{product_id}.webp"
        if known.get(product_id) != stamps[product_id] or not path.is_file():
            due.setdefault(recipe.source, {}).setdefault(recipe, []).append(path)
    made = sum(len(paths) for source in due.values() for paths in source.values())
    if made:
        progress(f"drawing {made} pictures")
        done: dict[str, str] = {}
        try:
            with ThreadPoolExecutor(os.cpu_count()) as workers:
                for paths in workers.map(lambda item: _make(item[0], item[1], files), due.items()):
                    done |= {path.stem: stamps[path.stem] for path in paths}
        finally:
            _write(folder / _MANIFEST, json.dumps(known | done, sort_keys=True).encode())
    placeholders = sum(bool(recipe.initial) for recipe in recipes.values())
    return PictureReport(made, len(rows) - made, placeholders, time.monotonic() - began, note)


def _renders(sources: set[str], folder: Path, npm: str, progress: Callable[[str], None]) -> tuple[dict[str, Path], str]:
    """The renders' files, and a note that says why there are none."""
    codes = {source for source in sources if not source.startswith(_DRAWN)}
    try:
        return fetch_renders(codes, folder, npm), ""
    except RendersUnavailable as error:
        progress(f"no renders, drawing placeholders instead: {error}")
        return {}, str(error)


def _recipe(row: Mapping[str, object], sources: Mapping[str, str], drawn_only: bool) -> Recipe:
    family = str(row["parent_id"])
    source = sources[family]
    color = str(cast(Mapping[str, object], row["specifications"])["color"])
    if drawn_only and not source.startswith(_DRAWN):
        return Recipe(_PLACEHOLDER, color, False, str(row["category"])[0].upper())
    # Half of the families face the other way, so that models with one render are not one picture.
    mirrored = hashlib.sha256(family.encode()).digest()[0] % 2 == 1 and source not in _NEVER_MIRRORED
    return Recipe(source, color, mirrored, "")


def _stamp(recipe: Recipe) -> str:
    return "|".join(str(part) for part in (_VERSION, _PARTS.get(recipe.source, "auto"), *recipe))


def _make(source: str, due: Mapping[Recipe, list[Path]], files: Mapping[str, Path]) -> list[Path]:
    """Draw one source in every colour that is due, and write each for the products that share it."""
    tintable = _tintable(source, files)
    for recipe, paths in due.items():
        content = _encode(_draw(recipe, tintable))
        for path in paths:
            _write(path, content)
    return [path for paths in due.values() for path in paths]


def _tintable(source: str, files: Mapping[str, Path]) -> Tintable:
    if source == _PLACEHOLDER:
        return Tintable(placeholder(), "colored")
    if source.startswith(_DRAWN):
        return Tintable(DRAWINGS[source.removeprefix(_DRAWN)](), "colored")
    try:
        with Image.open(files[source]) as opened:
            picture = opened.convert("RGBA")
    except (OSError, SyntaxError) as error:  # what Pillow raises for a damaged file
        files[source].unlink(missing_ok=True)
        raise RendersUnavailable(f"render {source} was damaged and has been removed; run again") from error
    if picture.size != (SIZE, SIZE):
        picture = picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    return Tintable(picture, _PARTS.get(source, "auto"))


def _draw(recipe: Recipe, tintable: Tintable) -> Image.Image:
    if recipe.initial:
        # A placeholder has no colours of its own to show.
        color = "gray" if recipe.color == "multicolor" else recipe.color
        return letter(tintable.tint(color), recipe.initial, dark=recipe.color in _LIGHT)
    tinted = tintable.tint(recipe.color)
    return tinted.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if recipe.mirrored else tinted


def _encode(picture: Image.Image) -> bytes:
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, (0, 0), picture.getchannel("A"))
    content = io.BytesIO()
    white.save(content, "WEBP", quality=82, method=3)
    return content.getvalue()


def _read_manifest(folder: Path) -> dict[str, str]:
    """Stamp by product; empty where there is none or it is damaged, for then all is made anew."""
    try:
        parsed = json.loads((folder / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _write(path: Path, content: bytes) -> None:
    """Write beside the target and rename: a reader sees the old file or the new one, never a part."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
