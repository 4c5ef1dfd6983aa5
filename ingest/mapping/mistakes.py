"""A value that cannot be what its field needs."""


class ValueMistake(ValueError):
    """The message completes a sentence that starts with the field's name: `"abc" is not a number`."""
