"""A generic signed webhook: one POST a sending, to one address, over the shared client.

Owns the body, the signature and the reading of the answer. Only a 2xx that is no web page (a login page says 200 too) and carries no error
code is a delivery.

Receivers check `X-Campaign-Signature`: `sha256=` and the hex HMAC-SHA256, keyed with the shared secret, of the `X-Campaign-Timestamp`
header, a full stop and the raw body. They drop what they have seen by `Idempotency-Key`: a sending without an answer comes again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

import httpx

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent, envelope
from campaign.notices.channels.http import Answer, Door, Patience, as_json
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing


class WebhookChannel:
    def __init__(self, url: str, client: httpx.Client, *, secret: str | None = None, allow_local: bool = False, patience: Patience | None = None) -> None:
        self._door = Door(url, client, allow_local=allow_local, patience=patience, secrets=[secret] if secret else [])
        self._secret = secret

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        body = as_json(envelope(message, outgoing) | {"to": [one.written for one in addressees]})
        answer = self._door.ask(body, headers=self._headers(body, outgoing.idempotency_key, now))
        return answer if isinstance(answer, Sent) else _judged(answer)

    def close(self) -> None:
        self._door.close()

    def _headers(self, body: bytes, key: str, now: datetime) -> dict[str, str]:
        stamp = str(int(now.timestamp()))
        headers = {"Idempotency-Key": key, "X-Campaign-Timestamp": stamp}
        if self._secret:
            headers["X-Campaign-Signature"] = signature(self._secret, stamp, body)
        return headers


def signature(secret: str, stamp: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _judged(answer: Answer) -> Sent:
    """Chat vendors answer 200 and say in the body that they did not take it."""
    errcode = (answer.said or {}).get("errcode")
    if errcode not in (None, 0, "0"):
        return Sent("refused", f"HTTP {answer.status}，接收方返回错误码 {str(errcode)[:20]}。{answer.shown}")
    return Sent("delivered", f"HTTP {answer.status}。{answer.shown}")
