"""One file a format; each yields the rows of a feed, and what is wrong with those that cannot be read."""
