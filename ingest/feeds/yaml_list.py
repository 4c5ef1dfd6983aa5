"""A YAML list of mappings, at the top of the file or below a key, or one document a product.

Items are composed one by one from the C parser's events, so that a long list never stands in memory at once.
"""

from typing import Any, BinaryIO

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from ingest.errors import FeedError
from ingest.feeds.row import BrokenRow, FeedRow, Rows, excerpt, kind_of

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Items(Composer, SafeConstructor, Resolver):
    """Builds Python values from the events of another parser, one node at a time."""

    def __init__(self, stream: BinaryIO) -> None:
        self._parser = _PARSER(stream)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)

    def check_event(self, *choices: type) -> bool:
        return bool(self._parser.check_event(*choices))

    def peek_event(self) -> Any:  # noqa: ANN401 - the parser's events have no published type
        return self._parser.peek_event()

    def get_event(self) -> Any:  # noqa: ANN401 - see above
        return self._parser.get_event()

    def item(self) -> Any:  # noqa: ANN401 - whatever YAML holds
        """The next node as a value. Anchors live as long as their item."""
        # None, None: a node of no parent, as in Composer itself.
        value = self.construct_document(self.compose_node(None, None))  # type: ignore[arg-type]
        self.anchors = {}
        return value

    def enter(self, records: str) -> bool:
        """Goes to the start of the list at `records`; False where a document is not a list and none is asked."""
        for key in [key for key in records.split(".") if key]:
            self._enter_key(key)
        return (not records and not self.check_event(yaml.SequenceStartEvent)) or self._open_list(records)

    def _open_list(self, records: str) -> bool:
        if not self.check_event(yaml.SequenceStartEvent):
            raise FeedError(f"The YAML file has no list below the key {records}.")
        self.get_event()
        return False

    def _enter_key(self, key: str) -> None:
        if not self.check_event(yaml.MappingStartEvent):
            raise FeedError(f"The YAML file has no key {key}.")
        self.get_event()
        while not self.check_event(yaml.MappingEndEvent):
            name = self.item()
            if name == key:
                return
            self.item()
        raise FeedError(f"The YAML file has no key {key}.")


def read(stream: BinaryIO, records: str = "") -> Rows:
    """The mappings of the list at `records`; `place` is the line where each starts."""
    line = 1
    try:
        items = _Items(stream)
        items.get_event()  # the stream's start
        while items.check_event(yaml.DocumentStartEvent):
            items.get_event()
            single = items.enter(records)
            while not items.check_event(yaml.SequenceEndEvent):
                line = items.peek_event().start_mark.line + 1
                yield _row(line, items.item())
                if single:
                    break
            if records:
                return
            if not single:
                items.get_event()
            items.get_event()  # the document's end
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else line
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable characters"
        yield BrokenRow(line, f"the YAML is broken here ({problem}); nothing beyond it was read", cut=True)


def _row(line: int, item: object) -> FeedRow | BrokenRow:
    if isinstance(item, dict):
        return FeedRow(line, {str(key): value for key, value in item.items()})
    return BrokenRow(line, f"the record is {kind_of(item)}, not an object with fields", excerpt(str(item)))
