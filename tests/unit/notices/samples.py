"""One notice as the outbox hands it over, to be varied by the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from campaign.notices.addressees import Addressee
from campaign.records.papers.outbox import Line, Outgoing
from campaign.rules.calendar import due_at_of_day

ISSUED = datetime(2026, 9, 3, 1, 30, tzinfo=UTC)
CONTACT = Addressee(name="林一", phone="13800001234", email="lin@example.cn", account="lin1", relation="contact")

LINES = (Line(101, "报送动员部署情况", due_at_of_day(date(2026, 8, 31))), Line(102, "签订责任书", datetime(2026, 9, 2, 8, tzinfo=UTC)))
NOTICE = Outgoing(
    delivery_id=11,
    notice_id=7,
    campaign_id=1,
    campaign_title="临江区创建卫生社区实施方案",
    unit_id=12,
    unit_name="城关街道",
    kind="催办通知单",
    rung=3,
    number=None,
    channel="webhook",
    audience="contact,unit_head",
    idempotency_key="n7-1",
    attempts=1,
    issued_at=ISSUED,
    live=True,
    body=None,
    lines=LINES,
)


def notice(nth: int = 1, /, **changes: Any) -> Outgoing:
    """The `nth` of a batch, all different in ids and keys."""
    numbered = replace(NOTICE, delivery_id=1000 + nth, notice_id=2000 + nth, idempotency_key=f"n{2000 + nth}-1")
    return replace(numbered, **changes)
