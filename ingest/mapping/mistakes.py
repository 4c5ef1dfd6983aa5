"""A value that cannot be what its field needs."""


class ValueMistake(ValueError):
    """The message completes a sentence that starts with the field's name: `"abc" is not a number`."""


def shown(value: object) -> str:
    """A value for a message, in quotes and not too long."""
    text = str(value)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}..."'
