"""Configurations as people write them, and what is said of wrong ones."""

from pathlib import Path

import pytest

from evaluate.errors import DataMissing, DataWrong
from evaluate.search.configs import DEFAULT, SearchConfig, read_config, read_configs


def test_parameters_and_settings_are_told_apart() -> None:
    found = read_config("wide: mode=hybrid, weight=0.6, knn_k=100, brand=Acme")
    assert found == SearchConfig("wide", {"mode": "hybrid", "brand": "Acme"}, {"lexical_weight": "0.6", "knn_k": "100"})


def test_the_name_may_be_left_out() -> None:
    assert read_config("mode=lexical") == SearchConfig("mode=lexical", {"mode": "lexical"})
    assert read_config("as it is:") == SearchConfig("as it is")
    # The colon belongs to the value.
    assert read_config("sort=price:asc") == SearchConfig("sort=price:asc", {"sort": "price:asc"})


def test_a_file_holds_one_mapping(tmp_path: Path) -> None:
    path = tmp_path / "mild.yaml"
    path.write_text("fusion: rrf\nlexical_weight: 0.5\nexplain: true\n")
    assert read_config(str(path)) == SearchConfig("mild", {"fusion": "rrf", "explain": "true"}, {"lexical_weight": 0.5})
    path.write_text('{"name": "other", "mode": "semantic"}')
    assert read_config(str(path)) == SearchConfig("other", {"mode": "semantic"})


@pytest.mark.parametrize("text", ["- a\n- b", "mode: [a, b]", "{", "1: 2"])
def test_a_file_of_something_else_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(DataWrong, match=r"wrong\.yaml"):
        read_config(str(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match=r"none\.yml"):
        read_config(str(tmp_path / "none.yml"))


@pytest.mark.parametrize("text", ["a:mode", "a:=3", "a:size=5", "q=lamp"])
def test_wrong_pairs_are_refused(text: str) -> None:
    with pytest.raises(DataWrong):
        read_config(text)


def test_a_comparison_has_two_configurations_of_different_names() -> None:
    assert read_configs([]) == list(DEFAULT)
    with pytest.raises(DataWrong, match="twice or more"):
        read_configs(["mode=lexical"])
    with pytest.raises(DataWrong, match='"a"'):
        read_configs(["a:mode=lexical", "a:mode=hybrid"])
