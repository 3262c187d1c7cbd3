"""Queries about one notice: its lines, its duties, how it goes out, and what of earlier rungs never arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlmodel import Session

from campaign.errors import NotFound
from campaign.records.campaigns import row_number
from campaign.records.papers import outbox_statements as statements
from campaign.records.statements import among, insert_new, one_of_words, table_of
from campaign.records.tables import Attempt, Delivery, Duty, Escalation, Notice, NoticeLine, Phase, RungRow, Unit
from campaign.records.tables.duties import CLIMBING, UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_notice, _line, _escalation, _delivery, _rung = (table_of(model) for model in (Notice, NoticeLine, Escalation, Delivery, RungRow))
_phase, _unit = table_of(Phase), table_of(Unit)

# Asked in every pass that has papers: built once.
_HAND_DUTIES = (
    select(duty.c.id).where(among(duty.c.notice_id), duty.c.origin.like("handdeliver:notice:%"), one_of_words(duty.c.state, UNFINISHED)).order_by(duty.c.id)
)
_earlier, _papers = _escalation.alias("earlier"), _notice.alias("papers")
_WAITING = (
    select(_escalation.c.notice_id)
    .join(_earlier, and_(_earlier.c.duty_id == _escalation.c.duty_id, _earlier.c.revision == _escalation.c.revision,
                         _earlier.c.rung < _escalation.c.rung, ~_earlier.c.skipped))
    .join(_papers, _papers.c.id == _earlier.c.notice_id)
    .where(among(_escalation.c.notice_id), one_of_words(_papers.c.state, ("open", "draft", "issued")))
)  # fmt: skip
_LISTED = select(_line.c.notice_id).where(among(_line.c.notice_id), _line.c.removed_at.is_(None))
_first = select(_line.c.notice_id, func.min(_line.c.id).label("line_id")).where(among(_line.c.notice_id)).group_by(_line.c.notice_id).subquery()
_TO_BE_SIGNED = (
    select(_notice.c.id, _notice.c.campaign_id, _notice.c.kind, _unit.c.name.label("unit"), duty.c.phase_id)
    .join(_unit, _unit.c.id == _notice.c.unit_id)
    .join(_first, _first.c.notice_id == _notice.c.id)
    .join(_line, _line.c.id == _first.c.line_id)
    .join(duty, duty.c.id == _line.c.duty_id)
    .order_by(_notice.c.id)
)


def find_notice(tx: Session, wanted: str | int) -> Notice:
    text = str(wanted).lstrip("#").strip()
    number = row_number(text)
    if number is not None:
        found = tx.get(Notice, number)
    else:
        named = list(tx.execute(select(Notice).where(_notice.c.number == text).order_by(_notice.c.id).limit(2)).scalars())
        if len(named) > 1:
            raise NotFound(f"有几份文书的期号都是「{text}」：请改用编号，用 campaign notices list 查看。", code="ambiguous_notice", asked=text)
        found = named[0] if named else None
    if found is None:
        raise NotFound(f"没有编号或文号为「{text}」的文书：请用 campaign notices list 查看。", code="no_notice", asked=text)
    return found


def phase_of(tx: Session, notice: Notice) -> int:
    """The phase of the first duty on it; of a paper that is only text (a bulletin), the phase that was opened last."""
    listed = select(duty.c.phase_id).join(_line, _line.c.duty_id == duty.c.id).where(_line.c.notice_id == notice.id).order_by(_line.c.id).limit(1)
    begun = select(_phase.c.id).where(_phase.c.campaign_id == notice.campaign_id).order_by(_phase.c.opened_at.is_(None), _phase.c.opened_at.desc())
    found = tx.execute(listed).scalar_one_or_none() or tx.execute(begun.limit(1)).scalar_one()
    return int(found)


def to_be_signed(tx: Session, notice_ids: Sequence[int]) -> list[Any]:
    """Of drafts: (id, campaign_id, kind, unit, phase_id), the phase being that of the first duty on each."""
    return list(tx.execute(_TO_BE_SIGNED, {"b_ids": notice_ids}).all())


def has_lines(tx: Session, notice: Notice) -> bool:
    return tx.execute(select(_line.c.id).where(_line.c.notice_id == notice.id, _line.c.removed_at.is_(None)).limit(1)).first() is not None


def undelivered_before(tx: Session, notice: Notice) -> list[str]:
    """Titles of duties on it whose earlier rung, in the same revision, was taken but never arrived."""
    earlier = _escalation.alias("earlier")
    papers = _notice.alias("papers")
    rows = (
        select(duty.c.title)
        .join(_escalation, and_(_escalation.c.duty_id == duty.c.id, _escalation.c.notice_id == notice.id))
        .join(
            earlier, and_(earlier.c.duty_id == duty.c.id, earlier.c.revision == _escalation.c.revision, earlier.c.rung < _escalation.c.rung, ~earlier.c.skipped)
        )
        .join(papers, papers.c.id == earlier.c.notice_id)
        .where(papers.c.state.in_(("open", "draft", "issued")))
        .distinct()
    )
    return list(tx.execute(rows).scalars())


def undelivered_papers(tx: Session, notice_id: int) -> list[Any]:
    """The earlier papers about the duties on a draft that never arrived: why it cannot be issued yet. (id, kind, number, state)"""
    return undelivered_by_draft(tx, [notice_id])[notice_id]


def undelivered_by_draft(tx: Session, notice_ids: Sequence[int]) -> dict[int, list[Any]]:
    """The same of each of these drafts, in one query: the first ten by number."""
    earlier, papers = _escalation.alias("earlier"), _notice.alias("papers")
    same = and_(earlier.c.duty_id == _escalation.c.duty_id, earlier.c.revision == _escalation.c.revision, earlier.c.rung < _escalation.c.rung)
    rows = (
        select(_escalation.c.notice_id.label("draft"), papers.c.id, papers.c.kind, papers.c.number, papers.c.state)
        .join(earlier, earlier.c.notice_id == papers.c.id)
        .join(_escalation, and_(same, ~earlier.c.skipped))
        .where(_escalation.c.notice_id.in_(list(notice_ids)), papers.c.state.in_(("open", "draft", "issued")))
        .distinct()
        .order_by(papers.c.id)
    )
    found: dict[int, list[Any]] = {notice_id: [] for notice_id in notice_ids}
    for row in tx.execute(rows):
        if len(found[row.draft]) < 10:
            found[row.draft].append(row)
    return found


def not_ready(tx: Session, notice_ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """Of these drafts: those with a duty whose earlier rung never arrived, and those without any line left."""
    ours = {"b_ids": notice_ids}
    return set(tx.execute(_WAITING, ours).scalars()), set(notice_ids) - set(tx.execute(_LISTED, ours).scalars())


def way_out(tx: Session, notice: Notice) -> tuple[str, str]:
    """Channel and audience of its rung."""
    row = tx.execute(select(_rung.c.channel, _rung.c.audience).where(_rung.c.ladder_id == notice.ladder_id, _rung.c.number == notice.rung)).one_or_none()
    return (row.channel, row.audience) if row is not None else ("webhook", "contact")


def climbing_duties(tx: Session, notice: Notice) -> list[Duty]:
    """Duties that took their rung with this notice and still wait for its delivery."""
    same = and_(
        _escalation.c.duty_id == duty.c.id, _escalation.c.notice_id == notice.id, _escalation.c.revision == duty.c.revision, _escalation.c.rung == duty.c.rung
    )
    return list(tx.execute(select(Duty).join(_escalation, same).where(duty.c.state.in_(CLIMBING))).scalars())


def sign_duties(tx: Session, notice: Notice) -> list[Duty]:
    return list(
        tx.execute(select(Duty).where(duty.c.notice_id == notice.id, duty.c.origin == f"sign:notice:{notice.id}", duty.c.state.in_(UNFINISHED))).scalars()
    )


def hand_duties(tx: Session, notice: Notice) -> list[Duty]:
    return list(
        tx.execute(
            select(Duty).where(duty.c.notice_id == notice.id, duty.c.origin == f"handdeliver:notice:{notice.id}", duty.c.state.in_(UNFINISHED))
        ).scalars()
    )


def hand_duties_of(tx: Session, notice_ids: Sequence[int]) -> list[Duty]:
    """The office's open duties to carry any of these papers."""
    ids = tx.execute(_HAND_DUTIES, {"b_ids": notice_ids}).scalars().all()
    return list(tx.execute(select(Duty).where(duty.c.id.in_(ids)).order_by(duty.c.id)).scalars()) if ids else []


def cancel_deliveries(tx: Session, notice: Notice) -> None:
    tx.execute(
        update(_delivery)
        .where(_delivery.c.notice_id == notice.id, _delivery.c.state.in_(("pending", "sending")))
        .values(state="cancelled", next_attempt_at=None)
    )


def record_hand_delivery(tx: Session, notice: Notice, *, to: str, by: str, at: datetime) -> None:
    number = tx.execute(select(func.coalesce(func.max(_delivery.c.number), 0)).where(_delivery.c.notice_id == notice.id)).scalar_one() + 1
    cancel_deliveries(tx, notice)
    created = insert_new(tx, Delivery, [{
        "notice_id": notice.id, "number": number, "channel": "hand", "audience": "handler", "state": "delivered",
        "idempotency_key": f"n{notice.id}-{number}", "attempts": 1, "next_attempt_at": None, "delivered_at": at, "recipients": [{"name": to}],
    }])  # fmt: skip
    insert_new(tx, Attempt, [{"delivery_id": created[0], "number": 1, "at": at, "outcome": "delivered", "detail": f"人工送达，{to} 签收，{by} 登记"}])


def due_deliveries(tx: Session, now: datetime, campaign_id: int | None) -> int:
    """How many sendings are due; a rehearsal's are due only when it is named."""
    asked = {"b_now": now} | ({} if campaign_id is None else {"b_campaign": campaign_id})
    return int(tx.execute(statements.due_count(campaign_id is not None), asked).scalar_one())


def units_named(tx: Session, ids: Iterable[int]) -> dict[int, Unit]:
    unit = table_of(Unit)
    return {row.id or 0: row for row in tx.execute(select(Unit).where(unit.c.id.in_(list(ids)))).scalars()}
