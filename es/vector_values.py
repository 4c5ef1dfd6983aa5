"""Vectors as doc values: how they are asked for, and read."""

from binascii import a2b_base64
from typing import Final

import numpy as np
from numpy.typing import NDArray

BINARY: Final = "binary"
"""Format of `docvalue_fields`: base64 of floats, the highest byte first. Elasticsearch before 9.3 does not know it."""
NUMBERS: Final = "array"
"""The format of before: a list of numbers."""


def vector_value(value: str | list[float]) -> NDArray[np.float32]:
    """The vector of one doc value, in either format; shape (dims,)."""
    found = np.frombuffer(a2b_base64(value), ">f4") if isinstance(value, str) else np.asarray(value)
    return found.astype(np.float32)
