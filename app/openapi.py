"""The OpenAPI description as the service really answers: problems in their own media type, bad input with 400."""

from typing import Any

from fastapi import FastAPI

PROBLEM_TYPE = "application/problem+json"
_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def describe(app: FastAPI, schemas: dict[str, Any]) -> None:
    """Makes `app.openapi` mend what the framework writes by itself; its answer is kept, as the framework does.

    `schemas`: of bodies that routes read themselves, by name."""
    written = app.openapi

    def mended() -> dict[str, Any]:
        schema = written()
        for path in schema["paths"].values():
            for operation in path.values():
                _mend(operation["responses"])
        for name in ("HTTPValidationError", "ValidationError"):
            schema.get("components", {}).get("schemas", {}).pop(name, None)
        schema.setdefault("components", {}).setdefault("schemas", {}).update(schemas)
        return schema

    app.openapi = mended  # type: ignore[method-assign] # the framework's documented way


def _mend(responses: dict[str, Any]) -> None:
    # What the framework would answer to bad input; app/problems.py answers it with 400.
    responses.pop("422", None)
    for response in responses.values():
        content = response.get("content", {})
        if content.get("application/json", {}).get("schema") == _PROBLEM:
            response["content"] = {PROBLEM_TYPE: {"schema": _PROBLEM}}
