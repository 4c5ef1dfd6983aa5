"""The search page of a shop that lets nobody in without a key."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver

from app.access.settings import AccessMode, AccessSettings
from es.client import connect, connect_async
from es.names import IndexNames
from es.settings import EngineSettings
from shop.keys.key import KeyKind, new_key
from shop.keys.store import KeyStore
from tests.browser.test_search_page import SearchPage
from tests.factory import product
from tests.served import served
from tests.shops import service, shop_of

pytestmark = pytest.mark.needs_es


@contextmanager
def closed(engine: EngineSettings, page_key: str, port: int) -> Iterator[str]:
    access = AccessSettings(access=AccessMode.KEYS, page_key=page_key)
    with served(service(engine, access=access), port) as url:
        yield url


@pytest.fixture(scope="module")
def engine(es_url: str) -> Iterator[EngineSettings]:
    with shop_of(es_url, [product("lamp", name="Trail lamp")]) as engine:
        yield engine


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def page_key(engine: EngineSettings, origin: str) -> str:
    key, written = new_key("page", KeyKind.PUBLIC, ["search", "events"], origins=[origin])
    client = connect_async(engine)
    try:
        await KeyStore(client, IndexNames(engine.index_prefix)).add(key)
    finally:
        await client.close()
    return written


async def test_the_page_searches_and_tells_what_was_looked_at(
    chromium: webdriver.Chrome, engine: EngineSettings
) -> None:
    port = free_port()
    key = await page_key(engine, f"http://127.0.0.1:{port}")
    with closed(engine, key, port) as url:
        page = SearchPage(chromium, url)
        page.open("/?q=lamp")
        page.until(lambda: page.names == ["Trail lamp"])
        page.complaints()
        chromium.find_element("css selector", "#results h3 a").click()
        page.until(lambda: "Trail lamp" in page.text("main.shop, #product, body"))
        with connect(engine) as client:

            def viewed() -> int:
                found = client.options(ignore_status=(404, 503)).count(
                    index=IndexNames(engine.index_prefix).events, q="type:view_product AND product_id:lamp"
                )
                return int(found.get("count", 0))

            page.until(viewed)
        assert page.complaints() == []


def test_without_its_key_the_page_says_that_one_is_needed(chromium: webdriver.Chrome, engine: EngineSettings) -> None:
    with closed(engine, "", 0) as url:
        chromium.get(f"{url}/?q=lamp")
        page = SearchPage(chromium, url)
        page.until(lambda: "key" in page.text("main.shop"))
        assert page.names == []


def test_only_a_public_key_may_stand_in_the_page() -> None:
    with pytest.raises(ValueError, match="page_key"):
        AccessSettings(page_key="ssk_0123456789ab_secret")
