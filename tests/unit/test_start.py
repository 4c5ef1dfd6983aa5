"""The service does not start with a file that it cannot use: one sentence says which setting names it."""

from pathlib import Path

import pytest

from app.__main__ import main


@pytest.mark.parametrize(
    ("setting", "content", "said"),
    [
        ("SHOPSCOUT_ORDER_POLICY", None, "No such file or directory"),
        ("SHOPSCOUT_ORDER_POLICY", "cancel: 7", "is wrong: "),
        ("SHOPSCOUT_RECOMMEND_PLACEMENTS", None, "No such file or directory"),
        ("SHOPSCOUT_RECOMMEND_PLACEMENTS", "home: {recommenders: {nobody: 1}}", "nobody"),
        ("SHOPSCOUT_FUSION_WEIGHTS", None, "none"),
    ],
)
def test_a_file_that_cannot_be_used_ends_the_command(
    setting: str,
    content: str | None,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "none.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setenv(setting, str(path))
    # Nothing answers there, should it come so far.
    monkeypatch.setenv("SHOPSCOUT_ES_URL", "http://127.0.0.1:1")
    assert main([]) == 2
    told = capsys.readouterr().err.strip()
    assert told.startswith(setting)
    assert said in told
    assert "\n" not in told
