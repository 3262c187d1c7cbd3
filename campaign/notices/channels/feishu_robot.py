"""飞书群机器人: signed in the body over seconds, with stamp and secret as the key and an empty message, the reverse of 钉钉. 100 a minute, 20 KB.

Code 9499 is told apart by its words: "Bad Request" is a body that will never be taken, anything else is too many requests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any, ClassVar

from campaign.notices.channels.base import Sent
from campaign.notices.channels.http import Answer
from campaign.notices.channels.vendor import Codes, GroupRobot

CONFUSED = 9499


class FeishuRobot(GroupRobot):
    group: ClassVar[str] = "飞书群"
    limit: ClassVar[int] = 19_000
    """Of the body's 20 KB: quotes and line ends grow when they are written as JSON."""
    pace: ClassVar[float] = 0.21
    """It takes five a second."""
    codes: ClassVar[Codes] = Codes(("code", "StatusCode"), frozenset({11232, CONFUSED}), ("msg", "StatusMessage"))

    def request(self, text: str, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
        stamp = str(int(now.timestamp()))
        signed = {"timestamp": stamp, "sign": feishu_sign(self._secret, stamp)} if self._secret else {}
        return signed | {"msg_type": "text", "content": {"text": text}}, {}

    def judge(self, answer: Answer) -> Sent:
        sent = super().judge(answer)
        if self.codes.read(answer) == CONFUSED and "bad request" in self.codes.said(answer).lower():
            return Sent("refused", sent.detail.replace("厂商限流或繁忙", "厂商拒收"))
        return sent


def feishu_sign(secret: str, stamp: str) -> str:
    """Base64 of HMAC-SHA256(key=stamp LF secret, message empty)."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()
