"""Merchandising rules for the people who edit them: list, change, history, undo, conflicts, preview."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.live_rules import LiveRules
from app.problems import BadRequest
from app.rules.models import PreviewBody
from app.rules.preview import previewed, sides
from app.search.service import SearchService
from es.errors import EngineError, IndexMissing
from shop.products.reader import ProductReader
from shop.rules.conflicts import conflicts
from shop.rules.document import Boost, Bury, Filter, Hide, Pin, Rule
from shop.rules.stored import Change, StoredRule, changed

MAX_LOOKED_UP = 200


@dataclass(frozen=True, slots=True)
class RuleService:
    """Edits rules of one shop. A change is in effect in this process when its answer comes, in the others at their
    next look."""

    live: LiveRules
    search: SearchService
    reader: ProductReader
    deadline_s: float

    async def every(self) -> dict[str, Any]:
        """Every rule, those not enabled too."""
        found = (await self.live.refresh()).rules
        ordered = sorted(found, key=lambda stored: (-stored.rule.priority, stored.rule.id))
        return {"rules": [_shown(stored) for stored in ordered]}

    async def read(self, rule_id: str) -> dict[str, Any]:
        """Raises RuleMissing."""
        stored = await self.live.store.get(rule_id)
        return _shown(stored, await self._notes(stored.rule))

    async def create(self, rule: Rule, by: str) -> dict[str, Any]:
        """Raises BadRequest, RuleConflict, RuleRefused."""
        await self._check(rule)
        stored = await self.live.store.create(rule, by)
        return await self._changed(stored)

    async def update(self, rule_id: str, rule: Rule, version: int, by: str) -> dict[str, Any]:
        """Raises BadRequest, RuleMissing, RuleConflict."""
        if rule.id != rule_id:
            raise BadRequest([("id", f'The rule in the body is "{rule.id}", the one in the address "{rule_id[:80]}".')])
        await self._check(rule)
        stored = await self.live.store.update(rule, version, by)
        return await self._changed(stored)

    async def delete(self, rule_id: str, version: int, by: str) -> dict[str, Any]:
        """Raises RuleMissing, RuleConflict."""
        change = await self.live.store.delete(rule_id, version, by)
        await self._refresh()
        return _told(change)

    async def undo(self, rule_id: str, version: int, to_version: int | None, by: str) -> dict[str, Any]:
        """Raises RuleMissing, RuleConflict, RuleRefused."""
        change = await self.live.store.undo(rule_id, version, by, to_version)
        await self._refresh()
        return _told(change)

    async def history(self, rule_id: str) -> dict[str, Any]:
        """Raises RuleMissing."""
        changes = await self.live.store.history(rule_id)
        return {"rule_id": rule_id, "changes": [_told(change) for change in changes]}

    async def conflicts(self) -> dict[str, Any]:
        """Where stored rules disagree."""
        rules = [stored.rule for stored in (await self.live.refresh()).rules]
        # Thousands of rules take a moment, in which searches go on.
        found = await asyncio.to_thread(conflicts, rules)
        return {"conflicts": [conflict._asdict() for conflict in found]}

    async def preview(self, asked: PreviewBody) -> dict[str, Any]:
        """A search with the stored rules, drafts in their place, at a time, beside what shoppers get now or would
        get without any rule. Publishes nothing. Raises BadRequest."""
        for at, draft in enumerate(asked.drafts):
            await self._check(draft, f"drafts.{at}.")
        stored = (await self.live.refresh()).rules
        tried = changed(stored, asked.drafts, asked.without)
        is_other = bool(asked.drafts or asked.without or asked.at)
        before, after = sides(
            [each.rule for each in stored], tried, asked.at, asked.compare_with or ("live" if is_other else "no_rules")
        )
        own = asked.model_dump(include={"q", "sort", "mode", "device", "segment", "size"}) | {"explain": True}
        return await previewed(
            self.search, self.reader, (own, asked.filters), before, after, deadline_s=self.deadline_s
        )

    async def _changed(self, stored: StoredRule) -> dict[str, Any]:
        await self._refresh()
        return _shown(stored, await self._notes(stored.rule))

    async def _refresh(self) -> None:
        try:
            await self.live.refresh()
        except EngineError:
            # The change is made; the background look will find it.
            return

    async def _check(self, rule: Rule, within: str = "") -> None:
        """Raises BadRequest for filters that a search would refuse."""
        problems: list[tuple[str, str]] = []
        for at, action in enumerate(rule.actions):
            filters: Mapping[str, Any] = {}
            if isinstance(action, Boost | Bury | Hide):
                filters = action.products.filters
            elif isinstance(action, Filter):
                filters = action.filters
            if filters:
                wrong = await self.search.filter_problems(filters)
                problems += [(f"{within}actions.{at}.filters.{name}", message) for name, message in wrong]
        if problems:
            raise BadRequest(problems)

    async def _notes(self, rule: Rule) -> list[str]:
        ids = list(dict.fromkeys(_named_products(rule)))[:MAX_LOOKED_UP]
        try:
            found = await self.reader.many(ids, deadline_s=self.deadline_s)
        except IndexMissing:
            return ["No catalogue is loaded, so products could not be looked up."] if ids else []
        except EngineError as error:
            return [f"Products could not be looked up: {error}"]
        gone = [product_id for product_id, product in zip(ids, found, strict=True) if product is None]
        return [f'There is no product "{product_id}" now; it is passed over.' for product_id in gone]


def _named_products(rule: Rule) -> list[str]:
    named: list[str] = []
    for action in rule.actions:
        if isinstance(action, Pin):
            named.append(action.product_id)
        elif isinstance(action, Boost | Bury | Hide):
            named += action.products.product_ids
    return named


def _shown(stored: StoredRule, notes: list[str] | None = None) -> dict[str, Any]:
    return {
        "rule": stored.rule.model_dump(mode="json"),
        "version": stored.version,
        "changed_at": stored.at.isoformat(),
        "changed_by": stored.by,
        "notes": notes or [],
    }


def _told(change: Change) -> dict[str, Any]:
    told = asdict(change)
    del told["rule_id"]
    return told | {"at": change.at.isoformat()}
