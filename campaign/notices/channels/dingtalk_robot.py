"""钉钉群机器人: signed in the query over milliseconds, with the secret as the key. Above 20 a minute it is mute for ten minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any, ClassVar

from campaign.notices.channels.vendor import Codes, GroupRobot


class DingtalkRobot(GroupRobot):
    group: ClassVar[str] = "钉钉群"
    limit: ClassVar[int] = 20_000
    codes: ClassVar[Codes] = Codes(("errcode",), frozenset({-1, 130101, 410100}), ("errmsg",))

    def request(self, text: str, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
        stamp = str(int(now.timestamp() * 1000))
        query = {"timestamp": stamp, "sign": dingtalk_sign(self._secret, stamp)} if self._secret else {}
        return {"msgtype": "text", "text": {"content": text}}, query


def dingtalk_sign(secret: str, stamp: str) -> str:
    """Base64 of HMAC-SHA256(key=secret, message=stamp LF secret); quoted by whoever puts it into the address."""
    return base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()).decode()
