"""What chat vendors have in common: HTTP 200 with a code that is not zero is a refusal, and what is posted into a group may name no unit.

Owns the reading of a vendor's own code, and the group robot. Refuses to post into a group before `golive`: a rehearsal that everybody reads
is none. A robot knows no idempotency key, so a sending whose answer was lost shows twice in the group.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import httpx

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent
from campaign.notices.channels.http import Answer, Door, Patience, as_json
from campaign.notices.splitting import shortened
from campaign.notices.wording import Message, compose_for_group
from campaign.records.papers.outbox import Outgoing

VENDOR_ALLOWED_BY = "CAMPAIGN_VENDOR_ALLOW_LOCAL"
WORDS_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Codes:
    """Where a vendor puts its code, and which codes mean "later"."""

    fields: tuple[str, ...]
    busy: frozenset[int]
    words: tuple[str, ...]

    def read(self, answer: Answer) -> int | None:
        said = answer.said or {}
        for field in self.fields:
            if isinstance(said.get(field), int):
                return int(said[field])
        return None

    def said(self, answer: Answer) -> str:
        said = answer.said or {}
        return next((str(said[word])[:WORDS_SHOWN] for word in self.words if said.get(word)), "")


def judged(answer: Answer, codes: Codes, door: Door) -> Sent:
    """A vendor's answer as one of our words; the code and its words go into the ledger, without keys."""
    code = codes.read(answer)
    if code is None:
        return Sent("refused", f"HTTP {answer.status}，答复里没有返回码，不像是这个厂商的接口：请核对接收地址。{answer.shown[:WORDS_SHOWN]}")
    if code == 0:
        return Sent("delivered", "返回码 0。")
    told = f"返回码 {code}：{door.redact(codes.said(answer))}"
    if code in codes.busy:
        return Sent("failed", f"厂商限流或繁忙，{told}")
    return Sent("refused", f"厂商拒收，{told}")


class GroupRobot(ABC):
    """One robot in one group. It says which paper was issued and its number, never whom it concerns."""

    group: ClassVar[str]
    limit: ClassVar[int]
    codes: ClassVar[Codes]
    pace: ClassVar[float] = 0.0
    """Seconds between two postings of this process, where a vendor counts by the second too."""

    def __init__(self, url: str, client: httpx.Client, *, secret: str | None = None, allow_local: bool = False, patience: Patience | None = None) -> None:
        self._secret, self._turn, self._free_at = secret, threading.Lock(), 0.0
        self._door = Door(url, client, allow_local=allow_local, allowed_by=VENDOR_ALLOWED_BY, patience=patience, secrets=[secret] if secret else [])

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        if not outgoing.live:
            return Sent("refused", f"尚未正式启用（golive），演练不发到{self.group}。")
        text = shortened(compose_for_group(outgoing).text_plain, self.limit)
        body, query = self.request(text, now)
        self._wait_for_turn()
        answer = self._door.ask(as_json(body), headers={"Idempotency-Key": outgoing.idempotency_key}, query=query)
        sent = answer if isinstance(answer, Sent) else self.judge(answer)
        return Sent(sent.outcome, sent.detail, (Addressee(self.group, relation="group"),))

    @abstractmethod
    def request(self, text: str, now: datetime) -> tuple[dict[str, Any], dict[str, str]]:
        """Body and query of one posting, signed where there is a secret."""

    def judge(self, answer: Answer) -> Sent:
        return judged(answer, self.codes, self._door)

    def close(self) -> None:
        self._door.close()

    def _wait_for_turn(self) -> None:
        if not self.pace:
            return
        with self._turn:
            mine = max(self._free_at, time.monotonic())
            self._free_at = mine + self.pace
        time.sleep(max(mine - time.monotonic(), 0.0))
