"""What is said when the server does not come up. `java` is a small script."""

import os
import time
from pathlib import Path

import pytest

from es.embedded.account import Account
from es.embedded.config import configured_port, write_config
from es.embedded.folders import EngineFolders, ServerFolders
from es.embedded.java import Jdk
from es.embedded.launch import PortTaken, last_words, launch
from es.embedded.processes import LAUNCHER_MARK, SERVER_MARK, find
from es.errors import EngineSetupError
from es.settings import EngineSettings
from tests.unit.es.programs import jdk_home

OURS = Account(os.geteuid(), os.getegid(), switched=False)


@pytest.fixture
def distribution(tmp_path: Path) -> Path:
    config = tmp_path / "es home" / "config"
    config.mkdir(parents=True)
    (config / "jvm.options").write_text("-Xlog:gc*:filecount=32,filesize=64m\n-XX:+HeapDumpOnOutOfMemoryError\n")
    return config.parent


@pytest.fixture
def folders(tmp_path: Path, distribution: Path) -> ServerFolders:
    server = EngineFolders(tmp_path / "cache").server("default")
    write_config(distribution, server, 9201)
    return server


def start(tmp_path: Path, distribution: Path, folders: ServerFolders, script: str, timeout_s: float = 10) -> None:
    jdk = Jdk(jdk_home(tmp_path / "jdk", "25", script=script), 25)
    launch(distribution, folders, jdk, EngineSettings(es_heap="1g", es_java_options="-Xss2m").jvm, OURS, timeout_s)


def test_port_is_read_back_from_the_configuration(folders: ServerFolders, tmp_path: Path) -> None:
    assert configured_port(folders) == 9201
    assert configured_port(EngineFolders(tmp_path).server("never-started")) is None


def test_logs_and_heap_dumps_are_kept_small(folders: ServerFolders) -> None:
    options = (folders.config / "jvm.options").read_text()
    assert options == "-Xlog:gc*:filecount=2,filesize=8m\n-XX:-HeapDumpOnOutOfMemoryError\n"


def test_death_is_told_with_the_reason_and_not_with_stack_frames(
    tmp_path: Path, distribution: Path, folders: ServerFolders
) -> None:
    folders.launch_log.write_text("ERROR of an earlier start\n")
    script = "echo 'starting'; echo 'Error: Could not reserve enough space'; echo '	at a.b.C(D.java:1)'; exit 1"
    with pytest.raises(EngineSetupError) as refusal:
        start(tmp_path, distribution, folders, script)
    message = str(refusal.value)
    assert "its last words: Error: Could not reserve enough space (the whole log: " in message
    assert str(folders.launch_log) in message
    assert "earlier" not in message


def test_port_lost_at_the_last_moment_is_told_apart(tmp_path: Path, distribution: Path, folders: ServerFolders) -> None:
    with pytest.raises(PortTaken):
        start(tmp_path, distribution, folders, "echo 'java.net.BindException: Address already in use'; exit 1")


def test_port_that_the_account_may_not_use_names_the_setting(
    tmp_path: Path, distribution: Path, folders: ServerFolders
) -> None:
    with pytest.raises(EngineSetupError, match="SHOPSCOUT_ES_PORT"):
        start(tmp_path, distribution, folders, "echo 'java.net.BindException: Permission denied'; exit 1")


def test_start_that_takes_too_long_is_ended(tmp_path: Path, distribution: Path, folders: ServerFolders) -> None:
    with pytest.raises(EngineSetupError, match=r"not up after 0 s .* last words: still thinking"):
        start(tmp_path, distribution, folders, "echo still thinking; sleep 60", timeout_s=0.4)
    time.sleep(0.1)
    assert find(LAUNCHER_MARK, folders.token) is None


def test_server_gets_its_heap_its_token_and_a_session_of_its_own(
    tmp_path: Path, distribution: Path, folders: ServerFolders
) -> None:
    start(tmp_path, distribution, folders, 'echo "$ES_JAVA_OPTS|$ES_HOME|$(ps -o pgid= -p $$)|$$"')
    options, home, group, pid = folders.launch_log.read_text().strip().split("|")
    assert options == f"-Xms1g -Xmx1g -Xss2m {SERVER_MARK}{folders.token}"
    assert home == str(distribution)
    assert group.strip() == pid


def test_cause_is_quoted_before_what_follows_from_it_and_warnings_are_not() -> None:
    log = "[WARN ][o.e] Exception\n[ERROR][o.e] unknown setting [x]\n\tat a.B(C.java:1)\nERROR: died\n"
    assert last_words(log) == "[ERROR][o.e] unknown setting [x] | ERROR: died"


def test_log_without_telling_lines_is_quoted_from_its_end() -> None:
    assert last_words("one\ntwo\n\nthree\n", lines=2) == "two | three"
    assert last_words("") == "none"
