"""Which fields the indices of a kind have: a panel over another one would be empty, and nobody would know why. Pure."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from es.mappings import conversations, events, feedback, jobs, products, queries, spending, trends
from kibana import kql
from kibana.errors import SourceWrong
from kibana.formula import calls, parsed
from kibana.source import DataView, Panel


@cache
def fields_of(kind: str) -> frozenset[str]:
    """Every field of the mapping that can be aggregated or searched, multi-fields included."""
    properties: dict[str, dict[str, Any]] = {
        queries.KIND: queries.definition()["mappings"]["properties"],
        events.KIND: events.properties(),
        conversations.TURNS_KIND: conversations.turns()["mappings"]["properties"],
        spending.KIND: spending.definition()["mappings"]["properties"],
        feedback.KIND: feedback.definition("", "")["mappings"]["properties"],
        products.KIND: products.properties(None, None),
        jobs.KIND: jobs.definition()["mappings"]["properties"],
        trends.KIND: trends.definition()["mappings"]["properties"],
    }
    return frozenset(_flat("", properties[kind]))


def check_fields(panel: Panel, view: DataView) -> None:
    """Raises SourceWrong where a panel names a field that its indices do not have."""
    known = fields_of(view.kind) | view.computed.keys()
    if unknown := sorted(set(_named(panel)) - known):
        raise SourceWrong(f"Panel {panel.id}: the indices of {view.kind} have no field {', '.join(unknown)}.")


def _named(panel: Panel) -> Iterator[str]:
    yield from kql.fields(panel.where)
    for division in panel.by:
        if division.field:
            yield division.field
        for choice in division.choices:
            yield from kql.fields(choice.kql)
    for figure in panel.show.values():
        for call in calls(parsed(figure.formula)):
            if call.field:
                yield call.field
            yield from kql.fields(call.kql)


def _flat(before: str, properties: Mapping[str, Any]) -> Iterator[str]:
    for name, told in properties.items():
        if (told.get("index") is False and told.get("doc_values") is False) or told.get("enabled") is False:
            continue
        if "type" in told:
            yield before + name
        yield from _flat(f"{before}{name}.", told.get("fields", {}))
        yield from _flat(f"{before}{name}.", told.get("properties", {}))
