"""What documents answer rightly, and what they answer though they do not hold it. Requests by other authors are asked
where they are on this machine."""

import pytest

from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.knowledge.measure import Measured, libraries, lines, measure, of_others, requests, shares, trade, values
from evaluate.settings import EvaluateSettings
from shop.knowledge.answering.model import DEFAULT, load


@pytest.fixture(scope="module")
def measured() -> Measured:
    embedder = text_embedder(EmbedSettings())
    model = load(DEFAULT, embedder.spec.id)
    return measure(model, embedder, libraries(), requests(EvaluateSettings().data, 16))


def test_shops_that_nothing_was_learned_from_are_answered(measured: Measured) -> None:
    found = shares(measured.rows, measured.threshold)
    assert found["right"].of > 150
    assert found["outside"].of > 100
    assert found["right"].rate >= 0.62
    assert found["wrong"].rate <= 0.06
    assert found["outside"].rate <= 0.16
    assert found["taken_away"].rate <= 0.15


def test_requests_of_others_are_answered_where_the_documents_say_something(measured: Measured) -> None:
    found = of_others(measured)
    if not found["answered"].of:
        pytest.skip("no requests by other authors on this machine")
    assert min(found["answered"].of, found["outside"].of) > 80
    assert found["answered"].rate >= 0.5
    assert found["outside"].rate <= 0.12


def test_the_report_tells_each_library_and_the_trade(measured: Measured) -> None:
    told = "\n".join(lines(measured))
    assert all(name in told for name in ("bookshop", "espresso", "furniture", "demo", "all"))
    assert values(measured)["libraries"]["all"]["right"]["of"] == sum(one.answerable for one in measured.rows)
    shares_outside = [found["outside"].rate for _, found in trade(measured.rows)]
    assert shares_outside == sorted(shares_outside)
