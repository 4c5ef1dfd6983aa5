"""CLIP models for the tests of loading and of exporting, made once a run (each test needs the extra `clip`)."""

from pathlib import Path

import pytest

from embed.clip import ClipEmbedder
from tests.clip.models import SIGLIP_SHAPED, write_captioned, write_folder, write_vit_b_32


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_vit_b_32(tmp_path_factory.mktemp("vit") / "seeded.pt")


@pytest.fixture(scope="session")
def siglip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("siglip") / "siglip-shaped", SIGLIP_SHAPED)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_captioned(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def vit(checkpoint: Path) -> ClipEmbedder:
    return ClipEmbedder("ViT-B-32", str(checkpoint), device="cpu", batch_size=16)


@pytest.fixture(scope="session")
def siglip(siglip_folder: Path) -> ClipEmbedder:
    return ClipEmbedder(f"local-dir:{siglip_folder}", device="cpu")
