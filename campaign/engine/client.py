"""One connection to Prefect's API: addresses, the shared password, retries, and what is said when nobody answers.

Refuses to know what is asked (runs.py and selects.py do). Prefect's server on SQLite answers 503 or drops the connection under mild
load whenever one of its own services is writing, so every call is tried again with jitter; callers make their calls repeatable.

httpx and stamina are imported by the first call: the portal asks every few seconds whether Prefect is there, and for weeks nothing else, and what
they bring (a terminal's colours among it) would be 8 MB of its memory.
"""

from __future__ import annotations

import base64
import http.client
import json
import logging
import os
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from campaign.errors import CampaignError, RetryLater

if TYPE_CHECKING:
    import httpx

# A refused connection is told after this long; a busy server is waited for as long as the engine's whole patience.
REFUSED_SECONDS = 1.5
HEALTH_SECONDS = 2.0
ADDRESS_FILE = "addresses.json"
# Each retry is expected here; without a handler Python would print it over the person's own output.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class EngineDown(RetryLater):
    code = "prefect_down"


class EngineRefused(CampaignError):
    code = "prefect_refused"


class _Busy(Exception):
    pass


class Engine:
    """Prefect at one address. `auth` is the server's shared `name:password`; `patience` bounds all tries of one call."""

    def __init__(self, api_url: str, *, auth: str = "", patience: float = 10.0, transport: httpx.BaseTransport | None = None) -> None:
        self.api_url = api_url.rstrip("/")
        self.patience = patience
        self._headers = {"Authorization": "Basic " + base64.b64encode(auth.encode()).decode()} if auth else {}
        self._transport = transport

    @cached_property
    def _http(self) -> httpx.Client:
        import httpx

        # trust_env off: a proxy for the internet must not swallow calls to our own machine.
        # Reading all certificates takes 30 ms and 4 MB each time: only where there is something to check with them.
        checked = self.api_url.startswith("https:")
        patience = httpx.Timeout(10.0, connect=2.0)
        return httpx.Client(headers=self._headers, timeout=patience, trust_env=False, transport=self._transport, verify=checked)

    @property
    def ui_url(self) -> str:
        return self.api_url.removesuffix("/api")

    def close(self) -> None:
        if "_http" in self.__dict__:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def is_healthy(self) -> bool:
        """One try, no waiting."""
        address = f"{self.api_url}/health"
        if self._transport is None and address.startswith("http:"):
            return _plainly_answers(address, self._headers)
        import httpx

        try:
            return self._http.get(address, timeout=HEALTH_SECONDS).status_code == 200
        except httpx.HTTPError:
            return False

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer as JSON (None when empty). 404 answers None; a refusal raises EngineRefused, silence EngineDown."""
        import httpx
        import stamina

        started = time.monotonic()

        def again(error: Exception) -> bool:
            if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
                return time.monotonic() - started < min(REFUSED_SECONDS, self.patience)
            return isinstance(error, (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadTimeout, _Busy))

        try:
            for attempt in stamina.retry_context(on=again, attempts=None, timeout=self.patience, wait_initial=0.1, wait_max=1.0, wait_jitter=0.3):
                with attempt:
                    answer = self._http.request(method, self.api_url + path, json=body)
                    if answer.status_code in (429, 502, 503, 504):
                        raise _Busy(answer.status_code)
        except _Busy as busy:
            raise EngineDown(f"Prefect（{self.ui_url}）正忙，没有接受这次请求。没有丢失任何数据，请稍后重试。", address=self.ui_url) from busy
        except httpx.HTTPError as silence:
            raise EngineDown(
                f"连不上 Prefect（{self.ui_url}）。请运行 campaign up 启动服务后重试；督办期限不受影响，也可加 --local 直接执行。", address=self.ui_url
            ) from silence
        return _read(answer, self.ui_url)


def _plainly_answers(address: str, headers: dict[str, str]) -> bool:
    """By the standard library alone."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.netloc, timeout=HEALTH_SECONDS)
    try:
        line.request("GET", parts.path, headers=headers)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _read(answer: httpx.Response, address: str) -> Any:
    if answer.status_code == 404:
        return None
    if answer.status_code in (401, 403):
        raise EngineRefused(f"Prefect（{address}）要求口令：请设置 PREFECT_API_AUTH_STRING（格式 用户名:口令）后重试。", address=address)
    if answer.status_code >= 400:
        raise EngineRefused(f"Prefect 拒绝了这次请求（{answer.status_code}）：{_detail(answer)}", address=address, status=answer.status_code)
    return answer.json() if answer.content else None


def _detail(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except ValueError:
        return answer.text[:200]
    return str(said.get("detail") or said.get("exception_detail") or said)[:300] if isinstance(said, dict) else str(said)[:300]


def connect(api_url: str, *, home: Path | None = None, patience: float = 10.0) -> Engine:
    """The engine that serves the data folder `home` (`campaign up` notes its address there, as ports may move), else `api_url`."""
    auth = os.environ.get("PREFECT_API_AUTH_STRING") or os.environ.get("PREFECT_SERVER_API_AUTH_STRING") or ""
    return Engine(noted_address(home, "prefect") or api_url, auth=auth, patience=patience)


def noted_address(home: Path | None, name: str) -> str | None:
    """The address that the running `campaign up` of this folder noted for `prefect` or `portal`."""
    if home is None:
        return None
    try:
        noted = json.loads((home / ADDRESS_FILE).read_text(encoding="utf-8")).get(name)
    except (OSError, ValueError, AttributeError):
        return None
    return noted if isinstance(noted, str) and urlsplit(noted).scheme in ("http", "https") else None
