"""How many requests by other authors the demo shop's documents answer, and how many they answer that they should not.
Skips where the requests are not on this machine."""

import csv
from pathlib import Path

import numpy as np
import pytest

from app.chat.tools.knowledge import answers
from embed.load import text_embedder
from embed.settings import EmbedSettings
from evaluate.requests.measure import FILE
from evaluate.settings import EvaluateSettings
from ingest.knowledge.reading import read
from shop.knowledge.document import FoundPassage, embedded_text
from shop.knowledge.store import CANDIDATES, _rarity, _topics, asked_words, shared
from shop.rules.words import forms

DOCUMENTS = Path(__file__).parents[2] / "shop" / "demo" / "documents"
ANSWERED = ("check_payment_methods", "delivery_options", "delivery_period", "check_refund_policy")
OTHERS = (
    "newsletter_subscription", "create_account", "switch_account", "registration_problems", "review", "check_invoice",
    "get_invoice", "recover_password", "edit_account",
)  # fmt: skip


def test_documents_answer_what_they_hold_and_little_else() -> None:
    path = EvaluateSettings().data / FILE
    if not path.is_file():
        pytest.skip(f"no judged data: {path}")
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["intent"] in (*ANSWERED, *OTHERS)][::8]
    read_ones = [read(one, one.name) for one in sorted(DOCUMENTS.iterdir())]
    texts = {
        f"{document.document_id}#{place}": (document.document_id, embedded_text(document.title, passage))
        for document in read_ones
        for place, passage in enumerate(document.passages)
    }
    embedder, ids = text_embedder(EmbedSettings()), list(texts)
    passages = embedder.embed_texts([text for _, text in texts.values()])
    nearness = embedder.embed_texts([row["utterance"] for row in rows]) @ passages.T
    told = np.array([_answered(row["utterance"], near, ids, texts) for row, near in zip(rows, nearness, strict=True)])
    theirs = np.array([row["intent"] in ANSWERED for row in rows])
    assert min(theirs.sum(), (~theirs).sum()) > 100
    assert told[theirs].mean() >= 0.58
    assert told[~theirs].mean() <= 0.09


def _answered(question: str, near: np.ndarray, ids: list[str], texts: dict[str, tuple[str, str]]) -> bool:
    nearest = [ids[place] for place in np.argsort(-near)[:CANDIDATES]]
    cosines = {one: float(near[ids.index(one)]) for one in nearest}
    topics = _topics({one: texts[one][0] for one in nearest}, cosines)
    words = {one: set(forms(texts[one][1])) for one in nearest}
    rarity = _rarity(asked_words(question), [words[one] for one in nearest])
    return any(
        answers(
            FoundPassage(
                one, texts[one][0], "", "", "", "", cosines[one], shared(rarity, words[one]), topics.get(texts[one][0])
            )
        )
        for one in nearest
    )
