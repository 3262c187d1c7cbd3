"""A generic signed webhook: one POST a sending, to one address, over one shared client.

Owns the body, the signature and the reading of the answer. Refuses redirects and web pages as an answer (a login page says 200 too), and
targets in the local network. Only a 2xx that is not such a page is a delivery.

Receivers check `X-Campaign-Signature`: `sha256=` and the hex HMAC-SHA256, keyed with the shared secret, of the `X-Campaign-Timestamp`
header, a full stop and the raw body. They drop what they have seen by `Idempotency-Key`: a sending without an answer comes again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent, envelope
from campaign.notices.channels.redaction import Redactor
from campaign.notices.channels.targets import BadTarget, HostUnknown, target_of
from campaign.notices.wording import Message
from campaign.records.outbox import Outgoing

CONNECTIONS = 20
ANSWER_BYTES = 64 * 1024
ANSWER_SHOWN = 200
TRY_AGAIN = frozenset({408, 425, 429})
_PAGE_STARTS = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `total` ends an answer that drips in byte by byte, which no read time-out would."""

    connect: float = 5.0
    answer: float = 10.0
    total: float = 20.0


def shared_client(patience: Patience | None = None) -> httpx.Client:
    """One client for all webhooks of a process. No proxy from the environment: it would see what was judged not to be local."""
    patience = patience or Patience()
    return httpx.Client(
        timeout=httpx.Timeout(patience.answer, connect=patience.connect, pool=patience.total),
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "campaign-notices/1"},
    )


class WebhookChannel:
    def __init__(self, url: str, client: httpx.Client, *, secret: str | None = None, allow_local: bool = False, patience: Patience | None = None) -> None:
        self._target = target_of(url, allow_local=allow_local)
        self._url, self._client, self._secret = httpx.URL(url), client, secret
        self._patience = patience or Patience()
        self._redact = Redactor(url, [secret] if secret else [])
        self._redact.attach()

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        body = json.dumps(envelope(message, outgoing) | {"to": [one.written for one in addressees]}, ensure_ascii=False, separators=(",", ":")).encode()
        headers = self._headers(body, outgoing.idempotency_key, now)
        try:
            addresses = self._target.addresses()
        except BadTarget as refusal:
            return Sent("refused", refusal.message)
        except HostUnknown as trouble:
            return Sent("failed", trouble.message)
        refusals: list[str] = []
        for address in addresses:
            try:
                return self._post(address, body, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                refusals.append("连接超时" if isinstance(error, httpx.ConnectTimeout) else "连接被拒绝或证书无效")
        return Sent("failed", f"连不上接收地址：{refusals[-1] if refusals else '没有可用的地址'}。")

    def close(self) -> None:
        self._redact.detach()
        self._client.close()

    def _headers(self, body: bytes, key: str, now: datetime) -> dict[str, str]:
        stamp = str(int(now.timestamp()))
        headers = {"Host": self._url.netloc.decode(), "Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key, "X-Campaign-Timestamp": stamp}
        if self._secret:
            headers["X-Campaign-Signature"] = signature(self._secret, stamp, body)
        return headers

    def _post(self, address: str, body: bytes, headers: dict[str, str]) -> Sent:
        until = time.monotonic() + self._patience.total
        try:
            with self._client.stream(
                "POST", self._url.copy_with(host=address), content=body, headers=headers, extensions={"sni_hostname": self._target.host}
            ) as response:
                return self._judge(response, until)
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

    def _judge(self, response: httpx.Response, until: float) -> Sent:
        status, answer = response.status_code, b""
        for part in response.iter_bytes():
            answer += part
            if len(answer) >= ANSWER_BYTES:
                break
            if time.monotonic() > until:
                return Sent("unknown", f"HTTP {status}，答复没有在限定时间内传完。")
        shown = self._shown(answer)
        if status in TRY_AGAIN or status >= 500:
            return Sent("failed", f"HTTP {status}，接收方暂时不能处理。{shown}")
        if 300 <= status < 400:
            return Sent("refused", f"HTTP {status}，接收地址要求转到别处；不跟随转向，请填写最终地址。")
        if status >= 400:
            return Sent("refused", f"HTTP {status}，接收方拒收。{shown}")
        if _is_page(response.headers.get("content-type", ""), answer):
            return Sent("refused", f"HTTP {status}，答复是网页而不是接口（可能是登录页）：请核对接收地址。")
        if (errcode := _errcode(answer)) is not None:
            return Sent("refused", f"HTTP {status}，接收方返回错误码 {errcode}。{shown}")
        return Sent("delivered", f"HTTP {status}。{shown}")

    def _shown(self, answer: bytes) -> str:
        return self._redact(" ".join(answer.decode("utf-8", "replace").split()))[:ANSWER_SHOWN]


def signature(secret: str, stamp: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _is_page(content_type: str, answer: bytes) -> bool:
    return "html" in content_type.lower() or answer.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE_STARTS)


def _errcode(answer: bytes) -> str | None:
    """Chat vendors answer 200 and say in the body that they did not take it."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    errcode = said.get("errcode") if isinstance(said, dict) else None
    return None if errcode in (None, 0, "0") else str(errcode)[:20]
