"""Loads with pictures: vectors in the index, nothing embedded twice, and no product lost for a broken picture."""

import base64
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from embed.load import lite_embedder
from embed.settings import EmbedSettings
from es.client import connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from es.wire import Wire
from shop.products.reader import ProductReader
from tests.drawn import file
from tests.integration.ingest.conftest import Ingest, lines, product_rows
from tests.picture_server import PictureServer

COLORS = ["red", "green", "blue", "black", "yellow"]
TINY = str(Path(__file__).parents[2] / "clip" / "tiny")
LITE = lite_embedder(EmbedSettings(_env_file=None)).spec


@pytest.fixture
def folder(ingest: Ingest) -> Path:
    """Pictures of p0 to p4, one colour each."""
    folder = ingest.folder / "pictures"
    folder.mkdir()
    for number, color in enumerate(COLORS):
        (folder / f"p{number}.png").write_bytes(file(color))
    return folder


@pytest.fixture
def pictures_at() -> Iterator[PictureServer]:
    server = PictureServer()
    yield server
    server.close()


def figures(ingest: Ingest, rows: list[dict[str, Any]], *arguments: str) -> dict[str, Any]:
    done = ingest.load(rows, "--pictures", "pictures", "--json", *arguments)
    return dict(orjson.loads(done.stdout))


def nearest(ingest: Ingest, words: str) -> str:
    """Id of the product whose picture is nearest to these words."""
    vector = lite_embedder(EmbedSettings(_env_file=None)).embed_texts([words])[0]
    knn = {"field": "image_vector", "query_vector": vector.tolist(), "k": 1, "num_candidates": 50}
    return str(ingest.client.search(index=ingest.generations.alias, knn=knn)["hits"]["hits"][0]["_id"])


@pytest.mark.usefixtures("folder")
def test_pictures_of_a_folder_are_found_by_words_and_made_once(ingest: Ingest) -> None:
    first, second = (figures(ingest, product_rows(7)) for _ in range(2))

    assert (first["with_picture"], first["pictures_embedded"], first["pictures_cached"]) == (5, 5, 0)
    assert (second["with_picture"], second["pictures_embedded"], second["pictures_cached"]) == (5, 0, 5)
    live = next(g for g in ingest.generations.all() if g.live)
    assert live.meta["models"]["image_vector"] == {"model": LITE.id, "dims": LITE.dims}
    assert live.documents == 7
    assert nearest(ingest, "something blue") == "p2"
    mapping = ingest.client.indices.get_mapping(index=live.index)[live.index]["mappings"]["properties"]
    assert mapping["image_vector"]["index_options"]["type"] == "int8_hnsw"


def test_a_product_with_a_broken_picture_is_there_and_reported(ingest: Ingest, folder: Path) -> None:
    (folder / "p1.png").write_bytes(b"this is a text")
    (folder / "p3.png").write_bytes(b"")
    rows = [*product_rows(5), {"product_id": "p9", "name": "Mug", "price": 1, "images": ["/lost.jpg"]}]
    done = ingest.run("load", "-", "--format", "jsonl", "--pictures", "pictures", "--strict", stdin=lines(rows))

    assert done.returncode == 0, done.stderr
    assert "6 products indexed, 0 rejected" in done.stdout
    assert "warning: 3 pictures could not be had or read; their products are there" in done.stdout
    assert len(ingest.live()) == 6
    found = [(r["line"], r["warning"], r["product_id"], r["raw"]) for r in ingest.rejects()]
    assert found == [
        (2, "picture", "p1", "p1.png"),
        (4, "picture", "p3", "p3.png"),
        (6, "picture", "p9", "/lost.jpg"),
    ]
    assert "not a picture" in ingest.rejects()[0]["reason"]
    assert "empty" in ingest.rejects()[1]["reason"]
    assert "not among the files" in ingest.rejects()[2]["reason"]


def test_pictures_come_from_the_web_an_archive_and_the_address_itself(
    ingest: Ingest, folder: Path, pictures_at: PictureServer
) -> None:
    with zipfile.ZipFile(ingest.folder / "media.zip", "w") as archive:
        archive.write(folder / "p1.png", "media/m/1.png")
    encoded = base64.b64encode((folder / "p2.png").read_bytes()).decode()
    data = f"data:image/png;base64,{encoded}"
    images = [f"{pictures_at.url}/picture.png", "/m/1.png", data, f"{pictures_at.url}/absent.jpg"]
    rows = [{**row, "images": [image]} for row, image in zip(product_rows(4), images, strict=True)]

    def load() -> dict[str, Any]:
        done = ingest.run(
            *("load", "-", "--format", "jsonl", "--json", "--pictures", "web", "--pictures", "media.zip"),
            stdin=lines(rows),
            SHOPSCOUT_PICTURES_PRIVATE_HOSTS="localhost",
        )
        assert done.returncode == 0, done.stderr
        return dict(orjson.loads(done.stdout))

    first, second = load(), load()

    assert (first["with_picture"], first["pictures_embedded"], first["pictures_refused"]) == (3, 3, 1)
    assert (second["with_picture"], second["pictures_embedded"], second["pictures_cached"]) == (3, 0, 3)
    # Fetched once: the second load found it fresh.
    assert pictures_at.asked == {"/picture.png": 1, "/absent.jpg": 2}
    assert [(r["product_id"], r["reason"]) for r in ingest.rejects()] == [("p3", "its server answered 404")]
    # A result list must not carry the picture itself.
    card = orjson.loads(base64.b64decode(ingest.live()["p2"]["card"]))
    assert card["image"] is None


def test_private_addresses_are_not_fetched_unless_they_are_allowed(ingest: Ingest, pictures_at: PictureServer) -> None:
    rows = [{**row, "images": [f"{pictures_at.url}/picture.png"]} for row in product_rows(1)]
    done = ingest.run("load", "-", "--format", "jsonl", "--pictures", "web", stdin=lines(rows))

    assert done.returncode == 1
    assert "private addresses are not fetched from" in ingest.rejects()[0]["reason"]
    assert pictures_at.asked.total() == 0


def test_without_pictures_there_is_no_field_for_them(ingest: Ingest) -> None:
    ingest.load(product_rows(3))
    live = next(g for g in ingest.generations.all() if g.live)
    assert "image_vector" not in live.meta["models"]


@pytest.mark.usefixtures("folder")
def test_a_folder_in_which_no_product_has_a_picture_is_a_mistake(ingest: Ingest) -> None:
    figures(ingest, product_rows(5))
    (ingest.folder / "empty").mkdir()
    done = ingest.run("load", "-", "--format", "jsonl", "--pictures", "empty", stdin=lines(product_rows(6)))
    absent = ingest.run("load", "-", "--format", "jsonl", "--pictures", "absent", stdin=lines(product_rows(6)))

    assert done.returncode == 1
    assert "Not one picture" in done.stderr
    assert absent.returncode == 2
    assert "absent is no folder of pictures" in absent.stderr
    assert len(ingest.live()) == 5


@pytest.mark.usefixtures("folder")
def test_a_change_of_other_fields_keeps_the_picture_vector(ingest: Ingest) -> None:
    figures(ingest, product_rows(5))
    before = vector_of(ingest, "p2")
    done = ingest.upsert([{"product_id": "p2", "price": 77}])

    assert done.returncode == 0, done.stderr
    assert ingest.live()["p2"]["price_milli"] == 77_000
    assert before is not None
    assert vector_of(ingest, "p2") == before


@pytest.mark.usefixtures("folder")
async def test_the_service_learns_which_model_made_the_pictures(
    ingest: Ingest, engine_settings: EngineSettings
) -> None:
    figures(ingest, product_rows(5))
    wire = Wire(engine_settings)
    async with connect_async(engine_settings) as client:
        facts = await ProductReader(client, wire, IndexNames(engine_settings.index_prefix)).facts()
    await wire.close()
    assert (facts.image_model, facts.image_dims) == (LITE.id, LITE.dims)


def test_the_demo_has_pictures(ingest: Ingest) -> None:
    # Without npm there are placeholders: enough to see that each product has the vector of its picture.
    first = ingest.run("demo", PATH="/nowhere")
    second = ingest.run("demo", PATH="/nowhere")

    assert first.returncode == 0, first.stderr
    assert "967 products with a picture" in first.stdout
    assert "live already" in second.stdout
    alias = ingest.generations.alias
    assert ingest.client.count(index=alias, query={"exists": {"field": "image_vector"}})["count"] == 967


def vector_of(ingest: Ingest, product_id: str) -> list[float] | None:
    ingest.client.indices.refresh(index=ingest.generations.alias)
    hit = ingest.client.search(
        index=ingest.generations.alias,
        query={"ids": {"values": [product_id]}},
        source={"includes": ["image_vector"], "exclude_vectors": False},
    )["hits"]["hits"][0]
    vector = hit["_source"].get("image_vector")
    assert vector is None or np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
    return vector if vector is None else [float(value) for value in vector]


def test_changes_of_pictures_reach_their_vectors(ingest: Ingest, folder: Path) -> None:
    rows = [{**row, "images": [f"p{n}.png"]} for n, row in enumerate(product_rows(5))]
    figures(ingest, rows)
    before, of_p4 = vector_of(ingest, "p2"), vector_of(ingest, "p4")
    (folder / "broken.png").write_bytes(b"no picture")
    # Where the load found its pictures is remembered.
    done = ingest.upsert(
        [
            {"product_id": "p2", "images": ["p0.png"]},
            {"product_id": "p3", "images": ["broken.png"]},
            {"product_id": "p4", "images": None},
            {"product_id": "new", "name": "New mug", "price": 1, "images": ["p1.png"]},
        ]
    )
    broken = ingest.rejects()

    assert done.returncode == 0, done.stderr
    assert vector_of(ingest, "p2") == vector_of(ingest, "p0") != before
    assert vector_of(ingest, "new") == vector_of(ingest, "p1")
    assert vector_of(ingest, "p3") is None
    # Without addresses there is still the file that has its id.
    assert vector_of(ingest, "p4") == of_p4
    assert [(r["product_id"], r["raw"], r["warning"]) for r in broken] == [("p3", "broken.png", "picture")]

    # Nobody can look at the new picture: the vector of the old one would be wrong.
    folder.rename(ingest.folder / "moved")
    done = ingest.upsert([{"product_id": "p0", "images": ["p1.png"]}, {"product_id": "p1", "price": 5}])
    assert done.returncode == 0, done.stderr
    assert "is no folder of pictures" in done.stderr
    assert vector_of(ingest, "p0") is None
    assert vector_of(ingest, "p1") is not None
    assert "python -m ingest embed --pictures" in ingest.rejects()[0]["reason"]


def test_another_model_of_pictures_is_refused(ingest: Ingest) -> None:
    (ingest.folder / "pictures").mkdir()
    for number, color in enumerate(COLORS):
        (ingest.folder / "pictures" / f"p{number}.png").write_bytes(file(color))
    figures(ingest, product_rows(5))
    change = lines([{"product_id": "p1", "price": 5}])
    done = ingest.run("upsert", "-", "--format", "jsonl", stdin=change, SHOPSCOUT_CLIP_MODEL=TINY)

    assert done.returncode == 1
    assert "two models cannot be mixed. Set SHOPSCOUT_CLIP_MODEL" in done.stderr
    assert ingest.live()["p1"]["price_milli"] != 5000


def embedded(ingest: Ingest, *arguments: str, **environment: str) -> dict[str, Any]:
    done = ingest.run("embed", *arguments, "--json", **environment)
    assert done.returncode == 0, done.stderr
    return dict(orjson.loads(done.stdout))


@pytest.mark.usefixtures("folder")
def test_a_new_model_embeds_the_live_catalogue_anew(ingest: Ingest) -> None:
    figures(ingest, [{**row, "brand": "Acme", "updated_at": "2026-03-04T05:06:07Z"} for row in product_rows(7)])
    ingest.upsert([{"product_id": "p6", "price": 99}])
    before, old = ingest.live(), vector_of(ingest, "p2")

    done = embedded(ingest, SHOPSCOUT_CLIP_MODEL=TINY)
    again = ingest.run("embed", SHOPSCOUT_CLIP_MODEL=TINY)

    assert (done["indexed"], done["with_picture"], done["pictures_embedded"]) == (7, 5, 5)
    assert "of these models already" in again.stdout
    live = next(g for g in ingest.generations.all() if g.live)
    assert live.meta["models"]["image_vector"]["model"].startswith("tiny")
    assert live.meta["source"]["pictures"] == [str(ingest.folder / "pictures")]
    assert ingest.live() == before
    new = vector_of(ingest, "p2")
    assert new is not None
    assert old is not None
    assert len(new) != len(old)
    # Back again: everything comes from the cache.
    back = embedded(ingest)
    assert (back["pictures_embedded"], back["pictures_cached"]) == (0, 5)
    assert vector_of(ingest, "p2") == pytest.approx(old, abs=1e-6)


@pytest.mark.usefixtures("folder")
def test_vectors_are_added_to_a_catalogue_that_has_none(ingest: Ingest) -> None:
    ingest.load(product_rows(6))
    nowhere = ingest.run("embed", "--pictures")
    pictures = embedded(ingest, "--pictures", "pictures")
    texts = embedded(ingest, "--text", SHOPSCOUT_TEXT_MODEL="minilm-l6-v2")

    assert nowhere.returncode == 1
    assert "say where they are" in nowhere.stderr
    assert (pictures["indexed"], pictures["with_picture"]) == (6, 5)
    assert (texts["indexed"], texts["embedded"]) == (6, 6)
    live = next(g for g in ingest.generations.all() if g.live)
    assert set(live.meta["models"]) == {"text_vector", "image_vector"}
    # The vectors of the other kind were carried over.
    assert nearest(ingest, "something blue") == "p2"
    assert ingest.client.count(index=live.index, query={"exists": {"field": "text_vector"}})["count"] == 6


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_embedded_leaves_the_live_catalogue_alone(ingest: Ingest) -> None:
    nothing = ingest.run("embed")
    figures(ingest, product_rows(5))
    damaged = ingest.folder / "model"
    shutil.copytree(TINY, damaged)
    weights = damaged / "image.float32.onnx"
    weights.write_bytes(weights.read_bytes()[:-100] + bytes(100))
    corrupt = ingest.run("embed", "--pictures", SHOPSCOUT_CLIP_MODEL=str(damaged))
    missing = ingest.run("embed", "--pictures", SHOPSCOUT_CLIP_MODEL=str(ingest.folder / "no/model"))
    (ingest.folder / "empty").mkdir()
    no_pictures = ingest.run("embed", "--pictures", "empty", SHOPSCOUT_CLIP_MODEL=TINY)

    assert [done.returncode for done in (nothing, corrupt, missing, no_pictures)] == [1, 1, 1, 1]
    assert "Nothing is loaded yet" in nothing.stderr
    assert "not the file that its manifest describes" in corrupt.stderr
    assert "No exported CLIP model at" in missing.stderr
    assert "Not one picture" in no_pictures.stderr
    assert [g.live for g in ingest.generations.all()] == [True]
    assert nearest(ingest, "something blue") == "p2"
