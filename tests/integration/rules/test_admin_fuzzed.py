"""The rules' API, fuzzed on a shop of its own: no error of ours, and every answer is what the description says."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis.errors import Unsatisfiable
from schemathesis import BaseSchema, Case, GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.core.result import Ok

from tests.fuzzing import same_examples
from tests.served import described_shop

pytestmark = pytest.mark.needs_es

EXAMPLES = 50
ADMIN = "/api/admin/rules"
OPERATIONS = [
    ("GET", ADMIN),
    ("POST", ADMIN),
    ("POST", f"{ADMIN}/preview"),
    ("GET", f"{ADMIN}/conflicts"),
    ("GET", f"{ADMIN}/{{rule_id}}"),
    ("PUT", f"{ADMIN}/{{rule_id}}"),
    ("DELETE", f"{ADMIN}/{{rule_id}}"),
    ("GET", f"{ADMIN}/{{rule_id}}/history"),
    ("POST", f"{ADMIN}/{{rule_id}}/undo"),
]
NOTHING_TO_GET_WRONG = {(GenerationMode.NEGATIVE, "GET", path) for path in (ADMIN, f"{ADMIN}/conflicts")}


@pytest.fixture(scope="module")
def description(es_url: str) -> Iterator[BaseSchema]:
    with described_shop(es_url) as described:
        yield described


def test_every_operation_is_fuzzed(description: BaseSchema) -> None:
    found = [result.ok() for result in description.get_all_operations() if isinstance(result, Ok)]
    assert {(o.method.upper(), o.path) for o in found if o.path.startswith(ADMIN)} == set(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_operation(description: BaseSchema, method: str, path: str, mode: GenerationMode) -> None:
    operation = description[path][method]

    @same_examples(EXAMPLES)
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        # Whether a rule makes sense, and is there, is not in the description.
        case.call_and_validate(timeout=60, excluded_checks=[positive_data_acceptance, negative_data_rejection])

    try:
        check()
    except Unsatisfiable:
        assert (mode, method, path) in NOTHING_TO_GET_WRONG
