"""Which rules apply now. Pure.

A set of rules is compiled once and asked for every request: each rule is filed under its most selective condition, so
that a request looks at the few that could apply instead of at all of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from shop.products.values import folded
from shop.rules.document import OneWaySynonyms, Replace, Rule, Surface, Synonyms
from shop.rules.words import exact_form, forms, places

_Way = Literal["is", "word", "constraint", "category", "device", "segment"]
_Key = tuple[_Way, str] | tuple[_Way, str, str]


@dataclass(frozen=True, slots=True)
class Context:
    """What is steered: where, the shopper's words, what they mean or were narrowed to (values by filter name), the
    categories that are looked at (paths too), and who asks. `left`: the words that are searched for, which may be
    replaced, where others of the text were understood as constraints."""

    surface: Surface
    text: str = ""
    constraints: Mapping[str, Sequence[str]] = field(default_factory=dict)
    categories: Sequence[str] = ()
    device: str = ""
    segment: str = ""
    left: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A context in the forms that are compared."""

    surface: Surface
    exact: str
    words: tuple[str, ...]
    constraints: Mapping[str, frozenset[str]]
    categories: frozenset[str]
    device: str
    segment: str

    @classmethod
    def of(cls, context: Context) -> "_Asked":
        paths = [path for category in context.categories for path in _ancestors(folded(category))]
        return cls(
            context.surface,
            exact_form(context.text),
            forms(context.text),
            {name: frozenset(folded(value) for value in values) for name, values in context.constraints.items()},
            frozenset(paths),
            folded(context.device),
            folded(context.segment),
        )

    def filed_under(self) -> Iterator[_Key]:
        """Everything under which a rule that applies may be filed."""
        yield "is", self.exact
        for word in set(self.words):
            yield "word", word
        for name, values in self.constraints.items():
            for value in values:
                yield "constraint", name, value
        for category in self.categories:
            yield "category", category
        yield "device", self.device
        yield "segment", self.segment


class _Compiled:
    """One rule with its conditions in the forms that are compared."""

    __slots__ = (
        "categories", "constraints", "device", "ends", "exact", "phrases", "rank", "rule", "schedule", "segment",
        "starts", "surfaces", "wordings",
    )  # fmt: skip

    def __init__(self, rank: int, rule: Rule) -> None:
        when = rule.when
        self.rank, self.rule = rank, rule
        self.surfaces: Final = frozenset(rule.surfaces)
        self.exact = frozenset(exact_form(text) for text in when.query_is)
        self.phrases = tuple(forms(text) for text in when.query_contains)
        self.wordings = tuple(_only_words(rule))
        self.constraints = tuple((n, frozenset(folded(v) for v in values)) for n, values in when.constraints.items())
        self.categories = frozenset(folded(category).strip("/") for category in when.category)
        self.device = frozenset(folded(value) for value in when.device)
        self.segment = frozenset(folded(value) for value in when.segment)
        self.schedule = when.schedule
        self.starts = when.schedule.starts_at if when.schedule else None
        self.ends = when.schedule.ends_at if when.schedule else None

    def keys(self, common: Mapping[str, int]) -> list[_Key]:
        """Where to file it; nowhere: it must be looked at every time. A phrase is filed under the word that fewest
        phrases of all rules have; `common`: how many have it."""
        if self.exact:
            return [("is", text) for text in self.exact]
        if self.phrases:
            return [("word", min(phrase, key=common.__getitem__)) for phrase in self.phrases]
        for name, values in self.constraints:
            return [("constraint", name, value) for value in values]
        if self.categories:
            return [("category", category) for category in self.categories]
        if self.segment:
            return [("segment", value) for value in self.segment]
        if self.device:
            return [("device", value) for value in self.device]
        return [("word", min(phrase, key=common.__getitem__)) for phrase in self.wordings]

    @property
    def all_phrases(self) -> tuple[tuple[str, ...], ...]:
        return self.phrases + self.wordings

    def applies(self, asked: _Asked, at: datetime) -> bool:
        if (self.starts is not None and at < self.starts) or (self.ends is not None and at >= self.ends):
            return False
        if asked.surface not in self.surfaces:
            return False
        if self.exact and asked.exact not in self.exact:
            return False
        if self.phrases and not any(next(places(p, asked.words), -1) >= 0 for p in self.phrases):
            return False
        for name, values in self.constraints:
            if values.isdisjoint(asked.constraints.get(name, ())):
                return False
        return self._fits_context(asked) and (self.schedule is None or self.schedule.holds(at))

    def _fits_context(self, asked: _Asked) -> bool:
        if self.categories and self.categories.isdisjoint(asked.categories):
            return False
        if self.device and asked.device not in self.device:
            return False
        return not self.segment or asked.segment in self.segment


class RuleSet:
    """Rules in the order in which they go: by priority, highest first, then by id. Those not enabled are left out."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        ordered = sorted((rule for rule in rules if rule.enabled), key=lambda rule: (-rule.priority, rule.id))
        self.rules: Final = tuple(ordered)
        self._filed: dict[_Key, list[_Compiled]] = {}
        self._always: list[_Compiled] = []
        listed = [_Compiled(rank, rule) for rank, rule in enumerate(ordered)]
        common = Counter(word for compiled in listed for phrase in compiled.all_phrases for word in set(phrase))
        for compiled in listed:
            keys = compiled.keys(common)
            if not keys:
                self._always.append(compiled)
            for key in dict.fromkeys(keys):
                self._filed.setdefault(key, []).append(compiled)

    def __bool__(self) -> bool:
        return bool(self.rules)

    def active(self, at: datetime, context: Context) -> list[Rule]:
        """The rules that apply at this moment (with an offset), in their order."""
        if not self.rules:
            return []
        asked = _Asked.of(context)
        possible = {compiled.rank: compiled for compiled in self._always}
        for key in asked.filed_under():
            for compiled in self._filed.get(key, ()):
                possible[compiled.rank] = compiled
        return [possible[rank].rule for rank in sorted(possible) if possible[rank].applies(asked, at)]


def _ancestors(path: str) -> Iterator[str]:
    steps = [step.strip() for step in path.split("/") if step.strip()]
    for depth in range(1, len(steps) + 1):
        yield "/".join(steps[:depth])


def _only_words(rule: Rule) -> list[tuple[str, ...]]:
    """The phrases without one of which the rule does nothing; empty where it does something else too."""
    phrases: list[str] = []
    for action in rule.actions:
        if isinstance(action, Replace):
            phrases.append(action.words)
        elif isinstance(action, Synonyms | OneWaySynonyms):
            phrases += action.phrases
        else:
            return []
    return [forms(phrase) for phrase in phrases]
