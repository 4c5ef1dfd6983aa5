"""What a cosine means: how often two products that are so near are of the same kind."""
