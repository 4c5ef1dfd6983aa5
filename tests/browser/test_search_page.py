"""The search page in a real browser over a real shop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import HOSTILE_NAME

pytestmark = pytest.mark.needs_es


class SearchPage:
    """What a person sees and does."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        self.url = url

    def open(self, path: str = "/") -> None:
        self.browser.get("about:blank")
        self.browser.get(self.url + path)
        self.until(lambda: "product" in self.said)

    def until(self, condition: Callable[[], object]) -> None:
        """Waits for at most half a minute; parts of the page may be replaced meanwhile."""
        WebDriverWait(self.browser, 30, 0.05).until(lambda _: condition())

    @property
    def said(self) -> str:
        """The line that says how many products were found."""
        return self.text("#count")

    @property
    def names(self) -> list[str]:
        found: list[str] = self.browser.execute_script(
            "return [...document.querySelectorAll('#results h3')].map(e => e.textContent)"
        )
        return found

    @property
    def query(self) -> str:
        return str(self.browser.execute_script("return location.search"))

    def text(self, selector: str) -> str:
        return str(self.browser.execute_script("return document.querySelector(arguments[0]).textContent", selector))

    def tick(self, key: str) -> None:
        """Ticks the value of a facet, named `facet=value`."""
        self.browser.find_element(By.CSS_SELECTOR, f'[data-key="{key}"]').click()

    def type(self, words: str) -> None:
        box = self.browser.find_element(By.ID, "q")
        box.clear()
        box.send_keys(words)

    def complaints(self) -> list[str]:
        """What the browser's console holds against the page."""
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.fixture
def shop(chromium: webdriver.Chrome, page_url: str) -> SearchPage:
    page = SearchPage(chromium, page_url)
    page.open()
    page.complaints()
    return page


def test_typing_searches_and_enter_is_not_needed(shop: SearchPage) -> None:
    shop.type("number 17 backpack")
    shop.until(lambda: shop.names[0] == "Trail backpack number 17")
    shop.until(lambda: shop.query == "?q=number+17+backpack")
    assert "“number 17 backpack”" in shop.said
    assert shop.complaints() == []


def test_a_facet_narrows_a_chip_widens_and_back_goes_back(shop: SearchPage) -> None:
    shop.open("/?q=backpack&mode=lexical")
    assert shop.said.startswith("60 products")
    shop.tick("brand=Acme")
    shop.until(lambda: shop.said.startswith("20 products"))
    shop.tick("color=red")
    shop.until(lambda: shop.said.startswith("10 products"))
    assert shop.query == "?q=backpack&mode=lexical&brand=Acme&color=red"
    # The other brand is still offered, with what it would add.
    assert shop.text('label:has([data-key="brand=Northpeak"]) .number') == "20"
    shop.browser.back()
    shop.until(lambda: shop.said.startswith("20 products"))
    shop.browser.find_element(By.CSS_SELECTOR, "#chips button").click()
    shop.until(lambda: shop.said.startswith("60 products"))
    assert shop.query == "?q=backpack&mode=lexical"


def test_what_was_understood_is_a_chip_that_gives_the_words_back(shop: SearchPage) -> None:
    shop.open("/?q=backpack under $5&mode=lexical")
    shop.until(lambda: shop.text("#understood") == "under $5\u00d7")
    shop.browser.find_element(By.CSS_SELECTOR, "#understood button").click()
    shop.until(lambda: not shop.browser.find_element(By.ID, "understood").is_displayed())
    assert shop.query.endswith("keep_words=under+%245")
    shop.until(lambda: shop.text("#chips") == "As words: under $5\u00d7")
    shop.browser.find_element(By.CSS_SELECTOR, "#chips button").click()
    shop.until(lambda: shop.text("#understood") == "under $5\u00d7")
    assert shop.complaints() == []


def test_show_more_reaches_every_product_once(shop: SearchPage) -> None:
    shop.open("/?q=backpack&mode=lexical")
    for shown in (48, 60):
        shop.browser.find_element(By.ID, "more").click()
        shop.until(lambda shown=shown: len(shop.names) == shown)
    assert len(set(shop.names)) == 60
    assert not shop.browser.find_element(By.ID, "more").is_displayed()


def test_markup_in_a_product_is_shown_as_it_is_written(shop: SearchPage) -> None:
    shop.open("/?q=lamp&mode=lexical")
    assert shop.names == [HOSTILE_NAME]
    shop.browser.find_element(By.CSS_SELECTOR, "#results a").click()
    shop.until(lambda: shop.text("#product-name") == HOSTILE_NAME)
    assert shop.text("#product .description") == HOSTILE_NAME
    shop.browser.back()
    shop.until(lambda: not shop.browser.find_element(By.ID, "product").is_displayed())
    assert shop.browser.title == "lamp · shopscout"
    assert shop.complaints() == []


def test_a_product_opens_by_its_address_and_escape_closes_it(shop: SearchPage) -> None:
    shop.open("/?q=backpack#product/backpack%2F7")
    shop.until(lambda: shop.text("#product-name") == "Trail backpack number 7")
    assert "Weight g900" in shop.text("#product table")
    shop.browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    shop.until(lambda: not shop.browser.find_element(By.ID, "product").is_displayed())
    assert shop.browser.current_url.endswith("/?q=backpack")


def test_a_mistake_in_the_address_is_told_in_a_sentence(shop: SearchPage) -> None:
    shop.browser.get(f"{shop.url}/?min_price=50&max_price=2")
    shop.until(lambda: shop.text("#problem") == "min_price (50) is above max_price (2); swap them.")


def test_a_phone_never_scrolls_sideways(shop: SearchPage) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    shop.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        for path in ("/?q=backpack&brand=Acme&color=red&min_price=1", "/?q=lamp&mode=lexical#product/lamp"):
            shop.open(path)
            width, wanted = shop.browser.execute_script(
                "return [window.innerWidth, document.documentElement.scrollWidth]"
            )
            assert (width, wanted) == (360, 360)
        shop.open()
        shop.browser.find_element(By.ID, "unfold").click()
        shop.tick("brand=Acme")
        shop.until(lambda: shop.text("#fold") == "Show 20 products")
        shop.browser.find_element(By.ID, "fold").click()
        assert not shop.browser.find_element(By.ID, "facets").is_displayed()
    finally:
        shop.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_facets_are_those_that_tell_the_products_apart(shop: SearchPage) -> None:
    shop.open("/?q=backpack&mode=lexical")
    legends = shop.browser.execute_script(
        "return [...document.querySelectorAll('#facets legend')].map(e => e.textContent)"
    )
    # All of them cost the same, weigh the same, are in stock and have one category.
    assert legends == ["Brand", "Colour"]


def test_a_range_of_prices_is_a_filter(shop: SearchPage) -> None:
    shop.open("/?price=..10&price=19.5..20")
    assert shop.said.startswith("62 products")
    chips = shop.browser.execute_script("return [...document.querySelectorAll('#chips button')].map(e => e.ariaLabel)")
    assert chips == ["Remove the filter Under 10", "Remove the filter 19.5 to 20"]


def logged(url: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{url}/api/admin/search/analytics", timeout=30).json()
    return found


def test_what_is_searched_for_and_clicked_is_counted(shop: SearchPage) -> None:
    before = {row["query"]: row for row in logged(shop.url)["top_queries"]}.get("number 23", {"searches": 0})
    shop.type("number 2")
    shop.until(lambda: shop.query == "?q=number+2")
    shop.type("number 23")
    shop.until(lambda: shop.query == "?q=number+23")
    shop.until(lambda: shop.names and shop.names[0] == "Trail backpack number 23")
    shop.browser.find_element(By.CSS_SELECTOR, "#results a").click()
    shop.until(lambda: shop.text("#product-name") == "Trail backpack number 23")

    def counted() -> bool:
        rows = {row["query"]: row for row in logged(shop.url)["top_queries"]}
        # Half of a query counts nowhere; the whole one counts as it was clicked.
        assert "number 2" not in rows
        found = rows.get("number 23", before)
        return bool(found["searches"] > before["searches"] and found["ctr"]["1"] == found["mrr"] == 1.0)

    shop.until(counted)
    assert shop.complaints() == []


def test_a_picture_is_searched_by_and_taken_away(shop: SearchPage, tmp_path: Path) -> None:
    file = tmp_path / "red.png"
    Image.new("RGB", (40, 40), "red").save(file)
    shop.open("/?q=lamp")
    shop.browser.find_element(By.ID, "file").send_keys(str(file))

    # This shop was loaded without pictures: the words do it, and that is said.
    shop.until(lambda: "no vectors of pictures" in shop.text("#degraded"))
    assert shop.browser.find_element(By.CSS_SELECTOR, "#pictured img").is_displayed()
    assert shop.said.startswith("1 product")
    shop.browser.find_element(By.CSS_SELECTOR, "#pictured button").click()
    shop.until(lambda: not shop.browser.find_element(By.ID, "degraded").is_displayed())
    assert not shop.browser.find_element(By.ID, "pictured").is_displayed()
    assert shop.complaints() == []


def test_a_family_is_one_card_and_its_variants_are_beside_the_product(shop: SearchPage) -> None:
    shop.open("/?q=woven+scarf&mode=lexical")
    assert shop.names[0].startswith("Woven scarf")
    assert sum(name.startswith("Woven scarf") for name in shop.names) == 1
    assert shop.text("#results .card .variants") == "3 variants"
    shop.browser.find_element(By.CSS_SELECTOR, "#results h3 a").click()
    shop.until(lambda: len(shop.browser.find_elements(By.CSS_SELECTOR, ".swatches a")) == 3)
    first = shop.text("#product-name")
    shop.browser.find_element(By.CSS_SELECTOR, ".swatches a:not([aria-current])").click()
    shop.until(lambda: shop.text("#product-name") not in (first, "Loading the product"))
    assert shop.text("#product-name").startswith("Woven scarf")
    assert shop.complaints() == []


def test_categories_stand_below_what_they_are_part_of(shop: SearchPage) -> None:
    shop.open("/?q=woven+scarf")
    rows = "return [...document.querySelectorAll('#facets [data-key^=\"shop_category=\"]')].map(box => "
    rows += "[box.dataset.key, box.closest('label').className, box.parentElement.querySelector('.value').textContent])"
    assert shop.browser.execute_script(rows) == [
        ["shop_category=Accessories", "", "Accessories"],
        ["shop_category=Accessories/Scarves", "below-1", "Scarves"],
    ]
    shop.tick("shop_category=Accessories")
    shop.until(lambda: "shop_category=Accessories" in shop.query)
    shop.until(lambda: shop.names and all("scarf" in name for name in shop.names))
