"""Files as blocks of headings and paragraphs: Markdown, HTML, PDF, CSV and plain text."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from ingest.errors import FeedError
from shop.knowledge.document import Block, KnowledgeDocument, titled
from shop.knowledge.splitting import passages

MAX_BYTES: Final = 50_000_000
_HEADING: Final = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE: Final = re.compile(r"^(=+|-+)\s*$")
_FENCE: Final = re.compile(r"^\s*(```|~~~)")
_MARKS: Final = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1|(?<!\w)[*_](?=\S)([^*_]+?)(?<=\S)[*_](?!\w)")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_QUESTION: Final = ("question", "q", "title", "subject", "heading", "topic")
_ANSWER: Final = ("answer", "a", "text", "body", "content", "resolution")
_BLOCKS: Final = frozenset(
    {"p", "li", "div", "td", "th", "tr", "dd", "dt", "blockquote", "pre", "br", "section", "article"}
)
_UNREAD: Final = frozenset({"script", "style", "nav", "header", "footer", "noscript", "template", "svg", "form"})


def read(path: Path, document_id: str) -> KnowledgeDocument:
    """A file as a document. Raises FeedError for what cannot be read."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise FeedError(f"{path.name} is of no kind that is read: {', '.join(sorted(READERS))}.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FeedError(f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB.")
        blocks = reader(path.read_bytes())
    except OSError as error:
        raise FeedError(f"{path.name} cannot be read: {error}.") from error
    except UnicodeDecodeError as error:
        raise FeedError(f"{path.name} is not UTF-8 text ({error}).") from error
    title = titled(blocks, path.stem.replace("-", " ").replace("_", " ").capitalize())
    return KnowledgeDocument(document_id, title, str(path), tuple(passages(blocks, title)))


def markdown(data: bytes) -> list[Block]:
    """Markdown, and plain text as such. Comments and pictures are left out; rows of tables are paragraphs."""
    text = _COMMENT.sub(" ", data.decode("utf-8-sig"))
    lines = text.splitlines()
    if lines and lines[0].strip() == "---" and "---" in [line.strip() for line in lines[1:40]]:
        lines = lines[[line.strip() for line in lines].index("---", 1) + 1 :]
    blocks: list[Block] = []
    waiting: list[str] = []
    fenced = False

    def flush() -> None:
        if waiting:
            blocks.append(Block(_plain(" ".join(waiting))))
            waiting.clear()

    for line in lines:
        if _FENCE.match(line):
            fenced = not fenced
            continue
        heading = None if fenced else _HEADING.match(line)
        if heading:
            flush()
            blocks.append(Block(_plain(heading[2]), len(heading[1])))
        elif waiting and not fenced and _UNDERLINE.match(line) and len(waiting) == 1:
            blocks.append(Block(_plain(waiting.pop()), 1 if line.startswith("=") else 2))
        elif not line.strip() or set(line.strip()) <= set("-*_|: "):
            flush()
        elif re.match(r"\s*(?:[-*+]|\d+[.)])\s", line) or line.lstrip().startswith("|"):
            flush()
            waiting.append(re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", line).strip().strip("|").replace("|", ";"))
        else:
            waiting.append(line.strip())
    flush()
    return blocks


class _Html(HTMLParser):
    """Text of a page by its headings; scripts, navigation and forms are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._level = 0
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _UNREAD:
            self._unread += 1
        elif re.fullmatch(r"h[1-6]", tag):
            self.flush()
            self._level = int(tag[1])
        elif tag in _BLOCKS:
            self.flush()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        elif re.fullmatch(r"h[1-6]", tag) or tag in _BLOCKS:
            self.flush()

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._text.append(data)

    def flush(self) -> None:
        text = " ".join("".join(self._text).split())
        if text:
            self.blocks.append(Block(text, self._level))
        self._text.clear()
        self._level = 0


def html(data: bytes) -> list[Block]:
    """A page of HTML; its title, where it has no heading."""
    text = data.decode("utf-8-sig")
    found = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    parser = _Html()
    parser.feed(re.sub(r"<title[^>]*>.*?</title>", " ", text, flags=re.IGNORECASE | re.DOTALL))
    parser.close()
    parser.flush()
    if found and not any(block.level for block in parser.blocks):
        return [Block(" ".join(found[1].split()), 1), *parser.blocks]
    return parser.blocks


def pdf(data: bytes) -> list[Block]:
    """Text of a PDF, a section a page. Raises FeedError for one that is locked, broken, or only of pictures."""
    # Late, for few shops have PDFs to read.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, AttributeError) as error:
        raise FeedError(f"A PDF cannot be read ({error}); save it anew, without a password.") from error
    if not any(page.strip() for page in pages):
        raise FeedError("A PDF holds no text, only pictures of it; run text recognition over it first.")
    blocks: list[Block] = []
    for number, page in enumerate(pages, start=1):
        paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", page)]
        blocks.append(Block(f"Page {number}", 2))
        blocks += [Block(text) for text in paragraphs if text]
    title = next((line.strip() for line in pages[0].splitlines() if line.strip()), "")
    return [Block(title[:200], 1), *blocks] if title else blocks


def table(data: bytes) -> list[Block]:
    """CSV: a question and its answer a row, by the names of the columns; else every row as `name: value`."""
    text = data.decode("utf-8-sig")
    header = text.split("\n", 1)[0]
    rows = list(csv.DictReader(io.StringIO(text), delimiter=max(",;\t|", key=header.count)))
    if not rows:
        return []
    columns = {str(name).strip().lower(): name for name in rows[0] if name}
    question = next((columns[name] for name in _QUESTION if name in columns), None)
    answer = next((columns[name] for name in _ANSWER if name in columns), None)
    blocks: list[Block] = []
    for row in rows:
        if question and answer and row.get(answer):
            blocks += [Block(str(row.get(question) or ""), 2), Block(str(row[answer]))]
        else:
            pairs = [(name, value) for name, value in row.items() if name and isinstance(value, str)]
            told = [f"{name}: {value}" for name, value in pairs if value.strip()]
            blocks.append(Block("; ".join(told)))
    return blocks


READERS: Final[Mapping[str, Callable[[bytes], list[Block]]]] = {
    ".md": markdown,
    ".markdown": markdown,
    ".txt": markdown,
    ".html": html,
    ".htm": html,
    ".pdf": pdf,
    ".csv": table,
}


def _plain(text: str) -> str:
    """Text without the marks of Markdown."""
    text = _LINK.sub(r"\1", text)
    return " ".join(_MARKS.sub(lambda found: found[2] or found[3], text).lstrip("> ").split())
