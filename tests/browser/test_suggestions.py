"""The list under the search field, as a person with a keyboard, a pointer or a screen reader meets it."""

import pytest
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.test_search_page import SearchPage

pytestmark = pytest.mark.needs_es


class Suggestions(SearchPage):
    """The search page with its list of suggestions."""

    @property
    def offered(self) -> list[str]:
        found: list[str] = self.browser.execute_script(
            "return [...document.querySelectorAll('#suggestions [role=option]')].map(e => e.textContent)"
        )
        return found

    @property
    def open_now(self) -> bool:
        return self.browser.find_element(By.ID, "suggestions").is_displayed()

    @property
    def active(self) -> str:
        """Text of the option that the field names as the active one; empty where there is none."""
        return str(
            self.browser.execute_script(
                "const id = document.getElementById('q').getAttribute('aria-activedescendant');"
                "return id ? document.getElementById(id).textContent : ''"
            )
        )

    def attribute(self, name: str) -> str | None:
        return self.browser.find_element(By.ID, "q").get_attribute(name)

    def press(self, *keys: str) -> None:
        self.browser.find_element(By.ID, "q").send_keys(*keys)

    def offer(self, words: str, expected: str) -> None:
        """Types until the expected suggestion is there; the words of the shop may still be being gathered."""
        for _ in range(3):
            self.type(words)
            try:
                self.until(lambda: any(expected in text for text in self.offered))
            except TimeoutException:
                continue
            return
        raise AssertionError(self.offered)


@pytest.fixture
def shop(chromium: webdriver.Chrome, page_url: str) -> Suggestions:
    page = Suggestions(chromium, page_url)
    page.open()
    page.complaints()
    return page


def test_a_suggestion_is_chosen_with_the_keyboard(shop: Suggestions) -> None:
    shop.offer("trail ba", "trail backpack")
    assert (shop.attribute("role"), shop.attribute("aria-expanded")) == ("combobox", "true")
    assert shop.text("#suggestions [role=option] b") == "trail"
    assert "suggestion" in shop.text("#suggested")
    assert shop.active == ""
    shop.press(Keys.ARROW_DOWN)
    first = shop.active
    assert first == shop.offered[0]
    shop.press(Keys.ARROW_DOWN)
    assert shop.active == shop.offered[1]
    shop.press(Keys.ARROW_UP)
    selected = shop.browser.find_elements(By.CSS_SELECTOR, '#suggestions [aria-selected="true"]')
    assert [option.text for option in selected] == [first]
    shop.press(Keys.ENTER)
    shop.until(lambda: shop.query == "?q=" + first.replace(" ", "+"))
    assert not shop.open_now
    assert shop.attribute("aria-expanded") == "false"
    assert shop.attribute("value") == first
    assert shop.complaints() == []


def test_the_arrows_go_round_past_the_field(shop: Suggestions) -> None:
    shop.offer("trail", "trail backpack")
    shop.press(Keys.ARROW_UP)
    assert shop.active == shop.offered[-1]
    shop.press(Keys.ARROW_DOWN)
    assert shop.active == ""
    assert shop.attribute("value") == "trail"


def test_escape_closes_the_list_and_keeps_the_words(shop: Suggestions) -> None:
    shop.offer("trail", "trail backpack")
    shop.press(Keys.ESCAPE)
    assert not shop.open_now
    assert shop.attribute("value") == "trail"
    shop.press(Keys.ARROW_DOWN)
    shop.until(lambda: shop.open_now)


def test_enter_without_a_choice_searches_for_the_words(shop: Suggestions) -> None:
    shop.offer("number 17", "number 17")
    shop.press(Keys.ENTER)
    shop.until(lambda: not shop.open_now)
    shop.until(lambda: shop.query == "?q=number+17")


def test_a_brand_becomes_a_filter_by_a_click(shop: Suggestions) -> None:
    shop.offer("northp", "Northpeak")
    shop.browser.find_element(By.CSS_SELECTOR, '[aria-labelledby="suggested-brands"] [role=option]').click()
    shop.until(lambda: shop.query == "?brand=Northpeak")
    shop.until(lambda: shop.said.startswith("40 products"))


def test_a_product_opens_and_back_leads_to_the_words(shop: Suggestions) -> None:
    shop.offer("number 17", "Trail backpack number 17")
    shop.until(lambda: shop.query == "?q=number+17")
    shop.browser.find_element(By.CSS_SELECTOR, "#suggestions .pictured").click()
    shop.until(lambda: shop.text("#product-name") == "Trail backpack number 17")
    shop.browser.back()
    shop.until(lambda: not shop.browser.find_element(By.ID, "product").is_displayed())
    assert shop.query == "?q=number+17"


def test_markup_in_a_name_is_shown_as_it_is_written(shop: Suggestions) -> None:
    shop.offer("lamp", "<b>lamp</b>")
    assert shop.browser.title != "taken over"
    assert shop.complaints() == []


def test_the_list_closes_when_the_focus_leaves(shop: Suggestions) -> None:
    shop.offer("trail", "trail backpack")
    shop.press(Keys.TAB)
    shop.until(lambda: not shop.open_now)


def test_a_phone_shows_the_list_without_scrolling_sideways(shop: Suggestions) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    shop.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        shop.open()
        shop.offer("trail", "trail backpack")
        width = shop.browser.execute_script("return document.documentElement.scrollWidth")
        assert width == 360
    finally:
        shop.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_correction_is_told_and_can_be_taken_back(shop: Suggestions) -> None:
    shop.offer("trail", "trail backpack")  # The words of the shop are gathered.
    shop.open("/?q=trail+bakpack&mode=lexical")
    assert shop.said.startswith("60 products for “trail backpack”")
    assert shop.text("#spelling") == "Showing results for trail backpack. Search for trail bakpack instead."
    shop.browser.find_element(By.CSS_SELECTOR, "#spelling a").click()
    shop.until(lambda: shop.query == "?q=trail+bakpack&mode=lexical&correct=false")
    shop.until(lambda: shop.said.startswith("0 products"))
    assert not shop.browser.find_element(By.ID, "spelling").is_displayed()
    shop.type("trail bakpac")
    shop.until(lambda: shop.query == "?q=trail+bakpac&mode=lexical")
    assert shop.complaints() == []


def test_what_may_be_meant_is_a_link(shop: Suggestions) -> None:
    shop.offer("trail", "trail backpack")
    shop.open("/?q=trail+backpack+numbr&mode=lexical")
    assert shop.text("#spelling") == "Did you mean trail backpack number?"
    shop.browser.find_element(By.CSS_SELECTOR, "#spelling a").click()
    shop.until(lambda: shop.query == "?q=trail+backpack+number&mode=lexical")
    shop.until(lambda: not shop.browser.find_element(By.ID, "spelling").is_displayed())
