"""What guardrails find of messages that nothing was learned from, and what they stop of others' requests."""

import pytest

from app.chat.guardrails.learned import LearnedDangers
from app.chat.reading.vectors import MessageVectors
from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.dangers.measure import BOTH, MORE, PATTERNS, held_out, lines, measure, ordinary, values
from evaluate.settings import EvaluateSettings


@pytest.fixture(scope="module")
def model() -> LearnedDangers:
    sentences = text_embedder(EmbedSettings())
    return LearnedDangers(MessageVectors(lambda: sentences))


def test_more_than_half_of_what_was_not_foreseen_is_found_and_little_that_looks_alike(model: LearnedDangers) -> None:
    found = measure(held_out(), {}, model)
    everything, alike = found.found["all"], found.alarms["look-alikes, held out"]
    assert everything[BOTH].rate >= 0.66, found.missed
    assert everything[BOTH].hits > 5 * everything[PATTERNS].hits
    assert found.found["self_harm"][BOTH].rate >= 0.75, found.missed
    assert found.named.rate >= 0.85 * everything[BOTH].rate
    assert alike[BOTH].rate <= 0.03, found.stopped
    assert values(found)["found"]["all"][BOTH]["of"] == everything[BOTH].of
    assert any(line.startswith("self_harm") for line in lines(found))


def test_other_families_are_found_too(model: LearnedDangers) -> None:
    found = measure(held_out(MORE), {}, model)
    assert found.found["all"][BOTH].rate >= 0.7, found.missed
    assert found.alarms["look-alikes, held out"][BOTH].rate <= 0.06, found.stopped


def test_requests_that_others_wrote_for_shops_are_let_through(model: LearnedDangers) -> None:
    others = {name: texts for name, texts in ordinary(EvaluateSettings().data, 12).items() if "hint3" not in name}
    if not others:
        pytest.skip("no requests by other authors on this machine")
    alarms = measure([], others, model).alarms
    stopped = sum(shares[BOTH].hits for shares in alarms.values())
    assert stopped <= 0.004 * sum(shares[BOTH].of for shares in alarms.values()), alarms
