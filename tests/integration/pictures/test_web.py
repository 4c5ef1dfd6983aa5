"""Fetching pictures: from a real server, which answers as servers do."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from embed.errors import PictureRefused
from embed.pictures import examine
from shop.pictures.addresses import AllowedHosts
from shop.pictures.errors import PictureUnavailable, PrivateHost
from shop.pictures.hosts import FAILURES_IN_A_ROW
from shop.pictures.picture import Content
from shop.pictures.records import FetchRecords
from shop.pictures.web import WebPictures
from shop.settings import PictureSettings
from tests.drawn import file
from tests.picture_server import PICTURE, PictureServer

# `localhost` is allowed by name, 127.0.0.1 is not: so a redirect to it must be refused.
SETTINGS = PictureSettings(max_bytes=100_000, fetch_s=1.5, private_hosts="localhost", _env_file=None)


def never(_digest: str) -> bool:
    return False


def always(_digest: str) -> bool:
    return True


@pytest.fixture
def web() -> Iterator[WebPictures]:
    found = WebPictures(SETTINGS)
    yield found
    found.close()


def refusal(web: WebPictures, address: str) -> str:
    """Why there is no picture at the address, whether its server or its content says so."""
    try:
        examine(web.read(address, never).file or b"")
    except (PictureUnavailable, PictureRefused) as error:
        return str(error)
    raise AssertionError("there is one")


@pytest.mark.parametrize("path", ["picture.png", "claims-text.png", "to_picture", "busy-once.png", "picture.png?w=1#x"])
def test_a_picture_is_fetched(web: WebPictures, pictures_at: PictureServer, path: str) -> None:
    assert web.read(f"{pictures_at.url}/{path}", never) == Content(sha256(PICTURE).hexdigest(), PICTURE)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("absent.jpg", "answered 404"),
        ("page.jpg", "an HTML page"),
        ("empty.jpg", "empty (0 bytes)"),
        ("drawing.svg", "an SVG drawing"),
        ("cut.png", "breaks off"),
        ("five-gigabytes.jpg", "larger than 0.1 MB"),
        ("endless.jpg", "larger than 0.1 MB"),
        ("silent.jpg", "did not send it within 1.5 s"),
        ("drops.jpg", "did not send it within 1.5 s"),
        ("packed.png", "compressed (gzip)"),
        ("to_loopback", "127.0.0.1: private addresses"),
        ("to_metadata", "169.254.169.254: private addresses"),
        ("to_file", "leads to file:"),
        ("to_itself", "redirected more than 5 times"),
        ("busy.png", "answered 429"),
    ],
)
def test_what_is_no_picture_is_refused_in_time(
    web: WebPictures, pictures_at: PictureServer, path: str, reason: str
) -> None:
    started = time.monotonic()
    assert reason in refusal(web, f"{pictures_at.url}/{path}")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1", "0.0.0.0"]
)
def test_private_addresses_are_refused_however_they_are_written(host: str) -> None:
    with pytest.raises(PrivateHost, match="private addresses"):
        WebPictures(PictureSettings(_env_file=None)).get(f"http://{host}/picture.png")


@pytest.mark.parametrize(
    "address", ["http://", "http:///x", "http://[::1", "http://x:99999999/", "ftp://x/y", "mug.png"]
)
def test_what_is_no_web_address_is_refused(web: WebPictures, address: str) -> None:
    with pytest.raises(PictureUnavailable, match=r"no address|not to http"):
        web.get(address)


def test_the_connection_goes_to_the_address_that_was_judged(pictures_at: PictureServer) -> None:
    """DNS rebinding: a name that is public when it is judged and loopback when it is asked for again."""
    answers = iter([["203.0.113.7"], ["127.0.0.1"]])
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    web = WebPictures(PictureSettings(fetch_s=1, private_hosts="203.0.113.0/24", _env_file=None), resolve=rebinding)
    # The first address is connected to, and nothing else: the tests' guard refuses it by its number.
    with pytest.raises(Exception, match=r"203\.0\.113\.7"):
        web.get(f"http://evil.example:{pictures_at.port}/picture.png")
    assert asked == ["evil.example"]
    with pytest.raises(PrivateHost, match=r"127\.0\.0\.1"):
        web.get(f"http://evil.example:{pictures_at.port}/picture.png")
    assert pictures_at.asked.total() == 0


def test_only_the_public_addresses_of_a_host_are_connected_to(pictures_at: PictureServer) -> None:
    settings = PictureSettings(private_hosts="127.0.0.0/30", _env_file=None)
    web = WebPictures(settings, resolve=lambda _host, _port: ["10.0.0.1", "127.0.0.1"])
    assert web.get(f"http://shop.example:{pictures_at.port}/picture.png").file == PICTURE
    web.close()


def test_a_name_that_is_not_known_is_said() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("Name or service not known")

    nowhere = WebPictures(SETTINGS, resolve=unknown)
    with pytest.raises(PictureUnavailable, match=r"nowhere\.example is not known"):
        nowhere.get("http://nowhere.example/x.jpg")
    nowhere.close()


def test_a_resolver_that_hangs_is_left() -> None:
    release = threading.Event()

    def hangs(_host: str, _port: int) -> list[str]:
        release.wait(20)
        return []

    slow = WebPictures(SETTINGS.model_copy(update={"fetch_s": 0.3}), resolve=hangs)
    started = time.monotonic()
    with pytest.raises(PictureUnavailable, match="did not send it"):
        slow.get("http://slow.example/x.jpg")
    assert time.monotonic() - started < 3
    release.set()
    slow.close()


def test_few_requests_at_once_go_to_one_host(pictures_at: PictureServer) -> None:
    web = WebPictures(SETTINGS.model_copy(update={"per_host": 2, "fetch_s": 20.0}))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: web.get(f"{pictures_at.url}/slow-picture.png?{n}").file, range(12)))
    web.close()

    assert found == [PICTURE] * 12
    assert pictures_at.most_at_once == 2


def test_a_host_that_does_not_answer_is_left_alone(pictures_at: PictureServer, web: WebPictures) -> None:
    pictures_at.away = True
    for number in range(3):
        with pytest.raises(PictureUnavailable):
            web.get(f"{pictures_at.url}/{number}.jpg")
    asked = pictures_at.asked.total()

    assert asked == FAILURES_IN_A_ROW
    assert "left alone" in refusal(web, f"{pictures_at.url}/picture.png")
    assert pictures_at.asked.total() == asked


def test_what_was_fetched_is_not_fetched_again(pictures_at: PictureServer, tmp_path: Path) -> None:
    address = f"{pictures_at.url}/picture.png"
    digest = sha256(PICTURE).hexdigest()

    def load(fresh_s: float, known: bool = True) -> Content:
        settings = SETTINGS.model_copy(update={"fresh_s": fresh_s})
        web = WebPictures(settings, FetchRecords(tmp_path / "pictures.sqlite3"))
        try:
            return web.read(address, always if known else never)
        finally:
            web.close()

    assert load(1000) == Content(digest, PICTURE)
    # Fresh: no request. Not fresh: asked whether it has changed. Its vector gone: fetched.
    assert load(1000) == Content(digest, None)
    assert pictures_at.answers == {200: 1}
    assert load(0) == Content(digest, None)
    assert pictures_at.answers == {200: 1, 304: 1}
    assert load(1000, known=False) == Content(digest, PICTURE)
    assert pictures_at.answers == {200: 2, 304: 1}

    pictures_at.picture, pictures_at.etag = file("blue"), '"v2"'
    assert load(0).file == file("blue")
    # Its server away: what was there before counts, if its vector is at hand.
    pictures_at.away = True
    assert load(0) == Content(sha256(file("blue")).hexdigest(), None)
    with pytest.raises(PictureUnavailable):
        load(0, known=False)


@pytest.mark.parametrize("listed", ["10.0.0.0/99", "shop.intern, x/y"])
def test_a_wrong_network_in_the_settings_is_refused(listed: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 network"):
        AllowedHosts(listed)
