"""Undoing a launch in the records: whether somebody was told already, and ending everything of a campaign in a few statements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session

from campaign.records.duties import duty_table as duty
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Delivery, DutyState, Notice, Phase, Series
from campaign.records.tables.duties import UNFINISHED

_notice, _delivery, _series, _phase = table_of(Notice), table_of(Delivery), table_of(Series), table_of(Phase)


def first_sending(tx: Session, campaign: Campaign) -> int | None:
    """The first notice that went out or may have: one that was claimed for sending counts, as nobody knows how far it got."""
    gone = _delivery.c.state.in_(("delivered", "sending")) | (_delivery.c.attempts > 0)
    rows = select(_notice.c.id).join(_delivery, _delivery.c.notice_id == _notice.c.id).where(_notice.c.campaign_id == campaign.id, gone)
    found: int | None = tx.execute(rows.order_by(_notice.c.id).limit(1)).scalar_one_or_none()
    return found


def cancel_duties(tx: Session, campaign: Campaign, now: datetime, reason: str) -> int:
    chosen = (duty.c.campaign_id == campaign.id) & duty.c.state.in_(UNFINISHED)
    ended = tx.execute(
        update(duty).where(chosen).values(state=DutyState.CANCELLED, next_rung_at=None, finished_at=now, closed_reason=reason[:300]).returning(duty.c.id)
    )
    return len(ended.all())


def withdraw_papers(tx: Session, campaign: Campaign, reason: str) -> None:
    papers = select(_notice.c.id).where(_notice.c.campaign_id == campaign.id)
    tx.execute(update(_delivery).where(_delivery.c.notice_id.in_(papers), _delivery.c.state == "pending").values(state="cancelled", next_attempt_at=None))
    waiting = (_notice.c.campaign_id == campaign.id) & _notice.c.state.in_(("open", "draft", "issued"))
    tx.execute(update(_notice).where(waiting).values(state="withdrawn", closed_reason=reason[:300]))


def stop_series_and_phases(tx: Session, campaign: Campaign, now: datetime) -> None:
    tx.execute(update(_series).where(_series.c.campaign_id == campaign.id, _series.c.state == "active").values(state="ended", next_on=None))
    tx.execute(update(_phase).where(_phase.c.campaign_id == campaign.id, _phase.c.state != "closed").values(state="closed", closed_at=now, next_pass_at=None))
