"""What rules do to the words of a query: replacements first, then other wordings by synonyms. Pure.

Both are made in one pass over the words that the shopper wrote: what a replacement brought is not replaced again, nor
what a synonym brought widened again, so that rules in a circle (a to b, b to a) come to an end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

from shop.rules.document import OneWaySynonyms, Replace, Rule, Synonyms
from shop.rules.words import forms, places, words_of

MAX_WORDINGS: Final = 12
"""Other wordings of a query that are searched for too; fewest changes first."""
_MAX_CHANGES: Final = 24
_MAX_TOGETHER: Final = 3


class Change(NamedTuple):
    """Another text for the characters from `start` to `end`."""

    start: int
    end: int
    text: str
    rule_id: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The text to search for, its other wordings, and the rules that changed or widened it. `refused`: rules whose
    replacement was not made, with why."""

    text: str
    others: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    widened_by: tuple[str, ...] = ()
    refused: tuple[tuple[str, str, str], ...] = ()
    """(rule, the rule that was first or "", why)."""


def reworded(text: str, rules: Sequence[Rule]) -> Wording:
    """Applies the word actions of rules, which come in their order."""
    if not text:
        return Wording(text)
    changes, refused = _replacements(text, rules)
    replaced = _changed(text, changes)
    if changes and not forms(replaced):
        refused += [(change.rule_id, "", "nothing would be left to search for") for change in changes]
        changes, replaced = [], text
    widened = _widenings(replaced, rules)
    others = _wordings(replaced, widened)
    return Wording(
        replaced,
        others,
        tuple(dict.fromkeys(change.rule_id for change in changes)),
        tuple(dict.fromkeys(change.rule_id for change in widened)) if others else (),
        tuple(dict.fromkeys(refused)),
    )


def _replacements(text: str, rules: Sequence[Rule]) -> tuple[list[Change], list[tuple[str, str, str]]]:
    changes: list[Change] = []
    refused: list[tuple[str, str, str]] = []
    for rule in rules:
        for action in rule.actions:
            if isinstance(action, Replace):
                for made in _changes(text, action.words, [action.by], rule.id):
                    first = next((c for c in changes if _overlap(c, made)), None)
                    if first is None:
                        changes.append(made)
                    elif first != made:
                        refused.append((rule.id, first.rule_id, f'"{text[made.start : made.end]}" is replaced already'))
    return changes, refused


def _widenings(text: str, rules: Sequence[Rule]) -> list[Change]:
    found: dict[tuple[int, int, str], Change] = {}
    for rule in rules:
        for action in rule.actions:
            if not isinstance(action, Synonyms | OneWaySynonyms):
                continue
            for phrase in action.phrases:
                also = action.also if isinstance(action, OneWaySynonyms) else action.phrases
                for made in _changes(text, phrase, also, rule.id):
                    # The phrase itself too, where the query has its plural: the index knows fewer plurals.
                    if made.text.lower() != text[made.start : made.end].lower():
                        found.setdefault((made.start, made.end, made.text.lower()), made)
    return list(found.values())[:_MAX_CHANGES]


def _changes(text: str, phrase: str, others: Sequence[str], rule_id: str) -> list[Change]:
    words = words_of(text)
    looked_for = forms(phrase)
    found = []
    for at in places(looked_for, [word.form for word in words]):
        start, end = words[at].start, words[at + len(looked_for) - 1].end
        found += [Change(start, end, other, rule_id) for other in others]
    return found


def _wordings(text: str, changes: Sequence[Change]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for count in range(1, _MAX_TOGETHER + 1):
        for chosen in combinations(changes, count):
            if len(found) >= MAX_WORDINGS:
                return tuple(found)
            if not any(_overlap(one, other) for one, other in combinations(chosen, 2)):
                made = _changed(text, chosen)
                if made != text:
                    found[made] = None
    return tuple(found)


def _overlap(one: Change, other: Change) -> bool:
    return one.start < other.end and other.start < one.end


def _changed(text: str, changes: Sequence[Change]) -> str:
    if not changes:
        return text
    for change in sorted(changes, key=lambda change: -change.start):
        text = text[: change.start] + change.text + text[change.end :]
    return " ".join(text.split())
