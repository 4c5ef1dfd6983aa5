"""Where rejected rows go."""

from pathlib import Path

import pytest

from ingest.errors import FeedError
from ingest.rejects import RejectsFile, rejects_path


def test_the_folder_that_is_set_is_made(tmp_path: Path) -> None:
    path = rejects_path("products.csv", tmp_path / "new" / "rejects")
    assert path == tmp_path / "new" / "rejects" / "products.csv.rejects.jsonl"
    assert RejectsFile(path).close() is None
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    path = rejects_path("products.csv", tmp_path / "file" / "rejects")
    with pytest.raises(FeedError, match="name another place with --rejects"):
        RejectsFile(path)
