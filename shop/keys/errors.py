"""What can go wrong with API keys."""


class KeyRefused(Exception):
    """A key cannot be made, changed or revoked as asked; the message says why and what would be right."""
