"""A rule as the index keeps it: its last change, with what it was before and is after. Pure: no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from es.mappings import rules as fields
from shop.rules.document import Rule
from shop.rules.errors import RuleMissing

ChangeType = Literal["create", "update", "delete", "undo"]

DONE: Final[dict[ChangeType, str]] = {
    "create": "created",
    "update": "changed",
    "delete": "deleted",
    "undo": "taken back",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a rule: what it made version `version`, who and when, and the rule before and after (None: there
    was none, or it was deleted)."""

    rule_id: str
    version: int
    action: ChangeType
    at: datetime
    by: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it stands, with its version and who made it when."""

    rule: Rule
    version: int
    at: datetime
    by: str


def dumped(rule: Rule) -> dict[str, Any]:
    """The rule as JSON, every field of it."""
    return rule.model_dump(mode="json")


def source_of(change: Change) -> dict[str, Any]:
    """The document of a change, in either index."""
    return {
        fields.RULE_ID: change.rule_id,
        fields.VERSION: change.version,
        fields.ACTION: change.action,
        fields.AT: change.at.isoformat(),
        fields.BY: change.by,
        fields.DELETED: change.after is None,
        fields.BEFORE: change.before,
        fields.AFTER: change.after,
    }


def change_of(source: dict[str, Any]) -> Change:
    """The change of a document. Raises KeyError, TypeError or ValueError for what is none."""
    return Change(
        source[fields.RULE_ID],
        source[fields.VERSION],
        source[fields.ACTION],
        datetime.fromisoformat(source[fields.AT]),
        source[fields.BY],
        source.get(fields.BEFORE),
        source.get(fields.AFTER),
    )


def stored_of(change: Change) -> StoredRule:
    """The rule that a change left. Raises RuleMissing where it left none, ValidationError where it is none of ours."""
    if change.after is None:
        raise RuleMissing(f'There is no rule "{change.rule_id}".')
    return StoredRule(Rule.model_validate(change.after), change.version, change.at, change.by)


def changed(rules: Sequence[StoredRule], drafts: Sequence[Rule], without: Sequence[str] = ()) -> list[Rule]:
    """The rules as they would be: drafts in place of those of the same id, or added; `without` taken away."""
    drafted = {rule.id for rule in drafts}
    kept = [stored.rule for stored in rules if stored.rule.id not in drafted and stored.rule.id not in without]
    return [*kept, *drafts]
