"""Who may enter which folder, and where the server's folders go."""

import os
from pathlib import Path

import pytest

from es.embedded import folders
from es.embedded.account import Account
from es.embedded.folders import EngineFolders, engine_folders
from es.errors import EngineSetupError

OTHER = Account(64920, 64920, switched=True)
OURS = Account(os.geteuid(), os.getegid(), switched=False)


def test_one_closed_folder_above_is_enough_to_keep_the_account_out(open_folder: Path) -> None:
    inner = open_folder / "closed" / "inner"
    inner.mkdir(parents=True)
    assert OTHER.can_reach(inner)
    inner.parent.chmod(0o700)
    assert not OTHER.can_reach(inner)


def test_cache_that_the_account_can_enter_is_used_as_it_is(open_folder: Path) -> None:
    assert engine_folders(open_folder / "cache", OTHER).root == open_folder / "cache"


def test_cache_that_the_account_cannot_enter_moves_to_an_open_place(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "OPEN_TO_ALL", open_folder / "var")
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    root = engine_folders(closed / ".cache", OTHER).root
    assert root.parent == open_folder / "var"
    assert root.name.endswith("home-.cache")
    assert OTHER.can_reach(root)


def test_account_can_pass_to_its_servers_whatever_our_umask(open_folder: Path) -> None:
    before = os.umask(0o077)
    try:
        root = engine_folders(open_folder / "cache", OTHER).root
    finally:
        os.umask(before)
    assert OTHER.can_reach(root / "servers")


def test_folder_that_cannot_be_made_says_which_setting_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineSetupError, match="SHOPSCOUT_CACHE_DIR"):
        engine_folders(tmp_path / "file" / "cache", OURS)


def test_two_servers_share_nothing_but_the_distribution(tmp_path: Path) -> None:
    engine = EngineFolders(tmp_path)
    one, two = engine.server("default"), engine.server("tests-1")
    assert one.token != two.token
    assert one.start_lock != two.start_lock
    assert not {one.data, one.logs, one.config} & {two.data, two.logs, two.config}


@pytest.mark.parametrize("name", ["", "../up", "a/b", "-n", "x" * 65, "ä"])
def test_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name for a server"):
        EngineFolders(tmp_path).server(name)
