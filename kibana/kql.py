"""The part of Kibana's query language that these dashboards use, as the query that Kibana makes of it. Pure.

    field: value   field: *   field: (a or b)   field > 1   not ...   ... and ...   ... or ...   ( ... )

`and` binds closer than `or`, as in Kibana. Values are words, numbers, true, false, or texts in double quotes.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from kibana.errors import SourceWrong

_TOKEN: Final = re.compile(r'\s*(?:(>=|<=|[():<>])|"((?:[^"\\]|\\.)*)"|([^\s():<>"]+))')
_RANGES: Final = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_WORDS: Final = frozenset({"and", "or", "not"})

Query = dict[str, Any]


def query(text: str) -> Query:
    """The Elasticsearch query; `match_all` for an empty one. Raises SourceWrong."""
    if not text.strip():
        return {"match_all": {}}
    reader = _Reader(text, _tokens(text))
    found = reader.either()
    if reader.rest:
        raise SourceWrong(f"`{text}` is no query: {reader.rest[0][1]} is left over.")
    return found


def fields(text: str) -> set[str]:
    """The fields that a query names."""
    tokens = _tokens(text) if text.strip() else []
    signs = (":", *_RANGES)
    return {token for (kind, token), (_, following) in pairwise(tokens) if kind == "word" and following in signs}


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise SourceWrong(f"`{text}` is no query: {text[at:]} cannot be read.")
        sign, quoted, word = match.groups()
        if sign is not None:
            found.append(("sign", sign))
        elif quoted is not None:
            found.append(("text", re.sub(r"\\(.)", r"\1", quoted)))
        else:
            found.append(("word", word))
        at = match.end()
    return found


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, text: str, tokens: Sequence[tuple[str, str]]) -> None:
        self.text = text
        self.rest = list(tokens)

    def either(self) -> Query:
        parts = [self._both()]
        while self._is("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else {"bool": {"should": parts, "minimum_should_match": 1}}

    def _both(self) -> Query:
        parts = [self._one()]
        while self._is("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else {"bool": {"filter": parts}}

    def _one(self) -> Query:
        if self._is("not"):
            return {"bool": {"must_not": self._one()}}
        if self._is("("):
            found = self.either()
            self._expect(")")
            return found
        kind, field = self._next()
        if kind != "word" or field.lower() in _WORDS:
            raise self._wrong(field)
        _, sign = self._next()
        if sign in _RANGES:
            return {"range": {field: {_RANGES[sign]: _value(self._next())}}}
        if sign != ":":
            raise self._wrong(sign)
        if not self._is("("):
            return _matches(field, self._next())
        values = [_matches(field, self._next())]
        while self._is("or"):
            values.append(_matches(field, self._next()))
        self._expect(")")
        return {"bool": {"should": values, "minimum_should_match": 1}}

    def _is(self, word: str) -> bool:
        if self.rest and self.rest[0][0] != "text" and self.rest[0][1].lower() == word:
            self.rest.pop(0)
            return True
        return False

    def _next(self) -> tuple[str, str]:
        if not self.rest:
            raise SourceWrong(f"`{self.text}` is no query: it ends too early.")
        return self.rest.pop(0)

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise self._wrong(self.rest[0][1] if self.rest else "its end")

    def _wrong(self, token: str) -> SourceWrong:
        return SourceWrong(f"`{self.text}` is no query: {token} stands in a wrong place.")


def _matches(field: str, token: tuple[str, str]) -> Query:
    if token == ("word", "*"):
        return {"exists": {"field": field}}
    if token[0] == "text":
        return {"match_phrase": {field: token[1]}}
    return {"match": {field: _value(token)}}


def _value(token: tuple[str, str]) -> bool | int | float | str:
    kind, text = token
    if kind == "sign":
        raise SourceWrong(f"{text} is no value.")
    if kind == "word" and text in ("true", "false"):
        return text == "true"
    if kind == "word" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "word" and re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    return text
