"""The alert rules that come with the product name metrics that there are, and each says what to do."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest

from app.meter import Meter

ROOT = Path(__file__).parents[2]
SAMPLE = re.compile(r"shopscout_[a-z_]+")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "docs" / "reference" / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_every_metric_of_a_rule_is_told() -> None:
    told = generate_latest(Meter().registry).decode()
    families = set(re.findall(r"^# TYPE (\S+) ", told, re.MULTILINE))
    for rule in rules():
        for name in SAMPLE.findall(rule["expr"]):
            assert name.removesuffix("_bucket") in families, f"{rule['alert']}: there is no metric {name}"


def test_each_rule_says_what_to_do_and_stands_in_the_guide() -> None:
    guide = (ROOT / "docs" / "howto" / "operate.md").read_text()
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names) >= 10
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert len(rule["annotations"]["runbook"]) > 20
        assert f"| {rule['alert']} |" in guide


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool")
def test_prometheus_takes_the_rules() -> None:
    asked = ["promtool", "check", "rules", str(ROOT / "docs" / "reference" / "alerts.yaml")]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
