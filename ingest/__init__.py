"""Feeds into the shop: read, map, check, and load into Elasticsearch."""
