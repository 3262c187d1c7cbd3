"""A receiver on this machine that behaves as its path says, and remembers every request that reached it whole."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PLAIN_ANSWERS: dict[str, tuple[int, str, bytes]] = {
    "ok": (200, "application/json", b'{"ok": true}'),
    "empty": (204, "", b""),
    "busy": (503, "text/plain", b"busy"),
    "limited": (429, "application/json", b'{"message": "too many"}'),
    "refused": (400, "application/json", '{"message": "单位不存在， key K-SECRET-1"}'.encode()),
    "unauthorised": (401, "text/html", b"<html>login</html>"),
    "page": (200, "text/html; charset=utf-8", b"<html><body>login</body></html>"),
    "disguised": (200, "application/json", b"\n<!DOCTYPE html><html></html>"),
    "errcode": (200, "application/json", b'{"errcode": 93000, "errmsg": "invalid webhook url"}'),
    "errcode0": (200, "application/json", b'{"errcode": 0, "errmsg": "ok"}'),
    "huge": (200, "application/json", b" " * 300_000),
}


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    port: int
    received: list[Received] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    delay: float = 0.0
    cut_next: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    @property
    def keys(self) -> list[str]:
        return [one.headers["idempotency-key"] for one in self.received]


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that hung up is what some tests are about; anything else is a defect of this receiver."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with receiver.lock:
            receiver.received.append(Received(self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            cut = receiver.cut_next > 0
            receiver.cut_next -= int(cut)
        word = self.path.split("?")[0].strip("/").split("/")[0]
        if cut or word == "cut":
            self.close_connection = True
        elif word == "silent":
            receiver.release.wait(20)
            self.close_connection = True
        elif word == "drip":
            self._drip(receiver)
        elif word == "redirect":
            self._answer(302, "text/plain", b"", location=receiver.url("ok"))
        else:
            receiver.release.wait(receiver.delay)
            self._answer(*PLAIN_ANSWERS[word])

    def do_GET(self) -> None:
        self.server.receiver.received.append(Received(self.path, {}, b""))
        self._answer(200, "text/plain", b"")

    def log_message(self, format: str, *args: object) -> None:
        return None

    def _answer(self, status: int, content_type: str, body: bytes, *, location: str | None = None) -> None:
        self.send_response(status)
        if content_type:
            self.send_header("Content-Type", content_type)
        if location:
            self.send_header("Location", location)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # the sender has heard enough
            self.close_connection = True

    def _drip(self, receiver: Receiver) -> None:
        """Promises much and sends a byte at a time, each in time for a read time-out."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        try:
            while not receiver.release.wait(0.05):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            pass
        self.close_connection = True


@contextmanager
def receiving() -> Iterator[Receiver]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        receiver = server.receiver = Receiver(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="receiver")
        thread.start()
        try:
            yield receiver
        finally:
            receiver.release.set()
            server.shutdown()
            thread.join()
