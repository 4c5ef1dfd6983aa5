"""The pure parts of a reindex: what differs, which vectors are taken over, how judged searches are scored."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embed.base import ModelSpec
from es.mappings import products as fields
from ingest.errors import FeedError
from ingest.reindex.judged import ndcg, read_judged
from ingest.reindex.vectors import VectorPlan
from shop.products.since import StoredWrite, differences
from shop.products.stored import packed, stored_form
from tests.factory import product

OURS = ModelSpec("ours@1", 2, "ours")
LIVE = {fields.TEXT_VECTOR: {"model": "ours@1", "dims": 2}, fields.IMAGE_VECTOR: {"model": "look@1", "dims": 2}}
NONE: dict[str, ModelSpec | None] = {fields.TEXT_VECTOR: None, fields.IMAGE_VECTOR: None}


@given(st.sets(st.text(min_size=1, max_size=3), max_size=8), st.sets(st.text(min_size=1, max_size=3), max_size=8))
def test_differences_are_those_of_sets(ours: set[str], theirs: set[str]) -> None:
    def ascending(ids: set[str]) -> list[str]:
        return sorted(ids, key=lambda text: text.encode("utf-8", "surrogatepass"))

    found = list(differences(iter(ascending(ours)), iter(ascending(theirs))))
    assert {name for name, only_ours in found if only_ours} == ours - theirs
    assert {name for name, only_ours in found if not only_ours} == theirs - ours
    assert len(found) == len(ours ^ theirs)


def write(**source: Any) -> StoredWrite:  # noqa: ANN401 - any stored field
    return StoredWrite("p1", 41, {**stored_form(product()), **source})


def test_vectors_of_the_same_model_are_taken_over() -> None:
    plan = VectorPlan(LIVE, {**NONE, fields.TEXT_VECTOR: OURS})
    found = plan.versioned(
        write(text_vector=[0.6, 0.8], image_vector=[1.0, 0.0], change_versions={"version": {"*": 3}})
    )

    assert found.version == 42
    assert found.settled == {fields.TEXT_VECTOR, fields.IMAGE_VECTOR}
    assert found.kept[fields.TEXT_VECTOR] == packed(np.array([0.6, 0.8], np.float32))
    assert found.kept[fields.CHANGE_VERSIONS] == {"version": {"*": 3}}
    assert plan.versioned(write()).settled == frozenset(), "one that lacks its vector gets one"
    assert {name: space and space.model for name, space in plan.spaces.items()} == {
        fields.TEXT_VECTOR: "ours@1",
        fields.IMAGE_VECTOR: "look@1",
    }


def test_vectors_of_another_model_are_not_taken_over() -> None:
    plan = VectorPlan(LIVE, {**NONE, fields.TEXT_VECTOR: ModelSpec("other@1", 3, "other")})
    found = plan.versioned(write(text_vector=[0.6, 0.8]))

    assert (found.settled, found.kept) == (frozenset(), {})
    assert plan.spaces[fields.TEXT_VECTOR] == fields.VectorSpace("other@1", 3)
    assert plan.lines()[0].startswith("text vectors are made anew")


def test_made_anew_if_asked_but_kept_where_none_can_be_had() -> None:
    plan = VectorPlan(LIVE, {**NONE, fields.TEXT_VECTOR: OURS}, again=True)
    found = plan.versioned(write(text_vector=[0.6, 0.8]))

    assert found.settled == frozenset()
    assert fields.TEXT_VECTOR in found.kept
    assert VectorPlan({}, NONE).spaces == {fields.TEXT_VECTOR: None, fields.IMAGE_VECTOR: None}


def test_what_cannot_be_read_raises() -> None:
    plan = VectorPlan({}, NONE)
    for source in ({}, {"product_id": "a", "name": "", "price_milli": 1}, {"product_id": "a", "price_milli": "x"}):
        with pytest.raises((ValueError, KeyError, TypeError, ArithmeticError)):
            plan.versioned(StoredWrite("a", 1, source))


def test_ndcg() -> None:
    ratings = {"a": 3, "b": 1}
    assert ndcg(["a", "b"], ratings) == 1.0
    assert ndcg(["x", "y"], ratings) == 0.0
    expected = (7 / math.log2(3)) / (7 + 1 / math.log2(3))
    assert ndcg(["x", "a"], ratings) == pytest.approx(expected)
    assert ndcg([*"0123456789", "a"], ratings) == 0.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("query,product_id\nmug,a\n", "no column rating"),
        ("query,product_id,rating\nmug,a,good\n", "line 2: rating 'good'"),
        ("query,product_id,rating\nmug,a,11\n", "line 2"),
        ("query,product_id,rating\nmug,a\n", "line 2"),
        ("query,product_id,rating\nmug,a,0\n", "no search with a product rated above 0"),
        ("", "no column"),
    ],
)
def test_judged_searches_that_cannot_be_used_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "judged.csv"
    path.write_text(text)
    with pytest.raises(FeedError, match=said):
        read_judged(path)
    with pytest.raises(FeedError, match="cannot be read"):
        read_judged(tmp_path / "nowhere.csv")


def test_searches_without_a_good_product_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "judged.csv"
    path.write_text("query,product_id,rating\nmug,a,2\nmug,b,0\ncup,a,0\n")
    assert read_judged(path) == {"mug": {"a": 2, "b": 0}}
