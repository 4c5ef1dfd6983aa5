"""One product over the list: where closing leads, what has the focus, and what is shown where no answer comes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from es.settings import EngineSettings
from tests.browser.test_search_page import SearchPage
from tests.served import served
from tests.shops import service

pytestmark = pytest.mark.needs_es


@pytest.fixture
def shop(chromium: webdriver.Chrome, page_url: str) -> SearchPage:
    page = SearchPage(chromium, page_url)
    page.open("/?q=scarf&mode=lexical")
    return page


@contextmanager
def unreachable(shop: SearchPage, *addresses: str) -> Iterator[None]:
    """The browser gets no answer from these addresses."""
    shop.browser.execute_cdp_cmd("Network.enable", {})
    shop.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": list(addresses)})
    try:
        yield
    finally:
        shop.browser.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})


def is_open(shop: SearchPage) -> bool:
    return shop.browser.find_element(By.ID, "product").is_displayed()


def focused(shop: SearchPage) -> str:
    return str(shop.browser.execute_script("return document.activeElement.textContent"))


def press(shop: SearchPage, key: str) -> None:
    shop.browser.switch_to.active_element.send_keys(key)


def test_closing_leads_to_the_list_also_from_a_second_variant(shop: SearchPage) -> None:
    first = shop.names[0]
    shop.browser.find_element(By.CSS_SELECTOR, "#results a").send_keys(Keys.ENTER)
    shop.until(lambda: shop.text("#product-name") == first)
    assert focused(shop) == first
    shop.until(lambda: shop.browser.find_elements(By.CSS_SELECTOR, "#product .swatches a"))
    shop.browser.find_element(By.CSS_SELECTOR, "#product .swatches a:not([aria-current])").click()
    shop.until(lambda: shop.text("#product-name") not in (first, "Loading the product"))
    assert focused(shop) == shop.text("#product-name")

    press(shop, Keys.ESCAPE)

    shop.until(lambda: not is_open(shop))
    shop.until(lambda: shop.browser.current_url.endswith("/?q=scarf&mode=lexical"))
    assert not is_open(shop)
    assert focused(shop) == first, "the focus is back at the card that was opened"


def test_the_back_button_goes_from_variant_to_variant(shop: SearchPage) -> None:
    first = shop.names[0]
    shop.browser.find_element(By.CSS_SELECTOR, "#results a").click()
    shop.until(lambda: shop.browser.find_elements(By.CSS_SELECTOR, "#product .swatches a"))
    shop.browser.find_element(By.CSS_SELECTOR, "#product .swatches a:not([aria-current])").click()
    shop.until(lambda: shop.text("#product-name") not in (first, "Loading the product"))
    shop.browser.back()
    shop.until(lambda: shop.text("#product-name") == first)
    shop.browser.back()
    shop.until(lambda: not is_open(shop))


def test_a_product_that_did_not_come_is_asked_for_again(shop: SearchPage) -> None:
    first = shop.names[0]
    with unreachable(shop, "*/api/products/*"):
        shop.browser.find_element(By.CSS_SELECTOR, "#results a").click()
        shop.until(lambda: "cannot be reached" in shop.text("#product-name"))
    shop.browser.find_element(By.CSS_SELECTOR, "#product .again button").click()
    shop.until(lambda: shop.text("#product-name") == first)
    press(shop, Keys.ESCAPE)
    shop.until(lambda: not is_open(shop))


def test_beside_trouble_nothing_of_the_answer_before_is_left(shop: SearchPage) -> None:
    shop.open("/?q=teal+scarf+by+Northpeak")
    told = ("understood", "relaxed")
    shop.until(lambda: any(shop.browser.find_element(By.ID, each).is_displayed() for each in told))
    with unreachable(shop, "*/api/search?*"):
        shop.type("backpack")
        shop.until(lambda: "cannot be reached" in shop.text("#problem"))
        left = [
            each
            for each in (*told, "spelling", "degraded", "nothing", "home")
            if shop.browser.find_element(By.ID, each).is_displayed()
        ]
        assert left == []
    press(shop, Keys.ESCAPE)  # The suggestions lie over it.
    shop.browser.find_element(By.CSS_SELECTOR, "#problem button").click()
    shop.until(lambda: "60 products" in shop.said)


def test_a_shopper_is_not_told_of_the_engine(chromium: webdriver.Chrome) -> None:
    busy = "The shop is busy just now. Try again in a moment."
    with served(service(EngineSettings(es_url="http://127.0.0.1:1", index_prefix="gone"))) as url:
        page = SearchPage(chromium, url)
        chromium.get(f"{url}/?q=lamp#product/lamp")
        page.until(lambda: page.text("#product-name") == busy)
        page.until(lambda: page.text("#problem p") == busy)
        assert chromium.find_element(By.CSS_SELECTOR, "#product .again button").is_displayed()
