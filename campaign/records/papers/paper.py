"""One paper as it is or would be sent, with the course of its deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from campaign.records.papers.letterhead import letterheads
from campaign.records.papers.notices import way_out
from campaign.records.papers.outbox import Outgoing, lines_of
from campaign.records.statements import table_of
from campaign.records.tables import Attempt, Campaign, Delivery, Notice, Unit
from campaign.rules.papers import LISTS_OTHERS

_delivery, _attempt = table_of(Delivery), table_of(Attempt)


@dataclass(frozen=True, slots=True)
class Paper:
    outgoing: Outgoing
    deliveries: tuple[dict[str, Any], ...]


def paper_of(tx: Session, notice: Notice, now: datetime) -> Paper:
    """A paper that is not issued yet reads as if it were issued now."""
    campaign, unit = tx.get_one(Campaign, notice.campaign_id), tx.get_one(Unit, notice.unit_id)
    assert notice.id is not None
    lines = lines_of(tx, [notice.id], {notice.id} if notice.kind in LISTS_OTHERS else ()).get(notice.id, [])
    head = letterheads(tx, [notice.campaign_id])[notice.campaign_id]
    outgoing = Outgoing(
        delivery_id=0, notice_id=notice.id, campaign_id=notice.campaign_id, campaign_title=campaign.title, unit_id=notice.unit_id,
        unit_name=notice.unit_name or unit.name,
        kind=notice.kind, rung=notice.rung, number=notice.number, channel="", audience=way_out(tx, notice)[1], idempotency_key="", attempts=0,
        issued_at=notice.issued_at or now,
        live=campaign.live_at is not None, body=notice.body, lines=tuple(lines),
        relation=head.relation(unit.name, unit.kind, external=unit.external), signatory=head.signatory, signed_by=notice.signed_by,
        draft=notice.issued_at is None,
    )  # fmt: skip
    return Paper(outgoing, _deliveries(tx, notice))


def _deliveries(tx: Session, notice: Notice) -> tuple[dict[str, Any], ...]:
    last: dict[int, str] = {}
    told = select(_attempt.c.delivery_id, _attempt.c.detail).join(_delivery, _delivery.c.id == _attempt.c.delivery_id).where(_delivery.c.notice_id == notice.id)
    for row in tx.execute(told.order_by(_attempt.c.id)):
        last[row.delivery_id] = row.detail
    rows = tx.execute(select(_delivery).where(_delivery.c.notice_id == notice.id).order_by(_delivery.c.number))
    return tuple(
        {"number": row.number, "channel": row.channel, "state": row.state, "attempts": row.attempts, "delivered_at": row.delivered_at,
         "recipients": row.recipients, "detail": last.get(row.id, "")}
        for row in rows
    )  # fmt: skip
