"""A small run of the measurement of a reindex under traffic."""

from itertools import islice

import orjson
import pytest

from es.settings import EngineSettings
from evaluate.reindex.measure import lines, measure, values
from evaluate.reindex.traffic import _changes

pytestmark = pytest.mark.needs_es


def test_nothing_fails_and_nothing_is_lost(engine_settings: EngineSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    # A busy machine is no reason for a search to be given up.
    for patient in ("SEARCH", "CHANGES"):
        monkeypatch.setenv(f"SHOPSCOUT_{patient}_DEADLINE_S", "30")
    measured = measure(engine_settings, products=200, quiet_s=1, searches_s=4, changes_s=4, settle_s=0.5, warm_s=0.5)
    found = values(measured)

    # Where the machine is busy, the door refuses early; nothing else may go wrong.
    other = found["failed"] - found["refused"]
    assert (other, found["lost"]) == (0, 0), "\n".join([*lines(measured), *measured.during.failed[:5]])
    assert found["searches"] > 0
    assert found["changes"] > 0
    assert measured.changed > 0
    assert orjson.loads(orjson.dumps(found)) == found
    assert found["taken"]["reindex"]["most_mb"] > 20
    assert found["taken"]["api"]["cores"] > 0
    assert len(found["p95_steps_ms"]) == 12
    assert any("0 changes lost" in line for line in lines(measured))


def test_no_product_is_changed_twice_at_once() -> None:
    made = list(islice(_changes(100), 60))
    assert {method for method, *_ in made} == {"PUT", "PATCH", "DELETE"}
    versions = [version for _, _, version, _ in made]
    assert versions == sorted(versions)
    deleted = {product_id for method, product_id, *_ in made if method == "DELETE"}
    assert deleted
    assert not deleted & {product_id for method, product_id, *_ in made if method != "DELETE"}
