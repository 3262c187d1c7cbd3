"""Queries about 签收: which delivered papers ask for it, and which of the unit's duties to sign for a paper are still open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select, update
from sqlmodel import Session

from campaign.records.statements import among, chunks, one_of_words, table_of
from campaign.records.tables import Campaign, Delivery, Duty, Notice, NoticeLine, NoticeReading, Unit
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

ORIGIN = "ack:notice:"
_notice, _line, _unit, _campaign, _reading, _delivery = (table_of(model) for model in (Notice, NoticeLine, Unit, Campaign, NoticeReading, Delivery))
_worked = duty.alias("worked")
_RECEIPT = duty.c.origin.like(f"{ORIGIN}%") & one_of_words(duty.c.state, UNFINISHED)

# Built once: every sending and every hand-in asks them.
_PHASES = select(_line.c.notice_id, duty.c.phase_id).join(duty, duty.c.id == _line.c.duty_id).where(among(_line.c.notice_id)).order_by(_line.c.id)
_SHOWN = (
    select(duty.c.id, duty.c.notice_id, duty.c.campaign_id)
    .join(_line, and_(_line.c.notice_id == duty.c.notice_id, _line.c.removed_at.is_(None)))
    .join(_worked, and_(_worked.c.id == _line.c.duty_id, _worked.c.unit_id == duty.c.unit_id + 0))  # by its papers, not by all that the unit owes
    .where(among(_worked.c.id), _RECEIPT)
)
_OPEN = select(duty.c.id, duty.c.notice_id, duty.c.campaign_id).where(among(duty.c.id), _RECEIPT).order_by(duty.c.id)
_SIGN = update(duty).where(among(duty.c.id), duty.c.acked_at.is_(None)).values(acked_at=bindparam("b_at"), acked_by=bindparam("b_by"))


@cache
def _asking(kinds: frozenset[str]) -> Select[Any]:
    once = exists().where(_line.c.notice_id == _notice.c.id, _line.c.removed_at.is_(None), _line.c.duty_id == duty.c.id, duty.c.series_id.is_(None))
    by_hand = exists().where(_delivery.c.notice_id == _notice.c.id, _delivery.c.channel == "hand", _delivery.c.state == "delivered")
    return (
        select(_notice.c.id, _notice.c.campaign_id, _notice.c.kind, _notice.c.number, _notice.c.unit_id, _unit.c.name, _unit.c.external,
               _unit.c.kind.label("unit_kind"), _unit.c.state.label("unit_state"), _campaign.c.office_unit_id)
        .join(_unit, _unit.c.id == _notice.c.unit_id)
        .join(_campaign, _campaign.c.id == _notice.c.campaign_id)
        .where(among(_notice.c.id), _notice.c.state == "delivered", one_of_words(_notice.c.kind, kinds), _notice.c.unit_id != _campaign.c.office_unit_id)
        .where(or_(_notice.c.kind != "任务分解通知", once), ~exists().where(_reading.c.notice_id == _notice.c.id), ~by_hand)
        .order_by(_notice.c.id)
    )  # fmt: skip


def asking(tx: Session, notice_ids: Collection[int], kinds: Collection[str]) -> list[Any]:
    """Of delivered papers of these kinds to units outside the office those that nobody has confirmed; a notice of recurring reports alone asks for nothing."""
    return list(tx.execute(_asking(frozenset(kinds)), {"b_ids": notice_ids}).all())


def keep_units(tx: Session, notice_ids: Collection[int], kinds: Collection[str]) -> None:
    """Nobody merges or abolishes the units of these papers until this transaction ends; one that is being merged is waited for."""
    if tx.get_bind().dialect.name != "postgresql":
        return  # one writer at a time
    for part in chunks(sorted(notice_ids), 900):
        addressed = select(_notice.c.unit_id).where(_notice.c.id.in_(part), _notice.c.kind.in_(list(kinds)))
        tx.execute(select(_unit.c.id).where(_unit.c.id.in_(addressed)).order_by(_unit.c.id).with_for_update(read=True))


def owners_of_lines(tx: Session, notice_ids: Collection[int]) -> dict[int, int]:
    """Paper → the unit, not over itself, that has the most of what it lists and is not done."""
    rows = (
        select(_line.c.notice_id, duty.c.unit_id, func.count())
        .join(duty, duty.c.id == _line.c.duty_id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(_line.c.notice_id.in_(list(notice_ids)), _line.c.removed_at.is_(None), duty.c.state.in_(UNFINISHED), _unit.c.state == "active")
        .group_by(_line.c.notice_id, duty.c.unit_id)
        .order_by(func.count(), duty.c.unit_id.desc())
    )
    return {row.notice_id: row.unit_id for row in tx.execute(rows)}


def first_phases(tx: Session, notice_ids: Collection[int]) -> dict[int, int]:
    """Paper → the phase of the first duty on it."""
    found: dict[int, int] = {}
    for row in tx.execute(_PHASES, {"b_ids": notice_ids}).all():
        found.setdefault(row.notice_id, row.phase_id)
    return found


def receipts_of(tx: Session, notice_ids: Collection[int]) -> list[Duty]:
    """The open duties to sign for these papers."""
    chosen = duty.c.notice_id.in_(list(notice_ids)) & duty.c.origin.like(f"{ORIGIN}%") & duty.c.state.in_(UNFINISHED)
    return list(tx.execute(select(Duty).where(chosen).order_by(duty.c.id)).scalars())


def shown_by_work(tx: Session, duty_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """Open receipts of papers that list one of these duties of the same unit: (receipt's duty, paper, campaign)."""
    found = {row.id: (row.id, row.notice_id, row.campaign_id) for row in tx.execute(_SHOWN, {"b_ids": duty_ids}).all()}
    return [found[key] for key in sorted(found)]


def open_among(tx: Session, duty_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    return [(row.id, row.notice_id, row.campaign_id) for row in tx.execute(_OPEN, {"b_ids": duty_ids})]


def mark_signed_for(tx: Session, duty_ids: Sequence[int], by: str, at: datetime) -> None:
    tx.execute(_SIGN, {"b_ids": duty_ids, "b_at": at, "b_by": by})


def unsigned_for(tx: Session, campaign_id: int, *, limit: int = 20) -> list[Any]:
    """Papers that nobody has signed for, the longest first: (unit, title, due_at)."""
    rows = (
        select(_unit.c.name.label("unit"), duty.c.title, duty.c.due_at)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.campaign_id == campaign_id, duty.c.origin.like(f"{ORIGIN}%"), duty.c.state.in_(UNFINISHED))
        .order_by(duty.c.due_at, duty.c.id)
    )
    return list(tx.execute(rows.limit(limit)))
