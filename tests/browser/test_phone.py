"""What covers all of a narrow screen is all that can be reached, by keys and screen readers, until it is closed."""

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.test_search_page import SearchPage

pytestmark = pytest.mark.needs_es

PHONE = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}


@pytest.fixture
def phone(chromium: webdriver.Chrome, page_url: str) -> Iterator[SearchPage]:
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    page = SearchPage(chromium, page_url)
    page.open("/?q=backpack")
    yield page
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def reached(page: SearchPage, keys: int) -> set[str]:
    """Ids of the parts of the page that the Tab key comes to; the browser's own controls are none."""
    found = set()
    for _ in range(keys):
        ActionChains(page.browser).send_keys(Keys.TAB).perform()
        found.add(
            page.browser.execute_script(
                "return document.activeElement.closest('#filters, #chat, .top, section')?.id ?? ''"
            )
        )
    return found - {""}


def test_only_the_filters_are_reached_while_they_cover_the_products(phone: SearchPage) -> None:
    phone.browser.find_element(By.ID, "unfold").click()
    assert reached(phone, 40) == {"filters"}
    ActionChains(phone.browser).send_keys(Keys.ESCAPE).perform()
    phone.until(lambda: not phone.browser.find_element(By.ID, "filters").is_displayed())
    assert phone.browser.switch_to.active_element.get_attribute("id") == "unfold"
    assert "filters" not in reached(phone, 3)


def test_a_wider_screen_closes_the_filters_and_gives_the_page_back(phone: SearchPage) -> None:
    phone.browser.find_element(By.ID, "unfold").click()
    phone.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE | {"width": 1200})
    phone.until(lambda: not phone.browser.find_elements(By.CSS_SELECTOR, "[inert]"))


def test_only_the_assistant_is_reached_while_it_covers_the_screen(phone: SearchPage) -> None:
    phone.browser.find_element(By.ID, "ask").click()
    assert reached(phone, 12) == {"chat"}
    phone.browser.find_element(By.CSS_SELECTOR, '[data-chat="close"]').click()
    assert phone.browser.switch_to.active_element.get_attribute("id") == "ask"
    assert not phone.browser.find_elements(By.CSS_SELECTOR, "[inert]")


def test_closing_the_assistant_leaves_what_the_filters_cover_covered(phone: SearchPage) -> None:
    phone.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE | {"width": 700})
    phone.browser.find_element(By.ID, "ask").click()
    phone.browser.execute_script("document.getElementById('unfold').click()")
    phone.browser.execute_script("document.querySelector('[data-chat=\"close\"]').click()")
    assert phone.browser.find_element(By.ID, "filters").is_displayed()
    assert phone.browser.find_elements(By.CSS_SELECTOR, "[inert]")
    phone.browser.execute_script("document.getElementById('fold').click()")
    phone.until(lambda: not phone.browser.find_elements(By.CSS_SELECTOR, "[inert]"))


@pytest.mark.parametrize(("path", "where"), [("/", "body"), ("/?q=scarf&mode=lexical#product/scarf-teal", "#product")])
def test_every_link_and_button_has_a_name(phone: SearchPage, path: str, where: str) -> None:
    phone.open(path)
    phone.until(lambda: phone.text("#product-name") == "Woven scarf, teal" if where == "#product" else True)
    place = phone.browser.find_element(By.CSS_SELECTOR, where)
    controls = [
        each
        for each in place.find_elements(By.CSS_SELECTOR, "a, button, input:not([type=file]), select")
        if each.is_displayed()
    ]
    assert controls
    assert [each.get_attribute("outerHTML") for each in controls if not each.accessible_name] == []
