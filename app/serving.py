"""How uvicorn serves the app, wherever that is started from."""

from typing import Any

from app.bounded_protocol import BoundedProtocol
from app.settings import ServiceSettings

_LAST_ANSWERS_S = 60


def server_options(settings: ServiceSettings) -> dict[str, Any]:
    """Keyword arguments of uvicorn.run or uvicorn.Config, beside the app and its address."""
    return {
        # Requests are logged by our own middleware.
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "http": BoundedProtocol,
        "timeout_keep_alive": settings.keep_alive_s,
        # Longer than any answer takes; then whoever reads one slowly is cut off.
        "timeout_graceful_shutdown": _LAST_ANSWERS_S,
        # uvloop takes one new connection in each of its rounds: under load newcomers would wait for long, without so
        # much as a refusal. It saves this service no measurable time.
        "loop": "asyncio",
    }
