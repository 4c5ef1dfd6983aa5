"""A real server of pictures on this machine, and of everything that may stand where a picture should."""

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.drawn import file

PICTURE = file("red")
ETAG = '"v1"'


class PictureServer:
    """Answers at `url`; `asked` counts the requests by path. `picture` and `etag` are what /picture.png is now;
    with `away` it closes every connection without a word."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.picture, self.etag = PICTURE, ETAG
        self.away = False
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        server = self

        class Handler(_Handler):
            shop = server

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.url = f"http://localhost:{self.port}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.stopped.set()
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    shop: PictureServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        shop = self.shop
        with shop.lock:
            shop.asked[self.path] += 1
            shop.at_once += 1
            shop.most_at_once = max(shop.most_at_once, shop.at_once)
        try:
            if shop.away:
                self.close_connection = True
                return
            name = self.path.partition("?")[0].strip("/").replace(".", "_").replace("-", "_")
            getattr(self, f"_{name}", self._absent)()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with shop.lock:
                shop.at_once -= 1

    def log_message(self, *_arguments: Any) -> None:  # noqa: ANN401 - as the base class
        """Nothing: tests read what was asked from the counters."""

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.shop.answers[status] += 1
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _absent(self) -> None:
        self._send(404, b"<html>gone</html>")

    def _picture_png(self) -> None:
        if self.headers["If-None-Match"] == self.shop.etag:
            self._send(304, ETag=self.shop.etag)
        else:
            self._send(200, self.shop.picture, Content_Type="image/png", ETag=self.shop.etag)

    def _slow_picture_png(self) -> None:
        time.sleep(0.1)
        self._send(200, PICTURE)

    def _claims_text_png(self) -> None:
        self._send(200, PICTURE, Content_Type="text/plain")

    def _page_jpg(self) -> None:
        self._send(200, b"<!DOCTYPE html><title>Sign in</title>", Content_Type="image/jpeg")

    def _empty_jpg(self) -> None:
        self._send(200)

    def _drawing_svg(self) -> None:
        self._send(200, b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')

    def _cut_png(self) -> None:
        self._send(200, PICTURE[:50], Content_Length=str(len(PICTURE)))
        self.close_connection = True

    def _silent_jpg(self) -> None:
        self.shop.stopped.wait(20)
        self.close_connection = True

    def _drops_jpg(self) -> None:
        self._send(200, b"", Content_Length="50000")
        while not self.shop.stopped.wait(0.2):
            self.wfile.write(b".")

    def _five_gigabytes_jpg(self) -> None:
        self._send(200, PICTURE, Content_Length="5000000000")
        self.shop.stopped.wait(20)
        self.close_connection = True

    def _endless_jpg(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        block = b"10000\r\n" + b"." * 65_536 + b"\r\n"
        while not self.shop.stopped.is_set():
            self.wfile.write(block)

    def _packed_png(self) -> None:
        self._send(200, b"\x1f\x8b", Content_Encoding="gzip")

    def _to_picture(self) -> None:
        self._send(302, Location="/picture.png")

    def _to_loopback(self) -> None:
        self._send(302, Location=f"http://127.0.0.1:{self.shop.port}/picture.png")

    def _to_metadata(self) -> None:
        self._send(302, Location="http://169.254.169.254/latest/meta-data")

    def _to_file(self) -> None:
        self._send(302, Location="file:///etc/passwd")

    def _to_itself(self) -> None:
        self._send(302, Location="/to_itself")

    def _busy_once_png(self) -> None:
        first = self.shop.asked[self.path] == 1
        self._send(503, Retry_After="0") if first else self._send(200, PICTURE)

    def _busy_png(self) -> None:
        self._send(429, Retry_After="3600")
