"""What locust runs: `python -m locust -f loadtest/locustfile.py --headless -H https://shop.example`.

Number of users, time, shape, key and thresholds come from SHOPSCOUT_LOADTEST_ settings. Prints a verdict at the end,
writes it on top of the report (--html), and exits with 1 where a threshold is broken.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from locust import events
from locust.env import Environment

from loadtest import report
from loadtest.merchants import Merchant
from loadtest.settings import LoadSettings
from loadtest.shapes import shape_of
from loadtest.shoppers import Shopper
from loadtest.tally import Tally
from loadtest.users import Visitor
from loadtest.verdict import ThresholdsWrong, judged, thresholds_of

SETTINGS = LoadSettings()
try:
    ASKED = thresholds_of(SETTINGS.thresholds, SETTINGS.shape)
except ThresholdsWrong as error:
    sys.exit(str(error))
TALLY = Tally(ASKED.in_time_ms)
Shape = shape_of(SETTINGS)
Visitor.settings = SETTINGS
Shopper.weight = 1_000
Merchant.weight = round(1_000 * SETTINGS.merchants / (1 - SETTINGS.merchants)) if SETTINGS.merchants < 1 else 1
if not SETTINGS.writes:
    del Merchant


def _begin(**_: Any) -> None:  # noqa: ANN401 - locust's own
    TALLY.began = time.time()


def _note(
    name: str,
    response_time: float,
    exception: BaseException | None,
    start_time: float,
    **_: Any,  # noqa: ANN401
) -> None:
    TALLY.note(name, response_time, exception, start_time + response_time / 1000)


def _judge(environment: Environment, **_: Any) -> None:  # noqa: ANN401
    lasted = min(SETTINGS.time_s, time.time() - TALLY.began) if TALLY.began else 0.0
    found = judged(TALLY, ASKED, Shape.curve, lasted)
    title = (
        f"{SETTINGS.shape}: up to {SETTINGS.users} users, thinking {SETTINGS.think_least_s:g} to "
        f"{SETTINGS.think_most_s:g} s, {lasted:.0f} s, at {environment.host}"
    )
    for line in report.lines(title, TALLY, found):
        sys.stdout.write(f"{line}\n")
    page = getattr(environment.parsed_options, "html_file", None)
    if page and Path(page).exists():
        report.put_on_top(Path(page), title, TALLY, found)
    figures = {**report.values(title, TALLY, found), "settled_from": Shape.curve.settled_from}
    for file in (SETTINGS.figures, SETTINGS.figures_copy):
        if file is not None:
            file.write_text(json.dumps(figures), encoding="utf-8")
    environment.process_exit_code = 0 if all(each.holds for each in found) else 1


for hook, listener in ((events.test_start, _begin), (events.request, _note), (events.quitting, _judge)):
    hook.add_listener(listener)  # type: ignore[no-untyped-call] # locust's own has no types
