"""How vectors are kept is a setting, and never left to the server's default."""

import pytest

from es.mappings.products import BBQ_OVERSAMPLE, IMAGE_VECTOR, TEXT_VECTOR, VectorIndex, VectorSpace, definition


@pytest.mark.parametrize("index", VectorIndex)
def test_both_spaces_are_kept_as_the_setting_says(index: VectorIndex) -> None:
    made = definition(VectorSpace("m@1", 384), VectorSpace("p@1", 512), index=index)
    for field, dims in ((TEXT_VECTOR, 384), (IMAGE_VECTOR, 512)):
        vector = made["mappings"]["properties"][field]
        assert (vector["dims"], vector["index_options"]["type"]) == (dims, index.value)
        oversample = vector["index_options"].get("rescore_vector", {}).get("oversample")
        assert oversample == (BBQ_OVERSAMPLE if index is VectorIndex.BBQ_HNSW else None)
