"""企业微信应用消息: to persons by their accounts, with a token that is fetched once and kept until shortly before it expires.

Owns the token and the reading of who was not reached: code 0 with `invaliduser` is a delivery to the others. The vendor drops the same text
to the same persons within half an hour (`enable_duplicate_check`), so a sending whose answer was lost arrives once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime

import httpx

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent
from campaign.notices.channels.http import Answer, Door, Patience, as_json
from campaign.notices.channels.vendor import VENDOR_ALLOWED_BY, judged
from campaign.notices.channels.wecom_robot import WECOM_CODES
from campaign.notices.splitting import parts_of
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing

LIMIT = 2048
MOST_PERSONS = 1000
STALE = frozenset({40014, 42001})
REFRESH_EARLY = 300.0
NOBODY_LEFT = 81013
PARTY = "部门 "


class WecomApp:
    def __init__(
        self, url: str, client: httpx.Client, *, corp_id: str, agent_id: str, secret: str, allow_local: bool = False, patience: Patience | None = None
    ) -> None:
        base = url.rstrip("/")
        self._corp_id, self._agent_id, self._secret = corp_id, agent_id, secret
        doors = [
            Door(f"{base}/cgi-bin/{what}", client, allow_local=allow_local, allowed_by=VENDOR_ALLOWED_BY, patience=patience, secrets=[secret])
            for what in ("gettoken", "message/send")
        ]
        self._tokens, self._messages = doors
        self._turn = threading.Lock()
        self._token, self._good_until = "", 0.0

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        people = [one for one in addressees if one.account][:MOST_PERSONS]
        if not people:
            return Sent("refused", "送达对象都没有登记企业微信账号。")
        missed: set[str] = set()
        parts = parts_of(message.text_plain, LIMIT)
        for number, part in enumerate(parts, 1):
            sent = self._send_part(part, people, outgoing.idempotency_key, missed)
            if sent.outcome != "delivered":
                return sent if len(parts) == 1 else Sent(sent.outcome, f"第 {number}/{len(parts)} 部分：{sent.detail}")
        reached = tuple(one for one in people if (one.account or "").lower() not in missed)
        if not reached:
            return Sent("refused", f"企业微信里没有这些账号：{_named(people)}。")
        lost = [one for one in people if one not in reached] + [one for one in addressees if not one.account]
        parties = sorted(name for name in missed if name.startswith(PARTY))
        told = "返回码 0。" + (f"未送达：{_named(lost)}（账号无效或未登记）。" if lost else "") + (f"{'、'.join(parties)}无效。" if parties else "")
        return Sent("delivered", told, reached)

    def close(self) -> None:
        self._tokens.close()
        self._messages.close()

    def _send_part(self, text: str, people: Sequence[Addressee], key: str, missed: set[str]) -> Sent:
        body = as_json({
            "touser": "|".join(one.account or "" for one in people), "msgtype": "text", "agentid": int(self._agent_id), "text": {"content": text},
            "enable_duplicate_check": 1, "duplicate_check_interval": 1800,
        })  # fmt: skip
        stale = ""
        while True:
            token = self._current_token(stale)
            if isinstance(token, Sent):
                return token
            answer = self._messages.ask(body, query={"access_token": token}, headers={"Idempotency-Key": key})
            if isinstance(answer, Sent):
                return answer
            if stale or WECOM_CODES.read(answer) not in STALE:
                return self._judge(answer, missed)
            stale = token

    def _judge(self, answer: Answer, missed: set[str]) -> Sent:
        said = answer.said or {}
        if WECOM_CODES.read(answer) == NOBODY_LEFT:
            return Sent("refused", f"返回码 {NOBODY_LEFT}：接收人全部无效或不在应用可见范围。")
        sent = judged(answer, WECOM_CODES, self._messages)
        if sent.outcome == "delivered":
            for field in ("invaliduser", "unlicenseduser"):
                missed.update(name.lower() for name in str(said.get(field) or "").split("|") if name)
            missed.update(f"{PARTY}{name}" for name in str(said.get("invalidparty") or "").split("|") if name)
        return sent

    def _current_token(self, stale: str) -> str | Sent:
        """Another one than `stale`. One thread fetches, the others wait for what it got."""
        with self._turn:
            if self._token not in ("", stale) and time.monotonic() < self._good_until:
                return self._token
            answer = self._tokens.ask(None, query={"corpid": self._corp_id, "corpsecret": self._secret})
            if isinstance(answer, Sent):
                # Nothing was sent yet, so nothing is unknown.
                return Sent("failed", f"取企业微信令牌未成：{answer.detail}") if answer.outcome == "unknown" else answer
            sent = judged(answer, WECOM_CODES, self._tokens)
            said = answer.said or {}
            if sent.outcome != "delivered" or not said.get("access_token"):
                return Sent("failed" if sent.outcome == "failed" else "refused", f"取企业微信令牌未成：{sent.detail}")
            self._token = str(said["access_token"])
            self._good_until = time.monotonic() + max(float(said.get("expires_in") or 0) - REFRESH_EARLY, 1.0)
            return self._token


def _named(people: Sequence[Addressee]) -> str:
    return "、".join(one.name for one in people[:10]) + ("等" if len(people) > 10 else "")
