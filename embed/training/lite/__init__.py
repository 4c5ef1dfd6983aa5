"""shopscout-lite: a small model that puts words and pictures into one space (see __main__.py)."""
