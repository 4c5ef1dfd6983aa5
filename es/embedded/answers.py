"""Asks a server who it is, with nothing but the standard library: enough to know that it is there."""

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def ask(
    url: str, *, timeout_s: float, headers: Mapping[str, str] | None = None, ca_cert: Path | None = None
) -> dict[str, Any]:
    """The JSON object at `url`. OSError (URLError and HTTPError are such) or ValueError if there is none."""
    context = ssl.create_default_context(cafile=str(ca_cert)) if ca_cert else None
    # Without the proxies of the environment: they cannot reach our loopback address.
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if context is not None:
        handlers.append(urllib.request.HTTPSHandler(context=context))
    request = urllib.request.Request(url, headers=dict(headers or {}))
    with urllib.request.build_opener(*handlers).open(request, timeout=timeout_s) as response:
        answer = json.loads(response.read())
    if not isinstance(answer, dict):
        raise ValueError(f"{url} does not answer as Elasticsearch does")
    return answer


def version_at(url: str, *, timeout_s: float = 2.0) -> str:
    """The version of the Elasticsearch at `url`; empty if none answers."""
    try:
        return str(ask(url, timeout_s=timeout_s)["version"]["number"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def wait_for_shards(url: str, *, timeout_s: float) -> None:
    """Wait, at most that long, until the indices that were there before can be searched again."""
    query = f"wait_for_status=yellow&wait_for_no_initializing_shards=true&timeout={int(timeout_s)}s"
    try:
        ask(f"{url}/_cluster/health?{query}", timeout_s=timeout_s + 5)
    except (OSError, ValueError):
        # 408: some index stays red. The server is up all the same, and who needs that index will hear of it.
        return


def basic(user: str, password: str) -> str:
    """Value of the Authorization header for a user and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
