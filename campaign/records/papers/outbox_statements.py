"""The statements of a sending, built once: claim, close, record.

A delivery pass is some dozens of small statements, and a rehearsed year has a thousand of them: building each anew costs more than running
it. A statement kept here also keeps its cache key. Names of parameters begin with `b_`, for a bare one would be taken for a column to set.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select, text, update

from campaign.records.statements import among, one_of_words, table_of
from campaign.records.tables import Campaign, Delivery, DutyState, Escalation, Notice, NoticeLine, RungRow, Unit
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.papers import NUMBERED_ALWAYS

_notice, _line, _delivery, _escalation = table_of(Notice), table_of(NoticeLine), table_of(Delivery), table_of(Escalation)
_campaign, _unit, _rung = table_of(Campaign), table_of(Unit), table_of(RungRow)


# Written as SQL: the dialects' own INSERT … ON CONFLICT is compiled anew at each execution.
# The open notice of a unit, kind and day; one that is there is locked, so that no sender closes it before its lines are in.
COLLECT = text("""
    INSERT INTO notice (campaign_id, unit_id, kind, rung, day, batch, state, title, created_at, pass_id)
    VALUES (:campaign_id, :unit_id, :kind, 0, :day, :batch, 'open', :kind, :created_at, :pass_id)
    ON CONFLICT (campaign_id, unit_id, kind, rung, day, batch) WHERE state IN ('open', 'draft') DO UPDATE SET pass_id = excluded.pass_id
""").bindparams(bindparam("day", type_=_notice.c.day.type), bindparam("created_at", type_=_notice.c.created_at.type))
# A line; one that was taken off is there again.
LIST = text("""
    INSERT INTO notice_line (notice_id, duty_id, note) VALUES (:notice_id, :duty_id, :note)
    ON CONFLICT (notice_id, duty_id) DO UPDATE SET removed_at = NULL, note = coalesce(excluded.note, notice_line.note)
""")
# The words of the index of collecting papers stand beside the state, so that it is seen to fit.
COLLECTING_TODAY = select(_notice.c.unit_id, _notice.c.id).where(
    _notice.c.campaign_id == bindparam("b_campaign"), _notice.c.kind == bindparam("b_kind"), _notice.c.rung == 0, _notice.c.day == bindparam("b_day"),
    _notice.c.batch == bindparam("b_batch"), _notice.c.state == "open", text("state IN ('open', 'draft')"),
    among(_notice.c.unit_id),
)  # fmt: skip


@cache
def due_ids(of_campaign: bool, locking: bool) -> Select[Any]:
    """What is due by `b_now`, at most `b_limit`, of campaign `b_campaign` or of all that are no rehearsals."""
    due = select(_delivery.c.id).where(_delivery.c.next_attempt_at <= bindparam("b_now")).order_by(_delivery.c.next_attempt_at, _delivery.c.id)
    due = _only(due, of_campaign).limit(bindparam("b_limit"))
    return due.with_for_update(skip_locked=True) if locking else due


@cache
def due_count(of_campaign: bool) -> Select[Any]:
    return _only(select(func.count()).select_from(_delivery).where(_delivery.c.next_attempt_at <= bindparam("b_now")), of_campaign)


def _only(rows: Select[Any], of_campaign: bool) -> Select[Any]:
    joined = select(_notice.c.id).join(_campaign, _campaign.c.id == _notice.c.campaign_id).where(_notice.c.id == _delivery.c.notice_id)
    joined = joined.where(_campaign.c.id == bindparam("b_campaign")) if of_campaign else joined.where(_campaign.c.rehearsal.is_(False))
    return rows.where(joined.exists())


TAKE = (
    update(_delivery)
    .where(among(_delivery.c.id))
    .values(state="sending", claimed_by=bindparam("b_holder"), next_attempt_at=bindparam("b_until"), attempts=_delivery.c.attempts + 1)
    .returning(_delivery.c.id, _delivery.c.notice_id)
)
LOCK_NOTICES = select(_notice.c.id).where(among(_notice.c.id)).order_by(_notice.c.id).with_for_update()
_OPEN = and_(among(_notice.c.id), _notice.c.state == "open")
_HAS_LINE = exists().where(_line.c.notice_id == _notice.c.id, _line.c.removed_at.is_(None))
DROP_EMPTY = update(_notice).where(_OPEN, ~_HAS_LINE, _notice.c.body.is_(None)).values(state="empty").returning(_notice.c.id)
CANCEL_EMPTY = update(_delivery).where(among(_delivery.c.notice_id)).values(state="cancelled", next_attempt_at=None)
ISSUE = update(_notice).where(_OPEN).values(state="issued", issued_at=bindparam("b_now"))
TO_NUMBER = (
    select(_notice.c.id, _notice.c.campaign_id, _notice.c.kind)
    .outerjoin(_rung, and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung))
    .where(among(_notice.c.id), _notice.c.state == "issued", _notice.c.number.is_(None), or_(_rung.c.numbered, one_of_words(_notice.c.kind, NUMBERED_ALWAYS)))
    .order_by(_notice.c.id)
)
OUTGOING = (
    select(_delivery, _notice.c.campaign_id, _notice.c.unit_id, _notice.c.kind, _notice.c.rung, _notice.c.number.label("document_number"),
           _notice.c.issued_at, _notice.c.body, _notice.c.signed_by, _campaign.c.title, _campaign.c.live_at, _unit.c.name, _notice.c.unit_name,
           _unit.c.kind.label("unit_kind"), _unit.c.external)
    .join(_notice, _notice.c.id == _delivery.c.notice_id)
    .join(_campaign, _campaign.c.id == _notice.c.campaign_id)
    .join(_unit, _unit.c.id == _notice.c.unit_id)
    .where(among(_delivery.c.id), _delivery.c.state == "sending")
    .order_by(_delivery.c.id)
)  # fmt: skip
LINES = (
    select(_line.c.notice_id, duty.c.id, duty.c.title, duty.c.due_at, func.coalesce(_line.c.note, duty.c.closed_reason).label("said"), duty.c.unit_id,
           and_(_line.c.note.is_not(None), one_of_words(duty.c.state, (DutyState.WAIVED, DutyState.CANCELLED))).label("ended"))
    .join(duty, duty.c.id == _line.c.duty_id)
    .where(among(_line.c.notice_id), _line.c.removed_at.is_(None))
    .order_by(duty.c.due_at, duty.c.id)
)  # fmt: skip
UNIT_NAMES = select(_unit.c.id, _unit.c.name).where(among(_unit.c.id))

CLAIMED = (
    select(_delivery.c.id, _delivery.c.notice_id, _delivery.c.number, _delivery.c.channel, _delivery.c.audience, _delivery.c.attempts)
    .where(among(_delivery.c.id), _delivery.c.claimed_by == bindparam("b_holder"), _delivery.c.state == "sending")
    .order_by(_delivery.c.id)
)
SETTLE = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("b_id"))
    .values(state="delivered", delivered_at=bindparam("b_now"), next_attempt_at=None, recipients=bindparam("b_recipients"))
)
PUT_OFF = update(_delivery).where(_delivery.c.id == bindparam("b_id")).values(state="pending", next_attempt_at=bindparam("b_again_at"))
FAIL = update(_delivery).where(among(_delivery.c.id)).values(state="failed", next_attempt_at=None)

ARRIVED = (
    update(_notice).where(among(_notice.c.id), _notice.c.state == "issued").values(state="delivered", delivered_at=bindparam("b_now")).returning(_notice.c.id)
)
ALIKE = (duty.c.campaign_id, duty.c.ladder_id, duty.c.rung, duty.c.due_at, duty.c.floor_rung)
_TOLD = select(_escalation.c.duty_id).where(
    among(_escalation.c.notice_id), _escalation.c.duty_id == duty.c.id, _escalation.c.revision == duty.c.revision, _escalation.c.rung == duty.c.rung
)
_WAITING = and_(duty.c.next_rung_at.is_(None), one_of_words(duty.c.state, CLIMBING), exists(_TOLD))
_ON_LINES = duty.c.id.in_(select(_line.c.duty_id).where(among(_line.c.notice_id)))
# Locked, so that what the rule was asked is still so when its answer is written.
TO_ARM = select(duty.c.id, *ALIKE).where(_ON_LINES, _WAITING).order_by(duty.c.id).with_for_update(of=duty)
ARM = update(duty).where(among(duty.c.id)).values(next_rung_at=bindparam("b_at"))
