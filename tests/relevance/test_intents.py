"""Figures of the intent model on judged data, with floors. Skips where the data is not on this machine."""

import csv
import json
from pathlib import Path

import pytest

from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.intents.measure import measure, values
from evaluate.settings import EvaluateSettings
from shop.intents.examples import read_all
from shop.intents.model import DEFAULT, MANIFEST, load

DATA = EvaluateSettings().data / "chat"
# Of another author's intents, those that mean one of ours.
SAME = {
    "order_status": ("track_order", "delivery_period"),
    "return": ("get_refund",),
    "refund_status": ("track_refund",),
    "cancel_order": ("cancel_order",),
    "change_address": ("change_shipping_address", "set_up_shipping_address"),
    "hand_over": ("contact_human_agent", "contact_customer_service", "complaint"),
    "knowledge": ("check_payment_methods", "check_refund_policy", "check_cancellation_fee", "delivery_options"),
    "account": (
        "recover_password", "delete_account", "edit_account", "create_account", "switch_account",
        "registration_problems", "newsletter_subscription",
    ),
}  # fmt: skip


def there(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"no judged data: {path}")
    return path


@pytest.mark.parametrize(
    ("bot", "unrefused", "accuracy", "mcc"), [("curekart", 0.88, 0.80, 0.74), ("sofmattress", 0.91, 0.85, 0.81)]
)
def test_two_shops_bots_are_learned(bot: str, unrefused: float, accuracy: float, mcc: float) -> None:
    examples = read_all([there(DATA / "hint3" / f"{bot}_train.csv")])
    figures = values(measure(examples, None, text_embedder(EmbedSettings()), 0.5))["cross_validation"]
    assert figures["by_threshold"][0]["in_scope"] >= unrefused
    assert figures["own"]["accuracy"] >= accuracy
    assert figures["own"]["mcc"] >= mcc


def test_the_model_that_comes_with_the_product_reads_other_authors() -> None:
    mine = {name: ours for ours, names in SAME.items() for name in names}
    with there(DATA / "bitext-support" / "dev.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["intent"] in mine]
    answers = load(DEFAULT, text_embedder(EmbedSettings())).answer([row["utterance"] for row in rows])
    truth = [mine[row["intent"]] for row in rows]
    likeliest = sum(answer.likeliest == true for answer, true in zip(answers, truth, strict=True)) / len(rows)
    wrong = sum(answer.label not in ("none", true) for answer, true in zip(answers, truth, strict=True)) / len(rows)
    assert likeliest >= 0.78
    assert wrong <= 0.11


def test_the_model_card_tells_what_the_manifest_has() -> None:
    figures = json.loads((DEFAULT / MANIFEST).read_text(encoding="utf-8"))["figures"]
    card = (DEFAULT / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"{figures['in_scope_accuracy_without_refusal']:.2f} of held-out" in card
    assert f"{figures['accuracy']:.2f} right" in card
