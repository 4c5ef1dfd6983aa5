"""The measurement of spelling from end to end, over a small catalogue in an index of its own."""

import json
from pathlib import Path

import pytest

from es.settings import EngineSettings
from evaluate.__main__ import main
from evaluate.commands.options import USAGE
from evaluate.relevance.catalogue import Feed
from evaluate.relevance.measure import JudgedData
from evaluate.spelling.measure import MISTAKES_A_QUERY, lines, measure, values

pytestmark = pytest.mark.needs_es

KINDS = ("alpine tent", "camping lamp", "copper kettle", "walking boots")
MAPPING = "fields: {product_id: id, name: title, price: price, currency: {value: USD}}"


@pytest.fixture
def data(tmp_path: Path) -> JudgedData:
    """Six products of each kind; a query for each kind."""
    products = [
        {"id": f"{kind[:2]}-{maker}", "title": f"Maker{maker} {kind}", "price": "9"}
        for kind in KINDS
        for maker in "abcdef"
    ]
    (tmp_path / "products.json").write_text(json.dumps(products))
    (tmp_path / "map.yaml").write_text(MAPPING)
    judged = "\n".join(f"{kind},{kind[:2]}-a,3" for kind in KINDS)
    (tmp_path / "judgments.csv").write_text(f"query,product_id,rating\n{judged}\n")
    return JudgedData(tmp_path / "judgments.csv", Feed(tmp_path / "products.json", tmp_path / "map.yaml"))


async def test_mistakes_are_mended_and_right_words_left_alone(
    data: JudgedData, engine_settings: EngineSettings, tmp_path: Path
) -> None:
    shoppers = tmp_path / "requests.txt"
    shoppers.write_text("an umbrella please\n" * 3)
    measured = await measure(data, shoppers, engine_settings, engine_settings.es_url)
    told = values(measured)
    assert told["mended"]["judged queries"]["texts"] == len(KINDS) * MISTAKES_A_QUERY
    assert told["mended"]["judged queries"]["precision"] > 0.9
    assert told["mended"]["judged queries"]["recall"] > 0.7
    assert told["mended"]["pairs in names"]["texts"] == len(KINDS)
    assert {name: found["changed"] for name, found in told["changed_though_right"].items()} == {
        "judged queries": 0,
        "words of the catalogue": 0,
        "shoppers' words that are not in it": 0,
    }
    assert told["changed_though_right"]["shoppers' words that are not in it"]["texts"] == 2
    answers = dict(told["answers"])
    assert answers.pop("searches") == sum(answers.values()) == len(KINDS) * MISTAKES_A_QUERY
    assert answers["corrected to what was meant"] > answers["left as they were"]
    assert "corrected to what was meant" in "\n".join(lines(measured))


def test_half_of_the_data_is_no_data(data: JudgedData) -> None:
    with pytest.raises(SystemExit) as left:
        main(["spelling", "--judgments", str(data.judgments)])
    assert left.value.code == USAGE
