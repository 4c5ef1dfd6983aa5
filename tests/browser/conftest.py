"""A real Chromium, and the service in a thread of its own for it to look at."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.factory import product
from tests.served import served
from tests.shops import service, shop_of

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
HOSTILE_NAME = "<img src=x onerror=\"document.title='taken over'\"> Trail <b>lamp</b>"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--no-first-run", "--window-size=1280,900",
)  # fmt: skip


@pytest.fixture(scope="session")
def page_url(es_url: str) -> Iterator[str]:
    """Address of a shop of 60 backpacks of two brands, a scarf in three colours, and one product whose texts are
    markup."""
    backpacks = [
        product(
            f"backpack/{i}",
            name=f"Trail backpack number {i}",
            brand="Northpeak" if i % 3 else "Acme",
            category="sports_outdoors",
            rating=4.5,
            review_count=i,
            specifications={"color": "red" if i % 2 else "green", "weight_g": 900},
        )
        for i in range(60)
    ]
    hostile = product("lamp", name=HOSTILE_NAME, brand="<script>", description=HOSTILE_NAME, category="home_garden")
    scarves = [
        product(f"scarf-{hue}", name=f"Woven scarf, {hue}", parent_id="scarf", brand="Loom", category="clothing",
                categories=["Accessories/Scarves"], specifications={"color": hue})
        for hue in ("crimson", "teal", "ivory")
    ]  # fmt: skip
    with shop_of(es_url, [*backpacks, hostile, *scarves]) as engine, served(service(engine)) as url:
        yield url


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One browser for all tests, with a new profile."""
    binary = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    driver = shutil.which(DRIVER)
    if binary is None or driver is None:
        pytest.skip("Chromium or its driver is not installed (Debian: apt install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    profile: Path = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()
