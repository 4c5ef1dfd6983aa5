"""Dashboards as files, and the saved objects that they become."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from es.names import IndexNames
from kibana.__main__ import main
from kibana.build import ndjson, saved_objects
from kibana.check import problems, read
from kibana.errors import ObjectsWrong, SourceWrong
from kibana.source import DATA_VIEWS, FOLDER, Dashboard, dashboards, data_views

NAMES = IndexNames("shop-a")


def built(names: IndexNames = NAMES) -> bytes:
    return ndjson(saved_objects(dashboards(), data_views(), names))


def objects(names: IndexNames = NAMES) -> dict[str, dict[str, Any]]:
    return {f"{made['type']} {made['id']}": made for made in read(built(names))}


def panels(made: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(made["attributes"]["panelsJSON"])
    return found


def test_the_same_source_gives_the_same_bytes() -> None:
    assert built() == built()
    assert built().endswith(b"\n")


def test_what_is_built_is_what_kibana_takes() -> None:
    assert problems(built()) == []


def test_dashboards_cover_what_a_shop_asks() -> None:
    found = {made.id: {panel.id for panel in made.panels} for made in dashboards()}
    assert found.keys() == {"search", "recommendations", "chat", "sales", "catalogue", "operations"}
    assert {"searches-by-day", "outcome-by-day", "latency-by-day", "unmet"} <= found["search"]
    assert {"by-algorithm", "coverage"} <= found["recommendations"]
    assert {"outcome-by-day", "repairs-by-day", "cost-by-day", "by-intent"} <= found["chat"]


def test_every_index_follows_the_prefix() -> None:
    here, there = objects(IndexNames("one")), objects(IndexNames("two"))
    assert {name.replace(" one-", " two-") for name in here} == set(there)
    assert not set(here) & set(there)
    views = [made for made in there.values() if made["type"] == "index-pattern"]
    assert all(view["attributes"]["title"].startswith("two-") for view in views)
    assert b"one-" not in ndjson(list(there.values()))


def test_a_panel_refers_to_its_data_view_in_both_places() -> None:
    made = objects()["dashboard shop-a-search"]
    panel = panels(made)[0]
    reference = {"type": "index-pattern", "id": "shop-a-queries", "name": "indexpattern-datasource-layer-layer_0"}
    assert panel["embeddableConfig"]["attributes"]["references"] == [reference]
    assert {**reference, "name": f"searches:{reference['name']}"} in made["references"]
    assert {"type": "tag", "id": "shop-a-tag", "name": "tag-ref-shop-a-tag"} in made["references"]


def test_a_formula_is_kept_as_lens_keeps_it() -> None:
    panel = next(p for p in panels(objects()["dashboard shop-a-search"]) if p["panelIndex"] == "no-results")
    layer = panel["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]["layer_0"]
    assert layer["columnOrder"] == ["no_resultsX0", "no_resultsX1", "no_resultsX2", "no_results"]
    columns = layer["columns"]
    assert columns["no_resultsX0"]["filter"] == {"query": "total: 0", "language": "kuery"}
    tree = columns["no_resultsX2"]["params"]["tinymathAst"]
    text = "count(kql='total: 0') / count()"
    assert tree == {
        "type": "function",
        "name": "divide",
        "args": ["no_resultsX0", "no_resultsX1"],
        "location": {"min": 0, "max": len(text)},
        "text": text,
    }
    assert columns["no_results"]["params"]["formula"] == text
    assert columns["no_results"]["references"] == ["no_resultsX2"]


def test_in_a_chart_the_series_are_the_outer_division() -> None:
    panel = next(p for p in panels(objects()["dashboard shop-a-search"]) if p["panelIndex"] == "rising")
    state = panel["embeddableConfig"]["attributes"]["state"]
    assert state["datasourceStates"]["formBased"]["layers"]["layer_0"]["columnOrder"] == ["by1", "by0", "searches"]
    layer = state["visualization"]["layers"][0]
    assert (layer["xAccessor"], layer["splitAccessor"], layer["accessors"]) == ("by0", "by1", ["searches"])


PANEL: dict[str, Any] = {
    "id": "p", "title": "P", "chart": "metric", "size": [12, 6], "over": "queries",
    "show": {"n": {"label": "N", "formula": "count()"}},
}  # fmt: skip


def dashboard(*changes: dict[str, Any]) -> dict[str, Any]:
    made = [{**PANEL, **change} for change in changes]
    return {"id": "d", "title": "D", "description": "d", "panels": made}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"over": "cheese"}, "cheese is no kind of index"),
        ({"chart": "pie"}, "chart"),
        ({"chart": "bar"}, "needs a division"),
        ({"by": [{"label": "T", "field": "text", "order": "value"}]}, "is not divided"),
        ({"size": [60, 6]}, "size"),
        ({"colour": "red"}, "colour"),
        ({"chart": "table", "by": [{"label": "T"}]}, "a field or choices"),
        ({"chart": "table", "by": [{"label": "T", "field": "text"}]}, "say the order"),
        ({"chart": "table", "by": [{"label": "T", "field": "text", "order": "m"}]}, "m is not shown"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(yaml.safe_dump(dashboard(change)), encoding="utf-8")
    with pytest.raises(SourceWrong, match=told) as error:
        dashboards(tmp_path)
    assert str(error.value).startswith("d.yaml: panels.0")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([{"show": {"n": {"label": "N", "formula": "sum(cheese)"}}}], "no field cheese"),
        ([{"where": "cheese: 1"}], "no field cheese"),
        ([{"where": "total: "}], "no query"),
        ([{"show": {"n": {"label": "N", "formula": "3 * 4"}}}], "says nothing"),
        ([{}, {"id": "q", "size": [12, 9]}], "others of its row"),
        (
            [{"chart": "table", "by": [{"label": "T", "field": "text", "order": "n"}],
              "show": {"n": {"label": "N", "formula": "count() / 2"}}}],
            "in the order of one aggregation",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(changes: list[dict[str, Any]], told: str) -> None:
    with pytest.raises(SourceWrong, match=told):
        saved_objects([Dashboard.model_validate(dashboard(*changes))], data_views(), NAMES)


def test_folders_and_files_that_are_no_dashboards_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceWrong, match="no dashboard"):
        dashboards(tmp_path)
    (tmp_path / "a.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(SourceWrong, match="no YAML"):
        dashboards(tmp_path)
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(dashboard({})), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(dashboard({})), encoding="utf-8")
    with pytest.raises(SourceWrong, match="one id"):
        dashboards(tmp_path)
    with pytest.raises(SourceWrong, match="cannot be read"):
        data_views(tmp_path / "none.yaml")


def test_the_files_are_part_of_the_package() -> None:
    assert len(list(FOLDER.glob("*.yaml"))) == 6
    assert DATA_VIEWS.is_file()


def changed(content: bytes, old: str, new: str) -> bytes:
    assert old.encode() in content
    return content.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"tag","id":"shop-a-tag","attributes"', '"tag","id":"lost","attributes"', "refers to tag shop-a-tag"),
        ('"refreshInterval"', '"refreshEvery"', "refreshEvery"),
        ('"typeMigrationVersion":"10.2.0"', '"typeMigrationVersion":"99.0.0"', "typeMigrationVersion"),
        ('\\"metricAccessor\\":\\"searches\\"', '\\"metricAccessor\\":\\"gone\\"', "gone is drawn and is no column"),
        ('\\"no_resultsX1\\"],\\"location', '\\"gone\\"],\\"location', "needs the column gone"),
        ('\\"x\\":12,\\"y\\":0', '\\"x\\":11,\\"y\\":0', "overlap"),
        ('\\"isFormulaBroken\\":false,', "", "isFormulaBroken"),
        ('\\"operationType\\":\\"count\\"', '\\"operationType\\":\\"cheese\\"', "operationType"),
        ('"name":"searches:indexpattern', '"name":"lost:indexpattern', "does not refer to its index-pattern"),
    ],
)  # fmt: skip
def test_a_file_that_kibana_would_not_show_is_told(old: str, new: str, told: str) -> None:
    found = problems(changed(built(), old, new))
    assert any(told in problem for problem in found), found


def test_a_file_that_is_none_is_told() -> None:
    with pytest.raises(ObjectsWrong, match="Line 2 is no JSON"):
        problems(built().split(b"\n")[0] + b"\n{\n")
    with pytest.raises(ObjectsWrong, match="no object"):
        problems(b"[]\n")
    assert any("there twice" in problem for problem in problems(built() + built().split(b"\n")[0]))


def test_the_command_builds_and_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPSCOUT_INDEX_PREFIX", "shop-a")
    assert main(["build"]) == 0
    assert capsys.readouterr().out.encode() == built()
    assert main(["build", "--out", str(tmp_path / "made.ndjson")]) == 0
    assert main(["check", str(tmp_path / "made.ndjson")]) == 0
    (tmp_path / "bad.ndjson").write_bytes(changed(built(), '"color":"#0b7a75"', '"color":"teal"'))
    assert main(["check", str(tmp_path / "bad.ndjson")]) == 1
    assert "color" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "none.ndjson")]) == 2
    assert main(["build", "--out", str(tmp_path)]) == 2
    monkeypatch.setenv("SHOPSCOUT_KIBANA_URL", "kibana")
    assert main(["push"]) == 2
    assert "SHOPSCOUT_KIBANA_URL must start with http" in capsys.readouterr().err
