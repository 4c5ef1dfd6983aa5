"""JSON answers written by orjson; validating our own answers again would cost more than making them."""

from typing import Any

import orjson
from starlette.responses import Response


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:  # noqa: ANN401
    """A JSON response of plain values."""
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
