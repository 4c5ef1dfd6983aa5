"""Dashboards brought into a Kibana over HTTP: taken, taken again, and refused in every way that Kibana refuses."""

import socket
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from es.names import IndexNames
from kibana.__main__ import main
from kibana.build import ndjson, saved_objects
from kibana.errors import ImportIncomplete, KibanaRefused, KibanaUnavailable
from kibana.push import push
from kibana.settings import KibanaSettings
from kibana.source import dashboards, data_views
from tests.kibana_server import KEY, FakeKibana, fake_kibana


@pytest.fixture
def kibana() -> Iterator[FakeKibana]:
    with fake_kibana() as server:
        yield server


@pytest.fixture(scope="module")
def content() -> bytes:
    return ndjson(saved_objects(dashboards(), data_views(), IndexNames("shop-a")))


def settings(kibana: FakeKibana, key: str = KEY, **more: object) -> KibanaSettings:
    return KibanaSettings.model_validate({"url": kibana.url, "api_key": SecretStr(key), "timeout_s": 20, **more})


def test_everything_is_taken_and_taken_again(kibana: FakeKibana, content: bytes) -> None:
    first = push(content, settings(kibana))
    assert (first.objects, first.version, first.space) == (15, "9.4.3", "default")
    before = dict(kibana.spaces["default"])
    assert len(before) == 15
    assert push(content, settings(kibana)) == first
    assert kibana.spaces["default"] == before
    assert "POST /api/saved_objects/_import?overwrite=true" in kibana.requests


def test_a_space_gets_its_own(kibana: FakeKibana, content: bytes) -> None:
    assert push(content, settings(kibana, space="team")).space == "team"
    assert len(kibana.spaces["team"]) == 15
    assert not kibana.spaces["default"]
    assert "POST /s/team/api/saved_objects/_import?overwrite=true" in kibana.requests
    with pytest.raises(KibanaRefused, match="There is no space elsewhere"):
        push(content, settings(kibana, space="elsewhere"))


@pytest.mark.parametrize(
    ("status", "message", "told"),
    [
        (403, "Unable to bulk_create tag,dashboard", "Saved Objects Management"),
        (404, "Not Found", "no Kibana at"),
        (409, "version conflict", "run it again"),
        (413, "Payload content length greater than maximum allowed", "maxImportPayloadBytes"),
        (400, "Can't import more than 10000 objects", "Kibana answered 400: Can't import more than 10000 objects"),
    ],
)
def test_what_kibana_refuses_is_said(kibana: FakeKibana, content: bytes, status: int, message: str, told: str) -> None:
    kibana.refusals = [(status, message)]
    with pytest.raises(KibanaRefused, match=told):
        push(content, settings(kibana))
    assert not kibana.spaces["default"]


def test_a_wrong_key_is_said(kibana: FakeKibana, content: bytes) -> None:
    with pytest.raises(KibanaRefused, match=r"does not know who asks .*SHOPSCOUT_KIBANA_API_KEY"):
        push(content, settings(kibana, key="another"))


@pytest.mark.parametrize("version", ["8.19.4", "9.3.1", "10.0.0", "9.4-SNAPSHOT"])
def test_another_version_is_refused_unless_it_is_wanted(kibana: FakeKibana, content: bytes, version: str) -> None:
    kibana.version = version
    if version == "9.4-SNAPSHOT":
        assert push(content, settings(kibana)).version == version
        return
    with pytest.raises(KibanaRefused, match=rf"This is Kibana {version}.*--any-version"):
        push(content, settings(kibana))
    assert push(content, settings(kibana), any_version=True).objects == 15


def test_what_is_taken_in_part_is_told_object_by_object(kibana: FakeKibana, content: bytes) -> None:
    kibana.unknown = {"tag"}
    with pytest.raises(ImportIncomplete) as error:
        push(content, settings(kibana))
    assert "tag shop-a-tag is of a type that this Kibana does not know" in error.value.problems
    kibana.unknown = set()
    without = b"\n".join(line for line in content.splitlines() if b'"shop-a-queries","attributes"' not in line)
    kibana.spaces["default"].clear()
    with pytest.raises(ImportIncomplete, match="refers to what is not there: index-pattern shop-a-queries") as error:
        push(without, settings(kibana))
    assert error.value.taken == 12


def test_a_kibana_that_starts_is_waited_for(
    kibana: FakeKibana, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kibana.push._PAUSE_S", 0.05)
    kibana.unready = 1
    said: list[str] = []
    assert push(content, settings(kibana, wait_s=60), say=said.append).objects == 15
    assert len(said) == 1
    kibana.unready = 1
    with pytest.raises(KibanaUnavailable, match=r"not ready yet.*--wait"):
        push(content, settings(kibana))


def test_no_kibana_is_said(content: bytes) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = KibanaSettings(url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(KibanaUnavailable, match=r"cannot be reached.*SHOPSCOUT_KIBANA_URL"):
            push(content, nobody)


def test_the_command_pushes(
    kibana: FakeKibana, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPSCOUT_KIBANA_URL", kibana.url)
    monkeypatch.setenv("SHOPSCOUT_KIBANA_API_KEY", KEY)
    monkeypatch.setenv("SHOPSCOUT_INDEX_PREFIX", "my-shop")
    assert main(["push", "--space", "team"]) == 0
    assert "15 objects in the space team of Kibana 9.4.3" in capsys.readouterr().out
    assert ("dashboard", "my-shop-search") in kibana.spaces["team"]
    kibana.refusals = [(403, "no")]
    assert main(["push"]) == 1
    kibana.unready = 1
    assert main(["push"]) == 4
    assert "not ready yet" in capsys.readouterr().err
