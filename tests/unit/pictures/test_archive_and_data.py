"""Pictures in .zip files and in addresses themselves, sound and hostile."""

import base64
import struct
import zipfile
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest

from shop.pictures.archive import ZipPictures
from shop.pictures.data_uri import data_ref, decoded
from shop.pictures.errors import PictureUnavailable, SourceUnusable
from shop.pictures.source import PictureFinder
from tests.drawn import file
from tests.factory import product

RED = file("red")


def unknown(_digest: str) -> bool:
    return False


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return path


def test_entries_are_found_by_path_id_and_without_their_top_folder(tmp_path: Path) -> None:
    found = ZipPictures(archive(tmp_path / "p.zip", {"media/m/b.jpg": b"b", "media/p1.png": RED}), max_bytes=10_000)
    finder = PictureFinder([found])

    assert [ref.read(unknown).file for ref in finder.refs(product(images=["/m/b.jpg"]))] == [b"b"]
    assert [ref.read(unknown).file for ref in finder.refs(product("p1"))] == [RED]
    assert finder.refs(product("p2")) == []
    found.close()


def test_an_entry_that_leads_out_of_the_archive_is_none(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    made = archive(tmp_path / "p.zip", {"../secret.jpg": b"x", "/etc/passwd": b"inside", "a/../../secret.jpg": b"x"})
    found = ZipPictures(made, max_bytes=10_000)

    for name in ("../secret.jpg", "secret.jpg", "a/../../secret.jpg"):
        assert found.locate(name) is None
    # An absolute name is a path within the archive, never one of this machine.
    inside = found.locate("/etc/passwd")
    assert inside is not None
    assert inside.read(unknown).file == b"inside"
    found.close()


def test_a_bomb_is_unpacked_no_further_than_the_bound(tmp_path: Path) -> None:
    made = archive(tmp_path / "p.zip", {"bomb.jpg": b"\0" * 50_000_000, "good.png": RED})
    # What the entry says of its own size is a lie as well.
    content = bytearray(made.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.index(signature) + offset
        content[at : at + 4] = struct.pack("<I", 100)
    (tmp_path / "lies.zip").write_bytes(content)

    for path in (made, tmp_path / "lies.zip"):
        found = ZipPictures(path, max_bytes=1_000_000)
        bomb, good = found.locate("bomb.jpg"), found.locate("good.png")
        assert bomb is not None
        assert good is not None
        with pytest.raises(PictureUnavailable, match=r"larger than 1 MB|cannot be unpacked"):
            bomb.read(unknown)
        assert good.read(unknown).file == RED
        found.close()


def test_a_damaged_entry_costs_itself_alone(tmp_path: Path) -> None:
    made = archive(tmp_path / "p.zip", {"a.png": RED, "b.png": file("blue")})
    content = bytearray(made.read_bytes())
    at = content.index(b"a.png") + 40
    content[at : at + 20] = b"\xff" * 20
    made.write_bytes(content)
    found = ZipPictures(made, max_bytes=10_000)
    damaged, good = found.locate("a.png"), found.locate("b.png")

    assert damaged is not None
    assert good is not None
    with pytest.raises(PictureUnavailable, match="cannot be unpacked"):
        damaged.read(unknown)
    assert good.read(unknown).file == file("blue")
    found.close()


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    made = archive(tmp_path / "p.zip", {"a.png": RED})
    content = bytearray(made.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        content[content.index(signature) + offset] |= 1
    made.write_bytes(content)
    found = ZipPictures(made, max_bytes=10_000)
    entry = found.locate("a.png")

    assert entry is not None
    with pytest.raises(PictureUnavailable, match="encrypted"):
        entry.read(unknown)
    found.close()


def test_what_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(SourceUnusable, match=r"p\.zip cannot be read"):
        ZipPictures(tmp_path / "p.zip", max_bytes=1)


def test_pictures_in_addresses() -> None:
    encoded = base64.b64encode(RED).decode()
    folded = "\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))
    for address in (
        f"data:image/png;base64,{encoded}",
        f"data:image/png;base64,{folded}",
        f"DATA:;BASE64,{encoded}",
        f"data:image/png,{quote_from_bytes(RED)}",
    ):
        assert decoded(address, 10_000) == RED
        refs = PictureFinder([]).refs(product(images=[address]))
        assert [ref.read(unknown).file for ref in refs] == [RED]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("data:image/png;base64", "no comma"),
        ("data:image/png;base64,not base64!", "no base64"),
        ("data:image/png;base64,iVBORw0KGgoAAAA", "no base64"),
        ("data:image/png;base64," + "A" * 4000, "larger than"),
        ("data:image/png," + "A" * 1001, "larger than"),
    ],
)
def test_malformed_addresses_are_refused(address: str, reason: str) -> None:
    with pytest.raises(PictureUnavailable, match=reason):
        decoded(address, 1000)


def test_a_picture_in_an_address_is_not_printed_whole() -> None:
    assert len(data_ref("data:image/png;base64," + "A" * 10_000, 10).address) < 70
