"""The service over real HTTP, in a thread: what the framework and the server do themselves is tested too."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
import uvicorn
from fastapi import FastAPI
from schemathesis import BaseSchema

from tests.factory import product
from tests.shops import service, shop_of

# A client that keeps its connection while it thinks must not meet the moment in which the server closes it.
QUIET: dict[str, Any] = {"log_config": None, "access_log": False, "timeout_keep_alive": 60}


@contextmanager
def served(app: FastAPI, port: int = 0) -> Iterator[str]:
    """Address of the app on this port of this machine, or a free one."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, timeout_graceful_shutdown=20, **QUIET))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        for _ in range(300):
            if server.started:
                break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive(), "the service does not end"


@contextmanager
def described_shop(es_url: str) -> Iterator[BaseSchema]:
    """The OpenAPI description of a shop of its own with one product, `p1`; the shop is gone afterwards."""
    with (
        shop_of(es_url, [product("p1")]) as engine,
        served(service(engine, search_deadline_s=30)) as address,
    ):
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")
