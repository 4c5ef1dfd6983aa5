"""What calls of a language model have cost, by day and user, counted by all processes together."""
