"""The assistant beside the shop, in a real browser over a real shop."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import HOSTILE_NAME

pytestmark = pytest.mark.needs_es


class Panel:
    """What a person sees of the assistant and says to it."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        self.url = url

    def open(self) -> None:
        self.browser.get(self.url)
        self.browser.find_element(By.ID, "ask").click()

    def say(self, words: str, answers: int) -> None:
        """Says something and waits until so many answers stand there, the last of them whole."""
        self.browser.find_element(By.ID, "message").send_keys(words + Keys.ENTER)
        self.until(lambda: self.whole == answers)

    def until(self, condition: Callable[[], object]) -> None:
        WebDriverWait(self.browser, 30, 0.05).until(lambda _: condition())

    @property
    def whole(self) -> int:
        return len(self.texts("#chat .assistant .verdict"))

    @property
    def open_now(self) -> bool:
        return self.browser.find_element(By.ID, "chat").is_displayed()

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector
        )
        return found

    def offline(self, away: bool) -> None:
        """As where the network is gone."""
        conditions = {"offline": away, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.browser.execute_cdp_cmd("Network.enable", {})
        self.browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


@pytest.fixture
def panel(chromium: webdriver.Chrome, page_url: str) -> Iterator[Panel]:
    chromium.get(page_url)
    chromium.execute_script("sessionStorage.clear()")
    panel = Panel(chromium, page_url)
    panel.open()
    chromium.get_log("browser")
    yield panel
    panel.offline(False)


def test_an_answer_has_words_products_and_what_may_be_said_next(panel: Panel) -> None:
    assert panel.texts("#chat .offers button"), "beginnings are offered"
    panel.say("a green backpack", 1)
    assert "backpack" in panel.texts("#chat .assistant .said")[0]
    names = panel.texts("#chat .chat-products a")
    assert names
    assert all(name.startswith("Trail backpack") for name in names)
    assert panel.texts("#chat .known li")
    offered = {text: button for button in panel.browser.find_elements(By.CSS_SELECTOR, "#chat .offers button")
               if (text := button.text)}  # fmt: skip
    offered["Compare the first two"].click()
    panel.until(lambda: panel.whole == 2)
    assert panel.texts("#chat .comparison thead th") == names[:2]
    assert panel.texts("#chat .user") == ["a green backpack", "Compare the first two"]
    assert not [line for line in panel.browser.get_log("browser") if line["level"] == "SEVERE"]


def test_the_conversation_is_there_after_a_reload_and_can_be_begun_anew(panel: Panel) -> None:
    panel.say("a red backpack", 1)
    said = panel.texts("#chat .said")
    panel.open()
    panel.until(lambda: panel.whole == 1)
    assert panel.texts("#chat .user") == ["a red backpack"]
    assert panel.texts("#chat .said") == said
    panel.browser.find_element(By.CSS_SELECTOR, "[data-chat=anew]").click()
    assert panel.texts("#chat .turn") == []
    panel.say("a lamp", 1)
    assert panel.texts("#chat .user") == ["a lamp"]


def test_a_product_opens_from_an_answer_and_its_name_is_only_text(panel: Panel) -> None:
    panel.say("do you have a lamp?", 1)
    # The assistant repeats no name that is markup; the product's own page shows it as text.
    assert panel.texts("#chat .chat-products a") == ["Product lamp"]
    assert panel.browser.title == "shopscout"
    panel.browser.find_element(By.CSS_SELECTOR, "#chat .chat-products a").click()
    panel.until(lambda: panel.texts("#product-name") == [HOSTILE_NAME])


def test_what_could_not_be_sent_is_sent_again(panel: Panel) -> None:
    panel.offline(True)
    panel.browser.find_element(By.ID, "message").send_keys("a backpack" + Keys.ENTER)
    panel.until(lambda: panel.texts("#chat .failed .said"))
    assert "cannot be reached" in panel.texts("#chat .failed .said")[0]
    panel.offline(False)
    panel.browser.find_element(By.CSS_SELECTOR, "#chat .failed button").click()
    panel.until(lambda: panel.whole == 1)
    assert panel.texts("#chat .user") == ["a backpack"]
    assert panel.texts("#chat .failed") == []


def test_a_session_that_has_ended_begins_anew_by_itself(panel: Panel) -> None:
    panel.browser.execute_script("sessionStorage.setItem('shopscout-chat', 'ended-long-ago')")
    panel.open()
    panel.say("a backpack", 1)
    assert panel.texts("#chat .user") == ["a backpack"]


def test_a_picture_is_asked_about_and_leaves_the_search_alone(panel: Panel, tmp_path: Path) -> None:
    picture = tmp_path / "seen.png"
    Image.new("RGB", (64, 64), "red").save(picture)
    panel.browser.find_element(By.CSS_SELECTOR, "[data-chat=file]").send_keys(str(picture))
    panel.until(lambda: panel.browser.find_element(By.CSS_SELECTOR, "#chat .pictured img").is_displayed())
    panel.say("", 1)
    assert panel.browser.find_elements(By.CSS_SELECTOR, "#chat .user img")
    assert panel.texts("#chat .assistant .said")[0]
    assert not panel.browser.find_element(By.CSS_SELECTOR, "#chat .pictured").is_displayed()
    assert not panel.browser.find_element(By.ID, "pictured").is_displayed()


def test_an_answer_can_be_judged(panel: Panel) -> None:
    panel.say("a backpack", 1)
    panel.browser.find_element(By.CSS_SELECTOR, "#chat .verdict button").click()
    panel.until(lambda: panel.texts("#chat .verdict button") == [])
    assert panel.texts("#chat .verdict") == ["Thank you."]


def test_escape_closes_and_gives_the_focus_back(panel: Panel) -> None:
    assert panel.open_now
    panel.browser.find_element(By.ID, "message").send_keys(Keys.ESCAPE)
    assert not panel.open_now
    assert panel.browser.switch_to.active_element.get_attribute("id") == "ask"
    panel.browser.find_element(By.ID, "ask").click()
    assert panel.open_now
    assert panel.browser.switch_to.active_element.get_attribute("id") == "message"
