"""One request to one configured address, and how it ended, for every channel that speaks HTTP.

Owns the shared client, the connection to the very address that was judged, time limits, and what a status or a web page means before any
vendor's own words are read. Refuses redirects, targets in the local network unless allowed, and proxies from the environment: a proxy would
see what was judged not to be local.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from campaign.notices.channels.base import Sent
from campaign.notices.channels.redaction import Redactor
from campaign.notices.channels.targets import BadTarget, HostUnknown, target_of

CONNECTIONS = 20
ANSWER_BYTES = 64 * 1024
ANSWER_SHOWN = 200
TRY_AGAIN = frozenset({408, 425, 429})
JSON_TYPE = "application/json; charset=utf-8"
_PAGE_STARTS = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `total` ends an answer that drips in byte by byte, which no read time-out would."""

    connect: float = 5.0
    answer: float = 10.0
    total: float = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with a 2xx that is no web page; `shown` is safe for the ledger."""

    status: int
    content: bytes
    shown: str

    @property
    def said(self) -> dict[str, Any] | None:
        """The JSON object that vendors answer with; None for anything else."""
        try:
            said = json.loads(self.content)
        except ValueError:
            return None
        return said if isinstance(said, dict) else None


def shared_client(patience: Patience | None = None) -> httpx.Client:
    """One client for all channels of a process."""
    patience = patience or Patience()
    return httpx.Client(
        timeout=httpx.Timeout(patience.answer, connect=patience.connect, pool=patience.total),
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "campaign-notices/1"},
    )


class Door:
    """The way to one address. Safe to use from several threads; close it to take its log filter away."""

    def __init__(
        self, url: str, client: httpx.Client, *, allow_local: bool = False, allowed_by: str = "CAMPAIGN_WEBHOOK_ALLOW_LOCAL", patience: Patience | None = None,
        secrets: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self._target = target_of(url, allow_local=allow_local, allowed_by=allowed_by)
        self._url, self._client = httpx.URL(url), client
        self._patience = patience or Patience()
        self.redact = Redactor(url, secrets)
        self.redact.attach()

    def ask(
        self, content: bytes | None, *, content_type: str = JSON_TYPE, headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None
    ) -> Answer | Sent:
        """POST `content`, or GET without any. An `Answer` is for its vendor to read; a `Sent` is how it ended before that."""
        url = self._url.copy_merge_params(dict(query)) if query else self._url
        sent = {"Host": url.netloc.decode()} | dict(headers or {}) | ({"Content-Type": content_type} if content is not None else {})
        try:
            addresses = self._target.addresses()
        except BadTarget as refusal:
            return Sent("refused", refusal.message)
        except HostUnknown as trouble:
            return Sent("failed", trouble.message)
        refusals: list[str] = []
        for address in addresses:
            try:
                return self._request(url.copy_with(host=address), content, sent)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                refusals.append("连接超时" if isinstance(error, httpx.ConnectTimeout) else "连接被拒绝或证书无效")
        return Sent("failed", f"连不上接收地址：{refusals[-1] if refusals else '没有可用的地址'}。")

    def close(self) -> None:
        self.redact.detach()
        self._client.close()

    def _request(self, url: httpx.URL, content: bytes | None, headers: dict[str, str]) -> Answer | Sent:
        until = time.monotonic() + self._patience.total
        method = "GET" if content is None else "POST"
        try:
            with self._client.stream(method, url, content=content, headers=headers, extensions={"sni_hostname": self._target.host}) as response:
                return self._read(response, until)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise
        except httpx.PoolTimeout:
            return Sent("failed", "发送通道繁忙，没有发出。")
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL):
            return Sent("refused", "接收地址或请求不合规范，没有发出。")
        except httpx.TimeoutException:
            return Sent("unknown", "已发出，在限定时间内没有收到答复。")
        except httpx.TransportError as error:
            return Sent("unknown", f"已发出，连接在答复之前中断（{type(error).__name__}）。")

    def _read(self, response: httpx.Response, until: float) -> Answer | Sent:
        status, answer = response.status_code, b""
        for part in response.iter_bytes():
            answer += part
            if len(answer) >= ANSWER_BYTES:
                break
            if time.monotonic() > until:
                return Sent("unknown", f"HTTP {status}，答复没有在限定时间内传完。")
        shown = self.redact(" ".join(answer.decode("utf-8", "replace").split()))[:ANSWER_SHOWN]
        if status in TRY_AGAIN or status >= 500:
            return Sent("failed", f"HTTP {status}，接收方暂时不能处理。{shown}")
        if 300 <= status < 400:
            return Sent("refused", f"HTTP {status}，接收地址要求转到别处；不跟随转向，请填写最终地址。")
        if status >= 400:
            return Sent("refused", f"HTTP {status}，接收方拒收。{shown}")
        if _is_page(response.headers.get("content-type", ""), answer):
            return Sent("refused", f"HTTP {status}，答复是网页而不是接口（可能是登录页）：请核对接收地址。")
        return Answer(status, answer, shown)


def as_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _is_page(content_type: str, answer: bytes) -> bool:
    return "html" in content_type.lower() or answer.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE_STARTS)
