"""The road from a change of a product to the index."""
