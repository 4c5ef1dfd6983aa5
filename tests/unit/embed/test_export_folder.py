"""Where an export goes and what it is compared on: whole or not at all, one at a time, pictures with words."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from embed.training.captioned import read_captioned
from embed.training.output_folder import FolderBusy, FolderNotOurs, written_whole

ROOT = Path(__file__).parents[3]


def _write(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content)


def test_a_folder_appears_when_it_is_whole_and_replaces_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "model"
    for content in ("one", "two"):
        with written_whole(out) as folder:
            _write(folder, content)
            (folder / content).touch()
            assert not (out / content).exists()
        assert (out / "manifest.json").read_text() == content
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "two"]
    assert [path.name for path in out.parent.iterdir()] == ["model"]


def test_what_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "model"
    with written_whole(out) as folder:
        _write(folder, "old")

    def fail() -> None:
        with written_whole(out) as folder:
            _write(folder, "new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (out / "manifest.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_second_writer_is_refused_while_the_first_writes(tmp_path: Path) -> None:
    out = tmp_path / "model"
    with written_whole(out) as folder:
        with pytest.raises(FolderBusy, match="another export"), written_whole(out):
            pytest.fail("two at once")
        with written_whole(tmp_path / "other") as other:
            _write(other, "elsewhere is free")
        _write(folder, "first")
    assert (out / "manifest.json").read_text() == "first"


HOLD = """
import signal, sys
from pathlib import Path
from embed.training.output_folder import written_whole

with written_whole(Path(sys.argv[1])) as folder:
    (folder / "manifest.json").write_text("half")
    print("inside", flush=True)
    signal.pause()
"""


def test_a_killed_writer_blocks_nobody_and_leaves_no_trace(tmp_path: Path) -> None:
    out = tmp_path / "model"
    command = [sys.executable, "-c", HOLD, str(out)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "inside\n"
        with pytest.raises(FolderBusy), written_whole(out):
            pytest.fail("two at once")
        holder.kill()
    assert not out.exists()
    with written_whole(out) as folder:
        assert list(folder.iterdir()) == []
        _write(folder, "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_folder_of_something_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").touch()
    with pytest.raises(FolderNotOurs, match="no exported model"), written_whole(tmp_path / "letters"):
        pytest.fail("would be lost")
    assert (tmp_path / "letters" / "dear.txt").exists()


def _pictures(folder: Path, names: list[str]) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (2, 2)).save(path)


def test_words_come_from_names_of_files_and_folders(tmp_path: Path) -> None:
    _pictures(tmp_path, [f"red-boots_size-{n}.png" for n in range(20)] + [f"dress/{n:04}.png" for n in range(20)])
    (tmp_path / "notes.txt").touch()
    found = read_captioned(tmp_path, 100)
    assert len(found) == 40
    assert {pair.text for pair in found[:20]} == {"dress"}
    assert found[20].text == "red boots size 0"
    spread = read_captioned(tmp_path, 10)
    assert [pair.file.parent.name for pair in spread].count("dress") == 5


def test_words_come_from_a_table_where_there_is_one(tmp_path: Path) -> None:
    _pictures(tmp_path, [f"{n}.png" for n in range(40)])
    rows = "".join(f"{n}.png,a thing {n}\n" for n in range(50))
    (tmp_path / "captions.csv").write_text(f"\ufefffile,text\n{rows}0.png,\n")
    found = read_captioned(tmp_path, 100)
    assert [pair.text for pair in found] == [f"a thing {n}" for n in range(40)]
    (tmp_path / "captions.csv").write_text("name,words\n")
    with pytest.raises(ValueError, match="columns"):
        read_captioned(tmp_path, 100)


def test_too_few_pictures_are_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no folder"):
        read_captioned(tmp_path / "nowhere", 10)
    _pictures(tmp_path, ["red.png"])
    with pytest.raises(ValueError, match="1 pictures"):
        read_captioned(tmp_path, 10)
