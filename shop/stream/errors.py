"""What can go wrong with streams; exceptions of redis are translated in redis_stream.py and seen nowhere else."""


class StreamUnavailable(Exception):
    """Redis does not answer or refuses; the message says why."""


class RoadFull(Exception):
    """So much waits that more is refused; the same may be sent again after `retry_after_s` seconds."""

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
