"""Every route of the API stands in the table of scopes, and the table names no route that is gone."""

from pathlib import PurePosixPath

import pytest

from app.access.scopes import TABLE, Rule, need_of, row_of
from app.main import create_app
from app.opening import Configuration
from es.settings import EngineSettings
from shop.keys.key import Scope

PATHS: dict[str, dict[str, object]] = create_app(
    Configuration(engine=EngineSettings(es_url="http://localhost:1"))
).openapi()["paths"]


@pytest.mark.parametrize("path", sorted(path for path in PATHS if path.startswith("/api")))
def test_a_route_has_its_scope_in_the_table(path: str) -> None:
    assert row_of(path) is not None, f"add a row for {path} to app/access/scopes.py: which scope opens it?"


def test_what_is_not_under_api_is_health_or_metrics() -> None:
    others = {PurePosixPath(path).parts[1] for path in PATHS if not path.startswith("/api/")}
    assert others <= {"health", "metrics"}


def test_what_no_row_covers_is_closed() -> None:
    assert need_of("GET", "/api/forgotten") is Scope.ADMIN
    assert need_of("GET", "/api/searches") is Scope.ADMIN, "a prefix ends where a part of the path ends"
    assert need_of("GET", "/api") is Scope.ADMIN
    assert need_of("GET", "/") is Rule.OPEN
    assert need_of("GET", "/health/ready") is Rule.OPEN
    assert need_of("GET", "/metrics") is Rule.METRICS


def test_reading_a_product_and_changing_it_are_two_scopes() -> None:
    assert need_of("GET", "/api/products/7") is Scope.SEARCH
    assert need_of("PUT", "/api/products/7") is Scope.CATALOGUE
    assert need_of("DELETE", "/api/products/7") is Scope.CATALOGUE
    assert need_of("POST", "/api/products/batch") is Scope.SEARCH
    assert need_of("POST", "/api/products/_bulk") is Scope.CATALOGUE


def test_paths_stand_once_in_the_table() -> None:
    paths = [row.path for row in TABLE]
    assert len(paths) == len(set(paths))
    assert all(path == path.rstrip("/") for path in paths)
