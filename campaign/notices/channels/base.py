"""What every channel promises, and the envelope in which file and webhook carry a notice.

An outcome is one of four words. `delivered`: somebody took it. `refused`: it will never be taken as it is, so the next channel is tried at
once. `failed`: nobody took it, trying again may help. `unknown`: it was sent and no answer came; it is sent again with the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from campaign.notices.addressees import Addressee
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing
from campaign.rules.calendar import due_on

OutcomeWord = Literal["delivered", "refused", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Sent:
    outcome: OutcomeWord
    detail: str
    reached: tuple[Addressee, ...] | None = None
    """Whom a delivery reached, where that is not everybody it was addressed to."""


class Channel(Protocol):
    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        """Send once. Safe to call from several threads."""

    def close(self) -> None:
        """Let go of connections."""


class Unconfigured:
    """Stands for a channel that cannot be used as it is set up: refusing lets the next one take over without half an hour of retries."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        return Sent("refused", self.reason)

    def close(self) -> None:
        return None


def envelope(message: Message, outgoing: Outgoing) -> dict[str, Any]:
    """What a receiver is told, but for the addressees. `key` is the same in every repetition of one sending."""
    return {
        "key": outgoing.idempotency_key,
        "campaign": outgoing.campaign_title,
        "unit": outgoing.unit_name,
        "kind": outgoing.kind,
        "number": outgoing.number,
        "live": outgoing.live,
        "issued_at": outgoing.issued_at.isoformat(),
        "subject": message.subject,
        "text": message.text_plain,
        "lines": [
            {
                "duty": line.duty_id,
                "title": line.title,
                "due_at": line.due_at.isoformat() if line.due_at else None,
                "due_on": due_on(line.due_at).isoformat() if line.due_at else None,
            }
            | ({"reason": line.reason} if line.reason else {})
            for line in outgoing.lines
        ],
    }
