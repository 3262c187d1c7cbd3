"""Confirming that a paper was read: it is delivery, as good as a channel's proof, it is 签收 where the paper asks for that, and it never counts for or
against anybody."""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records.duty import requests
from campaign.records.duty.duties import finish
from campaign.records.log import write_event
from campaign.records.papers import notices
from campaign.records.papers.outbox import mark_delivered
from campaign.records.tables import DutyState, Notice
from campaign.work.by import By
from campaign.work.papers.receipts import sign_for


def confirm_reading(tx: Session, notice: Notice, by: By) -> bool:
    """False when this reader had confirmed it already. The first confirmation of an issued paper delivers it."""
    if notice.state not in ("issued", "delivered"):
        raise Conflict("这份文书还没有发出，不需要确认。", code="not_issued", notice=notice.id)
    signed_for = sign_for(tx, notice, by)
    if not requests.confirm_reading(tx, notice, by.actor, by.now):
        return signed_for
    if notice.state == "issued":
        mark_delivered(tx, [notice.id], by.now)
        for duty in notices.hand_duties(tx, notice):
            finish(tx, duty, DutyState.ACCEPTED, by.now, "已在门户确认阅读")
    write_event(tx, at=by.now, actor=by.actor, verb="read_notice", reason=by.reason, campaign_id=notice.campaign_id, subject="notice", subject_id=notice.id)
    return True
