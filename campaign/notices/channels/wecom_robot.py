"""企业微信群机器人: the key in the address is all there is, so the address is a secret. 20 messages a minute, 2048 bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from campaign.notices.channels.vendor import Codes, GroupRobot

WECOM_CODES = Codes(("errcode",), frozenset({-1, 45009, 45033}), ("errmsg",))


class WecomRobot(GroupRobot):
    group: ClassVar[str] = "企业微信群"
    limit: ClassVar[int] = 2048
    codes: ClassVar[Codes] = WECOM_CODES

    def request(self, text: str, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
        return {"msgtype": "text", "text": {"content": text}}, {}
