"""What the documentation points to is there."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("[!.]*/**/README.md")])
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
TEST = re.compile(r"\btests/[\w/]+\.py")


def links(text: str) -> list[str]:
    """Targets of a page's links that lie within the repository."""
    found: list[str] = LINK.findall(CODE.sub("", text))
    return [link for link in found if not re.match(r"[a-z][a-z0-9+.-]*:", link)]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as links write them."""
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_there(page: Path, link: str) -> bool:
    """Whether a relative link leads to a file or folder and, in a page, to a heading."""
    path, _, anchor = unquote(link).partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or target.suffix != ".md" or anchor in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page.read_text("utf-8")) if not is_there(page, link)] == []


def test_every_test_named_in_the_documentation_exists() -> None:
    named = {name for page in PAGES for name in TEST.findall(page.read_text("utf-8"))}
    assert len(named) > 10
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []


def test_dangling_links_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One thing\n[a](page.md#one-thing) [b](#none) [c](gone.md) [d](https://x.example) `[e](f.md)`\n")
    assert [link for link in links(page.read_text()) if not is_there(page, link)] == ["#none", "gone.md"]
