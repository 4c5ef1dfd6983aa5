"""The arrows of the house hold, and the checker would notice if they did not."""

import ast
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.architecture import ROOMS, Module, findings, imports, modules

ROOT = Path(__file__).parent.parent


def test_every_import_follows_the_arrows() -> None:
    found = modules(ROOT)
    assert {module.room for module in found} >= {"es", "embed", "shop", "ingest", "app", "evaluate"}
    assert findings(found) == []


def test_every_package_of_ours_is_a_room_with_rules() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= set(ROOMS)


@pytest.mark.parametrize(
    ("name", "source", "told"),
    [
        ("es.a", "import shop.products.document", "es must not import shop"),
        ("embed.a", "from es import client", "embed must not import es"),
        ("shop.a", "from app.settings import ServiceSettings", "shop must not import app"),
        ("ingest.a", "from jobs import pairs", "ingest must not import jobs"),
        ("app.a", "def f():\n    import ingest.pipeline", "app must not import ingest"),
        ("app.a", "import evaluate.relevance", "app must not import evaluate"),
        ("app.a", "from tests.factory import product", "nobody imports tests"),
        ("loadtest.a", "import shop", "loadtest must not import shop"),
        ("app.chat.a", "from app.search.fusion import Convex", "not app.search.fusion"),
        ("app.chat.a", "from app.search import routes", "not app.search.routes"),
        ("app.chat.a", "from ..search import routes", "not app.search.routes"),
        ("shop.a", "from elasticsearch import NotFoundError", "of elasticsearch only the clients"),
        ("shop.a", "from elasticsearch import exceptions", "of elasticsearch only the clients"),
        ("app.a", "import elastic_transport", "of elastic_transport only the clients"),
        ("app.a", "import elasticsearch", "of elasticsearch only the clients"),
        ("app.a", "import os\nx = os.environ['HOME']", "the environment is read in settings.py"),
        ("app.a", "import os\nx = os.getenv('HOME')", "the environment is read in settings.py"),
        ("app.a", "from os import environ", "the environment is read in settings.py"),
        ("app.search.helpers", "", "helpers says nothing"),
        ("app.a", "import app.b", "a cycle of imports: app.b -> app.a -> app.b"),
    ],
)
def test_a_planted_violation_is_found(name: str, source: str, told: str) -> None:
    others = {
        "app.search.routes": "",
        "app.search.fusion": "",
        "app.b": "from app.a import something",
        "es.client": "import elastic_transport\nfrom elasticsearch import ApiError",
        "es.settings": "import os\nx = os.environ",
    }
    shop = [Module(other, ast.parse(text)) for other, text in others.items() if name == "app.a" or other != "app.b"]
    found = findings([*shop, Module(name, ast.parse(source))])
    assert [finding for finding in found if told in finding], found


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("shop.a", "from es.client import translated\nfrom embed.base import Embedder"),
        ("app.chat.a", "from app.search.service import SearchService\nfrom app.search.models import SearchHit"),
        ("app.a", "from elasticsearch import AsyncElasticsearch"),
        ("app.settings", "import os\nx = os.environ"),
        ("evaluate.a", "import os\nx = os.environ | {'SHOPSCOUT_PORT': '1'}"),
    ],
)
def test_what_is_allowed_is_not_found(name: str, source: str) -> None:
    others = [Module(other, ast.parse("")) for other in ("app.search.service", "app.search.models", "es.client")]
    assert findings([*others, Module(name, ast.parse(source))]) == []


def test_relative_imports_are_read_from_where_they_stand() -> None:
    tree = ast.parse("from . import b\nfrom .c import d\nfrom .. import e")
    assert [used.name for used in imports(Module("app.x.a", tree))] == ["app.x.b", "app.x.c.d", "app.e"]
    assert [used.name for used in imports(Module("app.x", tree, package=True))] == ["app.x.b", "app.x.c.d", "app.e"]


def test_importing_every_module_opens_no_socket_and_starts_nothing() -> None:
    """In a process of its own, where a socket, a thread or a child is an error."""
    names = [m.name for m in modules(ROOT) if not m.name.startswith(("loadtest", "embed.training"))]
    program = textwrap.dedent(
        """
        import importlib, socket, subprocess, sys, threading
        # It brings trio along where that is installed, which asks a child process for a library.
        import httpcore

        def refuse(*_, **__):
            raise AssertionError("something happens at import")

        socket.socket.connect = socket.socket.bind = refuse
        subprocess.Popen.__init__ = refuse
        before = threading.active_count()
        for name in sys.argv[1:]:
            importlib.import_module(name)
        assert threading.active_count() == before, threading.enumerate()
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
