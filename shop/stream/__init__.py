"""Work that waits in a Redis stream: let in while it is safe there, done by consumers at least once."""
