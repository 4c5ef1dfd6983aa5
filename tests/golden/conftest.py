"""Golden files: `pytest --rewrite-golden` writes what is there now; look at the difference before committing it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BODIES = Path(__file__).parent / "bodies"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """Compares a JSON value with the file of that name, or writes the file."""

    def compare(name: str, value: object) -> None:
        path = BODIES / f"{name}.json"
        if request.config.getoption("--rewrite-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(value))

    return compare
