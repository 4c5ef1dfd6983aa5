"""Which Java is taken out of those that are installed."""

import os
from pathlib import Path

import pytest

from es.embedded.account import Account
from es.embedded.java import JavaMissing, find_jdk, installed, read_jdk
from tests.unit.es.programs import jdk_home, program

OURS = Account(os.geteuid(), os.getegid(), switched=False)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing installed: PATH leads to an empty folder."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def found(machine: Path, java_home: Path | None = None) -> str:
    return find_jdk(java_home, OURS, [(machine, ("jvm/*",))]).home.name


def test_newest_known_version_wins_over_older_and_untested(machine: Path) -> None:
    for name, version in (("a", "21.0.2"), ("b", "25.0.1"), ("c", "99"), ("d", "17.0.9")):
        jdk_home(machine / "jvm" / name, version)
    assert found(machine) == "b"


def test_of_untested_versions_the_oldest_is_taken(machine: Path) -> None:
    jdk_home(machine / "jvm" / "a", "99")
    jdk_home(machine / "jvm" / "b", "31.0.1")
    assert found(machine) == "b"


def test_java_home_is_preferred_when_it_will_do(machine: Path) -> None:
    jdk_home(machine / "jvm" / "newer", "25.0.1")
    chosen = jdk_home(machine / "chosen", "21")
    assert found(machine, chosen) == "chosen"


def test_java_home_that_is_too_old_is_passed_over(machine: Path) -> None:
    jdk_home(machine / "jvm" / "newer", "25.0.1")
    assert found(machine, jdk_home(machine / "chosen", "11.0.2")) == "newer"


def test_runtime_without_the_module_is_refused_by_name(machine: Path) -> None:
    jre = jdk_home(machine / "jvm" / "jre", "21", modules="java.base java.sql")
    old = jdk_home(machine / "jvm" / "old", "1.8.0_402")
    with pytest.raises(JavaMissing) as refusal:
        found(machine)
    message = str(refusal.value)
    assert f"{jre} lacks the module jdk.jlink" in message
    assert f"{old} is Java 8" in message
    assert "SHOPSCOUT_ES_URL" in message


def test_java_on_path_is_followed_to_its_home(machine: Path) -> None:
    home = jdk_home(machine / "elsewhere" / "jdk", "24")
    (machine / "bin" / "java").symlink_to(home / "bin" / "java")
    assert found(machine) == "jdk"


def test_one_java_under_two_names_is_seen_once(machine: Path) -> None:
    home = jdk_home(machine / "jvm" / "jdk-21", "21")
    (machine / "jvm" / "default").symlink_to(home)
    assert list(installed(home, [(machine, ("jvm/*",))])) == [home]


def test_without_a_release_file_java_itself_is_asked(machine: Path) -> None:
    home = machine / "jvm" / "bare"
    modules = "*list-modules*) echo java.base@22; echo jdk.jlink@22;;"
    program(home / "bin" / "java", f'case "$*" in {modules} *) echo "    java.version = 22.0.1";; esac')
    assert found(machine) == "bare"


def test_a_java_that_does_not_run_is_no_java(machine: Path) -> None:
    program(machine / "broken" / "bin" / "java", "exit 3")
    assert read_jdk(machine / "broken") is None


def test_java_closed_to_the_account_of_the_server_is_refused(machine: Path) -> None:
    home = jdk_home(machine / "jvm" / "jdk", "25")
    home.chmod(0o700)
    with pytest.raises(JavaMissing, match="closed to user 64920"):
        find_jdk(None, Account(64920, 64920, switched=True), [(machine, ("jvm/*",))])
