"""Asks a server who it is, with nothing but the standard library: enough to know that it is there."""

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


def shards_are_there(url: str, *, timeout_s: float) -> bool:
    """Whether every index can be searched, waiting at most so long for those of before to come back."""
    query = f"wait_for_status=yellow&wait_for_no_initializing_shards=true&timeout={timeout_s:.0f}s"
    try:
        health = ask(f"{url}/_cluster/health?{query}", timeout_s=timeout_s + 5)
    except (OSError, ValueError):  # 408 if the time was not enough
        return False
    return not health.get("timed_out", True)
