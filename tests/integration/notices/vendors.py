"""A server on this machine that behaves like the vendors do: signatures, tokens, limits a minute, HTTP 200 with a code, and no answer at all.

`mood` tells what it does next to a request that would otherwise be taken: ok, busy, refused, slow, cut, page or status503.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET, CORP = "K-robot-secret-1", "SEC-signing-secret", "corp-secret-1"
BUSY = {"wecom": 45009, "dingtalk": 410100, "feishu": 11232, "app": 45009}
REFUSED = {"wecom": 93000, "dingtalk": 310000, "feishu": 19024, "app": 60020}

LEAKS = {"app": CORP, "sms": SECRET}


@dataclass
class Vendor:
    port: int = 0
    mood: str = "ok"
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """What was taken: vendor and body, each message once where the vendor drops repetitions."""
    asked: list[str] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    good_token: str = ""
    unknown_accounts: frozenset[str] = frozenset()
    release: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    @property
    def wecom(self) -> str:
        return self.url(f"wecom/cgi-bin/webhook/send?key={KEY}")

    @property
    def dingtalk(self) -> str:
        return self.url(f"dingtalk/robot/send?access_token={KEY}")

    @property
    def feishu(self) -> str:
        return self.url(f"feishu/open-apis/bot/v2/hook/{KEY}")


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    vendor: Vendor

    def handle_error(self, request: Any, client_address: Any) -> None:
        return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        vendor, query = self.server.vendor, self._query()
        with vendor.lock:
            vendor.asked.append(self.path)
            known = query.get("corpsecret") == CORP
            vendor.tokens += known
            vendor.good_token = f"token-{vendor.tokens}-abcdef" if known else vendor.good_token
        good = {"errcode": 0, "errmsg": "ok", "access_token": vendor.good_token, "expires_in": 7200}
        self._answer(good if known else {"errcode": 40001, "errmsg": "invalid credential"})

    def do_POST(self) -> None:
        vendor = self.server.vendor
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.path.strip("/").split("/")[0]
        with vendor.lock:
            vendor.asked.append(self.path)
            vendor.keys[self.headers.get("Idempotency-Key", "")] += 1
            form = "form-urlencoded" in self.headers["Content-Type"]
            body = {name: values[0] for name, values in parse_qs(raw.decode()).items()} if form else json.loads(raw)
            wrong = getattr(self, f"_wrong_{kind}", lambda body: None)(body)
            if wrong is None and vendor.mood in ("ok", "slow", "cut") and not (kind == "app" and any(one == (kind, body) for one in vendor.said)):
                vendor.said.append((kind, body))
        self._react(kind, wrong, body)

    def _react(self, kind: str, wrong: dict[str, Any] | None, body: dict[str, Any]) -> None:
        mood = self.server.vendor.mood
        code = "code" if kind in ("feishu", "sms") else "errcode"
        words = "msg" if kind in ("feishu", "sms") else "errmsg"
        if wrong is not None:
            return self._answer(wrong)
        if mood == "slow":
            self.server.vendor.release.wait(10)
        if mood in ("slow", "cut"):
            self.close_connection = True
            return None
        if mood == "page":
            return self._send(200, "text/html", b"<html>login</html>")
        if mood == "status503":
            return self._send(503, "text/plain", b"busy")
        if mood in ("busy", "refused"):
            number = {"busy": BUSY, "refused": REFUSED}[mood].get(kind, 429 if mood == "busy" else 500)
            return self._answer({code: number, words: f"{mood}, hint: key {LEAKS.get(kind, KEY)} mobile 13800001234"})
        lost = [name for name in str(body.get("touser", "")).split("|") if name in self.server.vendor.unknown_accounts]
        return self._answer({code: 0, words: "ok"} | ({"invaliduser": "|".join(lost)} if lost else {}))

    def _wrong_wecom(self, body: dict[str, Any]) -> dict[str, Any] | None:
        if self._query().get("key") != KEY:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        return {"errcode": 40058, "errmsg": "too long"} if len(body["text"]["content"].encode()) > 2048 else None

    def _wrong_app(self, body: dict[str, Any]) -> dict[str, Any] | None:
        if self._query().get("access_token") != self.server.vendor.good_token:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        return {"errcode": 44004, "errmsg": "too long"} if len(body["text"]["content"].encode()) > 2048 else None

    def _wrong_dingtalk(self, body: dict[str, Any]) -> dict[str, Any] | None:
        query = self._query()
        stamp = query.get("timestamp", "")
        want = base64.b64encode(hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()).decode()
        good = query.get("access_token") == KEY and len(stamp) == 13 and query.get("sign") == want
        return None if good else {"errcode": 310000, "errmsg": "sign not match"}

    def _wrong_feishu(self, body: dict[str, Any]) -> dict[str, Any] | None:
        stamp = str(body.get("timestamp", ""))
        want = base64.b64encode(hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()).decode()
        return None if len(stamp) == 10 and body.get("sign") == want else {"code": 19021, "msg": "sign match fail"}

    def _query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def _answer(self, value: dict[str, Any]) -> None:
        self._send(200, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return None


@contextmanager
def vendor_open() -> Iterator[Vendor]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        vendor = server.vendor = Vendor(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="vendor")
        thread.start()
        try:
            yield vendor
        finally:
            vendor.release.set()
            server.shutdown()
            thread.join()
