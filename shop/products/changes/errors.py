"""What can go wrong on the road of changes; exceptions of redis are translated in stream.py and seen nowhere else."""


class StreamUnavailable(Exception):
    """Redis does not answer or refuses; the message says why."""
