"""短信 through an HTTP gateway: every city and every seller has its own, so body, headers and success are settings.

Owns the filling of the body, one request a number with a key of its own, and the joining of the answers: who was reached by one is a
delivery. Refuses long texts: a message says which paper it is and where to read it. A value is filled in as a value, never as text of the
body, so a title with quotes in it cannot change the request.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from typing import Any
from urllib.parse import urlencode

import httpx

from campaign.errors import CampaignError
from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent
from campaign.notices.channels.http import JSON_TYPE, Answer, Door, Patience, as_json
from campaign.notices.channels.vendor import VENDOR_ALLOWED_BY, WORDS_SHOWN
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing

BODY = '{"mobile": "{phone}", "content": "{text}", "id": "{key}"}'
TEXT_SHOWN = 200
TOGETHER = 25.0
"""Seconds for all numbers of one sending: its claim must not run out meanwhile."""
PLACEHOLDERS = ("phone", "text", "title", "number", "unit", "count", "key", "secret", "timestamp")
_NUMBER = re.compile(r"\d{11,}")
_PLACE = re.compile(r"\{(\w+)\}")


class BadGateway(CampaignError):
    code = "bad_sms_gateway"


@dataclass(frozen=True, slots=True)
class Expected:
    """`code=0|OK`: the field (with dots into objects) and the values that mean yes."""

    path: tuple[str, ...]
    values: frozenset[str]

    @classmethod
    def parse(cls, written: str, setting: str) -> Expected:
        path, equals, values = written.partition("=")
        if not equals or not path.strip() or not values.strip():
            raise BadGateway(f"{setting} 应写成「字段=值」，如 code=0 或 result.code=0000|OK（现在是「{written}」）。")
        return cls(tuple(path.strip().split(".")), frozenset(value.strip().lower() for value in values.split("|")))

    def read(self, said: Any) -> str | None:
        for name in self.path:
            if not isinstance(said, dict) or name not in said:
                return None
            said = said[name]
        return json.dumps(said) if isinstance(said, bool) else str(said)

    def holds(self, said: Any) -> bool:
        found = self.read(said)
        return found is not None and found.lower() in self.values


class SmsGateway:
    def __init__(
        self, url: str, client: httpx.Client, *, form: bool = False, body: str = BODY, headers: str = "{}", secret: str | None = None, success: str = "code=0",
        busy: str | None = None, allow_local: bool = False, patience: Patience | None = None,
    ) -> None:  # fmt: skip
        self._form, self._secret = form, secret or ""
        self._body, self._headers = _object(body, "CAMPAIGN_SMS_BODY"), _object(headers, "CAMPAIGN_SMS_HEADERS")
        self._success = Expected.parse(success, "CAMPAIGN_SMS_SUCCESS")
        self._busy = Expected.parse(busy, "CAMPAIGN_SMS_BUSY") if busy else None
        unknown = sorted(set(_PLACE.findall(json.dumps([self._body, self._headers]))) - set(PLACEHOLDERS))
        if unknown:
            raise BadGateway(f"短信网关设置里有不认识的占位符 {{{unknown[0]}}}：可用的有 {'、'.join(PLACEHOLDERS)}。")
        secrets = [*(str(value) for value in self._headers.values()), self._secret]
        self._door = Door(url, client, allow_local=allow_local, allowed_by=VENDOR_ALLOWED_BY, patience=patience, secrets=secrets)

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        people = {one.phone: one for one in addressees if one.phone}
        if not people:
            return Sent("refused", "送达对象都没有登记手机号码。")
        until = time.monotonic() + TOGETHER
        answers: list[tuple[Addressee, Sent]] = []
        for phone, person in people.items():
            late = time.monotonic() > until
            answers.append((person, Sent("failed", "本次用时已满，没有发出。") if late else self._send_one(phone, message, outgoing, now)))
        return joined(answers)

    def close(self) -> None:
        self._door.close()

    def _send_one(self, phone: str, message: Message, outgoing: Outgoing, now: datetime) -> Sent:
        key = f"{outgoing.idempotency_key}:{blake2s(phone.encode(), digest_size=4).hexdigest()}"
        values = {
            "phone": phone, "text": sms_text(message), "title": outgoing.campaign_title, "number": outgoing.number or "", "unit": outgoing.unit_name,
            "count": str(len(outgoing.lines)), "key": key, "secret": self._secret, "timestamp": str(int(now.timestamp())),
        }  # fmt: skip
        body, headers = _filled(self._body, values), {name: str(value) for name, value in _filled(self._headers, values).items()}
        content, kind = (urlencode(body).encode(), "application/x-www-form-urlencoded; charset=utf-8") if self._form else (as_json(body), JSON_TYPE)
        answer = self._door.ask(content, content_type=kind, headers=headers | {"Idempotency-Key": key})
        return answer if isinstance(answer, Sent) else self._judge(answer)

    def _judge(self, answer: Answer) -> Sent:
        said, shown = answer.said, _NUMBER.sub("***", answer.shown)[:WORDS_SHOWN]
        if self._success.holds(said):
            return Sent("delivered", "网关已受理。")
        if self._busy is not None and self._busy.holds(said):
            return Sent("failed", f"网关繁忙：{shown}")
        return Sent("refused", f"网关拒收：{shown}")


def sms_text(message: Message) -> str:
    text = f"{message.subject}。请登录工作台查看办理。"
    return text if len(text) <= TEXT_SHOWN else f"{message.subject[: TEXT_SHOWN - 20]}…请登录工作台查看办理。"


def joined(answers: Sequence[tuple[Addressee, Sent]]) -> Sent:
    """One delivery to several persons: reaching one is a delivery that names the others; else the outcome that leaves most hope."""
    reached = tuple(person for person, sent in answers if sent.outcome == "delivered")
    lost = [(person, sent) for person, sent in answers if sent.outcome != "delivered"]
    told = "；".join(f"{person.name}：{sent.detail}" for person, sent in lost[:5])
    if reached:
        return Sent("delivered", f"已送达 {len(reached)} 人。" + (f"未送达 {len(lost)} 人：{told}" if lost else ""), reached)
    words = {sent.outcome for _, sent in lost}
    return Sent("unknown" if "unknown" in words else "failed" if "failed" in words else "refused", told)


def _object(written: str, setting: str) -> dict[str, Any]:
    try:
        value = json.loads(written)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadGateway(f"{setting} 应是一个 JSON 对象，例如 {BODY}。")
    return value


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _PLACE.sub(lambda found: values[found[1]], value)
    if isinstance(value, dict):
        return {name: _filled(inner, values) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    return value
