"""What became of recommendations: lists followed to clicks, carts and orders, and the figures of it."""
