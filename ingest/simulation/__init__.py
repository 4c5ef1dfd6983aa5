"""A month of a shop's traffic, invented: with trends, seasons, segments and a broken week to be found again."""
