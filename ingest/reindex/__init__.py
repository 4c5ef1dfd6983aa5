"""The live catalogue into a new index, while it is searched and changed."""
