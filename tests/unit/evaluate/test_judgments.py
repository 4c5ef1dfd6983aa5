"""Judgments from a file, and what is said of wrong ones."""

from pathlib import Path

import pytest

from evaluate.errors import DataMissing, DataWrong
from evaluate.relevance.judgments import read_judgments, scorable


def write(folder: Path, text: str) -> Path:
    path = folder / "judgments.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_ratings_by_query_and_product(tmp_path: Path) -> None:
    path = write(tmp_path, 'query,product_id,rating\n"usb, long",a,3\n"usb, long",b,0\ntv,c,1.0\n')
    assert read_judgments(path) == {"usb, long": {"a": 3, "b": 0}, "tv": {"c": 1}}


def test_queries_without_anything_relevant_are_left_out() -> None:
    assert scorable({"a": {"x": 0}, "b": {"x": 0, "y": 1}}) == {"b": {"x": 0, "y": 1}}


@pytest.mark.parametrize("rating", ["", "-1", "2.5", "good", "11", "nan"])
def test_a_wrong_rating_is_named_with_its_line(tmp_path: Path, rating: str) -> None:
    path = write(tmp_path, f"query,product_id,rating\ntv,a,1\ntv,b,{rating}\n")
    with pytest.raises(DataWrong, match="line 3"):
        read_judgments(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataWrong, match="product_id"):
        read_judgments(write(tmp_path, "query,doc,rating\ntv,a,1\n"))


def test_a_missing_file_is_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"none\.csv"):
        read_judgments(tmp_path / "none.csv")
