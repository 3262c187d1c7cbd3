"""Queries about sending a paper again to somebody who came later."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlmodel import Session

from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Campaign, Delivery, Notice, NoticeLine, Post, RungRow, Tenure
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_notice, _line, _delivery, _rung, _campaign = (table_of(model) for model in (Notice, NoticeLine, Delivery, RungRow, Campaign))
_post, _tenure = table_of(Post), table_of(Tenure)


def was_there(tx: Session, unit_id: int, person_id: int, today: date) -> bool:
    """Did this person hold a post of the unit until yesterday at least?"""
    held = and_(
        _post.c.unit_id == unit_id, _tenure.c.person_id == person_id, _tenure.c.from_on < today, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today)
    )
    return tx.execute(select(_tenure.c.id).join(_post, _post.c.id == _tenure.c.post_id).where(held).limit(1)).first() is not None


def last_papers(tx: Session, unit_id: int, kinds: Collection[str]) -> list[Any]:
    """Of each running campaign the last paper that arrived and still lists something unfinished; and every one that waits to be carried.

    A reminder to sign for a paper is not such a last word.
    """
    waits = exists().where(duty.c.notice_id == _notice.c.id, duty.c.origin.like("handdeliver:notice:%"), duty.c.state.in_(UNFINISHED))
    owed = exists().where(_line.c.notice_id == _notice.c.id, _line.c.removed_at.is_(None), duty.c.id == _line.c.duty_id, duty.c.state.in_(UNFINISHED))
    rows = (
        select(_notice.c.id, _notice.c.campaign_id, _notice.c.state, _rung.c.channel)
        .join(_campaign, _campaign.c.id == _notice.c.campaign_id)
        .outerjoin(_rung, and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung))
        .where(_notice.c.unit_id == unit_id, _campaign.c.state == "launched", _notice.c.unit_id != _campaign.c.office_unit_id)
        .where(_notice.c.kind != "签收提醒")
        .where(
            or_(and_(_notice.c.state == "issued", waits), and_(_notice.c.state == "delivered", or_(_notice.c.rung > 0, _notice.c.kind.in_(list(kinds))), owed))
        )
        .order_by(_notice.c.issued_at.desc(), _notice.c.id.desc())
    )
    found, told = [], set()
    for row in tx.execute(rows):
        if row.state == "issued" or row.campaign_id not in told:
            found.append(row)
        if row.state == "delivered":
            told.add(row.campaign_id)
    return found


def add_copy(tx: Session, paper: Any, *, audience: str, key: str, now: datetime) -> bool:
    """One more sending, by the first channel of its rung; False when this key went out before."""
    number = tx.execute(select(func.max(_delivery.c.number)).where(_delivery.c.notice_id == paper.id)).scalar_one() or 0
    made = insert_new(tx, Delivery, [{
        "notice_id": paper.id, "number": number + 1, "channel": paper.channel or "webhook", "audience": audience, "state": "pending",
        "idempotency_key": key, "attempts": 0, "next_attempt_at": now, "recipients": [],
    }])  # fmt: skip
    return bool(made)
