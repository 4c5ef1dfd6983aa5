"""/api/admin/rules over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response

from app.answers import json_answer
from app.deps import Services
from app.problems import PROBLEMS, Problem
from app.rules.models import (
    ChangeAnswer,
    ConflictList,
    HistoryAnswer,
    PreviewAnswer,
    PreviewBody,
    RuleAnswer,
    RuleBody,
    RuleList,
    UndoBody,
)
from shop.rules.document import ID_PATTERN

router = APIRouter(prefix="/api/admin/rules", tags=["merchandising rules"])

_Told = dict[int | str, dict[str, Any]]
_UNAVAILABLE: _Told = {503: PROBLEMS[503]}
_MISSING: _Told = {404: {"model": Problem, "description": "There is no such rule."}}
_CHANGED: _Told = {409: {"model": Problem, "description": "Somebody else changed the rule, or it exists already."}}
_ANY: _Told = {400: PROBLEMS[400], **_UNAVAILABLE}

RuleId = Annotated[str, Path(pattern=ID_PATTERN, description="Id of the rule.")]
Version = Annotated[int, Query(ge=1, le=2**53, description="The version that the change is made to.")]
Editor = Annotated[
    str,
    Header(alias="X-Editor", max_length=100, description="Who changes it, for the history; not checked."),
]


@router.get("", response_model=RuleList, responses=_UNAVAILABLE)
async def rules(services: Services) -> Response:
    """Every rule in the order in which they go, those not enabled too."""
    return json_answer(await services.rules.every())


@router.post("", response_model=RuleAnswer, status_code=201, responses={**_ANY, **_CHANGED})
async def create_rule(rule: RuleBody, services: Services, editor: Editor = "unknown") -> Response:
    """Makes a rule. It is in effect in every process within seconds."""
    return json_answer(await services.rules.create(rule, editor), 201)


@router.get("/conflicts", response_model=ConflictList, responses=_UNAVAILABLE)
async def rule_conflicts(services: Services) -> Response:
    """Where rules disagree, and what comes of it."""
    return json_answer(await services.rules.conflicts())


@router.post("/preview", response_model=PreviewAnswer, responses=_ANY)
async def preview_rules(body: PreviewBody, services: Services) -> Response:
    """A search before and after, side by side: at any time, with rules that are not published, or without some."""
    return json_answer(await services.rules.preview(body))


@router.get("/{rule_id}", response_model=RuleAnswer, responses={**_ANY, **_MISSING})
async def rule(rule_id: RuleId, services: Services) -> Response:
    """One rule with its version."""
    return json_answer(await services.rules.read(rule_id))


@router.put("/{rule_id}", response_model=RuleAnswer, responses={**_ANY, **_MISSING, **_CHANGED})
async def update_rule(
    rule_id: RuleId, version: Version, rule: RuleBody, services: Services, editor: Editor = "unknown"
) -> Response:
    """Replaces a rule, if it still is at `version`."""
    return json_answer(await services.rules.update(rule_id, rule, version, editor))


@router.delete("/{rule_id}", response_model=ChangeAnswer, responses={**_ANY, **_MISSING, **_CHANGED})
async def delete_rule(rule_id: RuleId, version: Version, services: Services, editor: Editor = "unknown") -> Response:
    """Deletes a rule, if it still is at `version`; its history stays, and undo brings it back."""
    return json_answer(await services.rules.delete(rule_id, version, editor))


@router.get("/{rule_id}/history", response_model=HistoryAnswer, responses={**_ANY, **_MISSING})
async def rule_history(rule_id: RuleId, services: Services) -> Response:
    """Every change of a rule, deleted or not: who, when, before and after."""
    return json_answer(await services.rules.history(rule_id))


@router.post("/{rule_id}/undo", response_model=ChangeAnswer, responses={**_ANY, **_MISSING, **_CHANGED})
async def undo_rule(rule_id: RuleId, body: UndoBody, services: Services, editor: Editor = "unknown") -> Response:
    """Takes the last change back, or goes back to an earlier version. That is a change too, and can be undone."""
    return json_answer(await services.rules.undo(rule_id, body.version, body.to_version, editor))
