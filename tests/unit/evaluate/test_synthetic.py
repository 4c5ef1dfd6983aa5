"""The synthetic catalogue: the same everywhere, and shaped like a shop's."""

import itertools

import numpy as np

from embed.fake import FakeEmbedder
from evaluate import synthetic


def test_a_number_is_always_the_same_product() -> None:
    assert synthetic.product(17) == synthetic.product(17)
    assert synthetic.product(17).product_id != synthetic.product(18).product_id


def test_products_differ_in_what_searches_use() -> None:
    products = [synthetic.product(number) for number in range(300)]
    assert len({p.product_id for p in products}) == 300
    assert len({p.category for p in products}) == 10
    assert len({p.brand for p in products}) > 50
    assert {p.in_stock for p in products} == {True, False}
    assert all(p.name and p.description and p.price > 0 and p.specifications["color"] for p in products)


def test_vectors_are_of_length_one_and_lie_around_their_family() -> None:
    embedder = FakeEmbedder(384, warn=False)
    vectors = synthetic.FamilyVectors(embedder)
    for number in (0, 1, 99_999):
        vector = vectors.vector(number)
        centre = embedder.embed_texts([synthetic.family_of(number).words])[0]
        assert abs(np.linalg.norm(vector) - 1) < 1e-5
        assert 0.7 < float(vector @ centre) < 0.9
        assert np.array_equal(vector, vectors.vector(number))


def test_queries_never_repeat_and_follow_their_seed() -> None:
    first = list(itertools.islice(synthetic.queries(1), 500))
    assert len(set(first)) == 500
    assert first == list(itertools.islice(synthetic.queries(1), 500))
    assert first != list(itertools.islice(synthetic.queries(2), 500))
