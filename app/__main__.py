"""`python -m app`: Elasticsearch (embedded or configured) and the API in the foreground.

`python -m app keys` makes, lists, revokes and rotates the keys of the API.
"""

import argparse
import asyncio
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import SettingsError

from app import logs
from app.access.cli import main as keys_command
from app.access.start import access_problem
from app.allocator import one_pool
from app.main import create_app
from app.opening import Configuration
from app.recommend.errors import PlacementsInvalid
from app.recommend.opening import placements_of
from app.serving import server_options
from app.settings import share_metrics
from es.errors import EngineError
from es.reach import ensure_server
from es.settings import setting_problems
from shop.orders.policy import PolicyError, read_policy


def parser() -> argparse.ArgumentParser:
    """It has no options: everything is a setting."""
    return argparse.ArgumentParser(prog="python -m app", description=__doc__)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 stopped, 1 Elasticsearch cannot be had or the port is taken, 2 a setting is wrong."""
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] == "keys":
        return keys_command(argv[1:])
    parser().parse_args(argv)
    try:
        asked = Configuration()
    except ValidationError as error:
        return _refused(setting_problems(error), 2)
    except SettingsError as error:
        # A value that should be JSON and is none; the message does not show it.
        return _refused(f"{error}; write it as JSON.", 2)
    if problem := file_problem(asked):
        return _refused(problem, 2)
    settings = asked.service
    one_pool()
    logs.configure(settings)
    if problem := port_problem(settings.host, settings.port):
        return _refused(problem, 1)
    try:
        url = ensure_server(asked.engine)
    except EngineError as error:
        return _refused(str(error), 1)
    if problem := asyncio.run(access_problem(asked.access, settings, asked.engine, url)):
        return _refused(problem, 2)
    shown = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0") else settings.host
    print(
        f"shopscout on http://{shown}:{settings.port} (API: /docs, health: /health/ready); Ctrl-C stops it.",
        flush=True,
    )
    _serve(replace(asked, es_url=url))
    return 0


def file_problem(asked: Configuration) -> str:
    """What is wrong with a file that a setting names, told before any process starts; empty where nothing is."""
    try:
        placements_of(asked.recommend)
    except PlacementsInvalid as error:
        return f"SHOPSCOUT_RECOMMEND_PLACEMENTS: {error}"
    try:
        read_policy(asked.orders.policy)
    except PolicyError as error:
        return f"SHOPSCOUT_ORDER_POLICY: {error}"
    return ""


def _refused(why: str, code: int) -> int:
    print(why, file=sys.stderr)
    return code


def _serve(asked: Configuration) -> None:
    """Answers requests in as many processes as are set, until it is stopped."""
    settings = asked.service
    options = {"host": settings.host, "port": settings.port, **server_options(settings)}
    if settings.workers == 1:
        uvicorn.run(create_app(asked), **options)
        return
    with TemporaryDirectory(prefix="shopscout-metrics-") as folder:
        share_metrics(Path(folder))
        uvicorn.run("app.__main__:worker", factory=True, workers=settings.workers, **options)


def worker() -> FastAPI:
    """The app of one of several processes; each reads the settings and finds the server for itself."""
    asked = Configuration()
    one_pool()
    logs.configure(asked.service)
    return create_app(replace(asked, es_url=ensure_server(asked.engine)))


def port_problem(host: str, port: int) -> str:
    """Why the API cannot listen there; empty where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return f"Port {port} cannot be used ({error.strerror}); stop what runs there or set SHOPSCOUT_PORT."
    return ""


if __name__ == "__main__":
    sys.exit(main())
