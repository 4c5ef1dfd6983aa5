"""Where the pictures of a product are looked for, and what is never read."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from shop.pictures.errors import PictureUnavailable, SourceUnusable
from shop.pictures.folder import FolderPictures
from shop.pictures.picture import Content, PictureRef
from shop.pictures.source import PictureFinder
from tests.factory import product


def unknown(_digest: str) -> bool:
    return False


def read(folder: Path, max_bytes: int = 1000, **fields: object) -> list[str]:
    """The files that are found for a product, or why one could not be read."""
    found = []
    for ref in PictureFinder([FolderPictures(folder, max_bytes=max_bytes)]).refs(product(**fields)):
        try:
            found.append((ref.read(unknown).file or b"").decode())
        except PictureUnavailable as error:
            found.append(f"{ref.address}: {error}")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "pictures"
    for name in ("m/b/front.jpg", "m/b/back.jpg", "mug.png", "p1.webp", "p2.JPG", "a/7.png", "with space.jpg"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (tmp_path / "secret.jpg").write_text("secret")
    return root


def test_the_paths_of_the_feed_come_in_their_order(folder: Path) -> None:
    assert read(folder, images=["/m/b/front.jpg", "m/b/back.jpg"]) == ["m/b/front.jpg", "m/b/back.jpg"]


def test_an_address_is_found_by_its_path_or_its_last_part(folder: Path) -> None:
    images = ["https://shop.example/m/b/back.jpg?w=200", "https://cdn.example/x/y/mug.png", "/with%20space.jpg"]
    assert read(folder, images=images) == ["m/b/back.jpg", "mug.png", "with space.jpg"]


def test_the_id_is_the_name_where_the_addresses_lead_nowhere(folder: Path) -> None:
    assert read(folder, images=["/elsewhere/1.jpg"]) == ["p1.webp"]
    assert read(folder, product_id="a/7") == ["a/7.png"]
    assert read(folder, product_id="p3") == []


class Web:
    """Knows any address; nothing is fetched."""

    def ref(self, address: str) -> PictureRef:
        return PictureRef(f"fetched {address}", lambda _known: Content("", b""))


def test_a_file_with_the_id_as_its_name_comes_before_the_web(folder: Path) -> None:
    finder = PictureFinder([FolderPictures(folder, max_bytes=1000)], Web())
    far = ["https://cdn.example/1.jpg", "https://cdn.example/2.jpg"]
    assert [ref.address for ref in finder.refs(product(images=far))] == ["p1.webp"]
    assert [ref.address for ref in finder.refs(product(product_id="p9", images=far))] == [f"fetched {a}" for a in far]
    near = ["mug.png", *far]
    assert [ref.address for ref in finder.refs(product(images=near))] == ["mug.png", *(f"fetched {a}" for a in far)]


def test_an_address_beside_a_good_one_is_reported(folder: Path) -> None:
    found = read(folder, images=["mug.png", "gone.jpg"])
    assert found == ["mug.png", "gone.jpg: it is not among the files of --pictures"]


@pytest.mark.parametrize(
    "address",
    [
        "../secret.jpg",
        "m/../../secret.jpg",
        "..\\secret.jpg",
        "/etc/passwd",
        "C:/secret.jpg",
        "linked.jpg",
        "m",
        "a\0b",
        "",
    ],
)
def test_nothing_outside_of_the_folder_is_read(folder: Path, address: str) -> None:
    os.symlink(folder.parent / "secret.jpg", folder / "linked.jpg")
    assert FolderPictures(folder, max_bytes=1000).locate(address) is None


def test_an_id_cannot_lead_out_of_the_folder(folder: Path) -> None:
    assert read(folder, product_id="../secret") == []


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    assert read(folder, max_bytes=3, product_id="p1") == ["p1.webp: it is larger than 3e-06 MB"]


def test_other_schemes_are_not_read(folder: Path) -> None:
    assert read(folder, product_id="p3", images=["ftp://shop.example/mug.png"]) == [
        "ftp://shop.example/mug.png: addresses that begin with ftp: are not read"
    ]


def test_a_folder_that_is_none_is_named(folder: Path) -> None:
    with pytest.raises(SourceUnusable, match="no folder of pictures"):
        FolderPictures(folder / "nowhere", max_bytes=1)


def test_a_picture_is_known_by_its_content(folder: Path) -> None:
    ref = FolderPictures(folder, max_bytes=100).locate("mug.png")
    assert ref is not None
    assert ref.read(unknown) == Content(sha256(b"mug.png").hexdigest(), b"mug.png")
