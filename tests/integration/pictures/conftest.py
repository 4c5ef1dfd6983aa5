"""The server of pictures, for each test anew."""

from collections.abc import Iterator

import pytest

from tests.picture_server import PictureServer


@pytest.fixture
def pictures_at() -> Iterator[PictureServer]:
    server = PictureServer()
    yield server
    server.close()
