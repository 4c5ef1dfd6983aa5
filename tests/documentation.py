"""The documentation as tests read it: its pages, its code, and the commands that it tells people to run."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("[!.]*/**/README.md")]
)
_FENCED = re.compile(r"^```.*?\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:^(?: {4}|\t).*\n?)+", re.MULTILINE)
_INLINE = re.compile(r"`([^`]+)`")
_ENDS = set("();<>|&")


@dataclass(frozen=True)
class Command:
    """`python -m MODULE WORDS...` on a page. `whole`: on a line of its own, to be typed as it stands."""

    page: str
    module: str
    words: tuple[str, ...]
    whole: bool

    def __str__(self) -> str:
        return f"{self.page}: python -m {self.module} {' '.join(self.words)}"


def blocks(text: str) -> Iterator[str]:
    """Blocks of code, with lines that go on joined."""
    for match in (*_FENCED.finditer(text), *_INDENTED.finditer(_FENCED.sub("\n", text))):
        yield match[match.lastindex or 0].replace("\\\n", " ")


def inline(text: str) -> Iterator[str]:
    """What stands between backticks in running text."""
    for code in _INLINE.findall(_FENCED.sub("\n", text)):
        yield " ".join(code.split())


def commands() -> Iterator[Command]:
    """Every `python -m` of every page."""
    for page in PAGES:
        text, name = page.read_text(encoding="utf-8"), str(page.relative_to(ROOT))
        for whole, lines in ((True, [li for b in blocks(text) for li in b.splitlines()]), (False, list(inline(text)))):
            for line in lines:
                if found := re.search(r"python3? -m ([a-z_]+(?:\.[a-z_]+)*)(?![\w.])(.*)", line):
                    yield Command(name, found[1], tuple(_words(found[2])), whole)


def _words(line: str) -> Iterator[str]:
    """Words of a line of shell up to a comment, a pipe or the next command."""
    read = shlex.shlex(line, posix=True, punctuation_chars=True)
    read.whitespace_split = True
    for word in read:
        if word and set(word) <= _ENDS:
            return
        yield word.strip("[]")
