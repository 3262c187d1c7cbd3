"""The outbox: notices collected in the transaction that caused them, claimed by a sender, and every attempt recorded.

Numbers of documents are given when a notice is closed for sending (`numbers`). Refuses to send: that is `campaign.notices`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, or_, select, text, update
from sqlmodel import Session

from campaign.records.duties import clock_of
from campaign.records.duties import duty_table as duty
from campaign.records.letterhead import SIGNATORY, letterheads
from campaign.records.manners import hold_back
from campaign.records.notices import only_of
from campaign.records.numbers import give_numbers
from campaign.records.statements import chunks, insert_new, insert_of, table_of
from campaign.records.tables import Attempt, Campaign, Delivery, Escalation, Notice, NoticeLine, RungRow, Unit
from campaign.records.tables.duties import CLIMBING
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import COPY_TO_LEAD, NUMBERED_ALWAYS, Relation, form_for

CLAIM_FOR = timedelta(minutes=2)
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
_notice, _line, _delivery, _attempt, _escalation = table_of(Notice), table_of(NoticeLine), table_of(Delivery), table_of(Attempt), table_of(Escalation)
_campaign, _unit, _rung = table_of(Campaign), table_of(Unit), table_of(RungRow)


@dataclass(frozen=True, slots=True)
class Line:
    duty_id: int
    title: str
    due_at: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice as it goes out by one channel; `to` are the addressees the sender resolved."""

    delivery_id: int
    notice_id: int
    campaign_id: int
    campaign_title: str
    unit_id: int
    unit_name: str
    kind: str
    rung: int
    number: str | None
    channel: str
    audience: str
    idempotency_key: str
    attempts: int
    issued_at: datetime
    live: bool
    body: str | None
    lines: tuple[Line, ...]
    relation: Relation = "subordinate"
    signatory: str = SIGNATORY
    signed_by: str | None = None
    draft: bool = False

    @property
    def form(self) -> str:
        """The paper as this unit gets it: a 督办通知书 is a 商请函 to one that is not below the office."""
        return form_for(self.kind, self.relation)


def collect_lines(
    tx: Session,
    *,
    campaign_id: int,
    kind: str,
    duties: Sequence[tuple[int, int]],
    now: datetime,
    channel: str = "webhook",
    audience: str = "contact",
    pass_id: int | None = None,
) -> int:
    """Add duties (unit_id, duty_id) to each unit's open notice of this kind and day, making it and its delivery; answers how many notices were touched."""
    units = sorted({unit_id for unit_id, _ in duties})
    if not units:
        return 0
    day = campaign_day(now)
    made = insert_of(tx, Notice)
    made = made.on_conflict_do_update(
        index_elements=["campaign_id", "unit_id", "kind", "rung", "day", "batch"],
        index_where=text("state IN ('open', 'draft')"),
        set_={"pass_id": made.excluded.pass_id},
    )
    rows = [
        {
            "campaign_id": campaign_id,
            "unit_id": unit,
            "kind": kind,
            "rung": 0,
            "day": day,
            "batch": 0,
            "state": "open",
            "title": kind,
            "created_at": now,
            "pass_id": pass_id,
        }
        for unit in units
    ]
    for part in chunks(rows, 500):
        tx.execute(made, part)
    found: dict[int, int] = {}
    for part in chunks(units, 500):
        chosen = select(_notice.c.unit_id, _notice.c.id).where(
            _notice.c.campaign_id == campaign_id,
            _notice.c.kind == kind,
            _notice.c.rung == 0,
            _notice.c.day == day,
            _notice.c.state == "open",
            _notice.c.unit_id.in_(part),
        )
        found |= {row.unit_id: row.id for row in tx.execute(chosen)}
    add_deliveries(tx, sorted(found.values()), channel=channel, audience=audience, now=now)
    line = insert_of(tx, NoticeLine)
    line = line.on_conflict_do_update(index_elements=["notice_id", "duty_id"], set_={"removed_at": None})
    for part in chunks([{"notice_id": found[unit], "duty_id": duty_id} for unit, duty_id in duties], 1000):
        tx.execute(line, part)
    return len(found)


def add_deliveries(tx: Session, notice_ids: Iterable[int], *, channel: str, audience: str, now: datetime, number: int = 1) -> None:
    rows = [
        {"notice_id": notice_id, "number": number, "channel": channel, "audience": audience, "state": "pending", "idempotency_key": f"n{notice_id}-{number}",
         "attempts": 0, "next_attempt_at": now, "recipients": []}
        for notice_id in notice_ids
    ]  # fmt: skip
    for part in chunks(rows, 1000):
        insert_new(tx, Delivery, part)


def next_attempt_time(tx: Session) -> datetime | None:
    """When the next sending is due; a rehearsal's never is, for the clock does not send it."""
    first = only_of(select(func.min(_delivery.c.next_attempt_at)).where(_delivery.c.next_attempt_at.is_not(None)), None)
    at: datetime | None = tx.execute(first).scalar_one_or_none()
    return at


def claim(tx: Session, now: datetime, limit: int, holder: str, *, campaign_id: int | None = None) -> list[Outgoing]:
    """Take up to `limit` deliveries that are due, closing and numbering their notices. A sender that dies leaves them due again in two minutes."""
    due = select(_delivery.c.id).where(_delivery.c.next_attempt_at <= now).order_by(_delivery.c.next_attempt_at, _delivery.c.id).limit(limit)
    chosen = only_of(due, campaign_id)
    if tx.get_bind().dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    taken = hold_back(tx, list(tx.execute(chosen).scalars()), now)
    _record_lost(tx, taken, now)
    ids = list(
        tx.execute(
            update(_delivery)
            .where(_delivery.c.id.in_(taken))
            .values(state="sending", claimed_by=holder, next_attempt_at=now + CLAIM_FOR, attempts=_delivery.c.attempts + 1)
            .returning(_delivery.c.id)
        ).scalars()
    )
    if not ids:
        return []
    notices = sorted(tx.execute(select(_delivery.c.notice_id).where(_delivery.c.id.in_(ids)).distinct()).scalars())
    _close(tx, notices, now)
    return _outgoing(tx, ids)


def _record_lost(tx: Session, delivery_ids: list[int], now: datetime) -> None:
    """A claim that ran out is an attempt of which nobody knows the end: it may have arrived, so the repetition may arrive twice."""
    lost = tx.execute(select(_delivery.c.id, _delivery.c.attempts).where(_delivery.c.id.in_(delivery_ids), _delivery.c.state == "sending")).all()
    insert_new(tx, Attempt, [
        {"delivery_id": row.id, "number": row.attempts, "at": now, "outcome": "unknown", "detail": "发送中断,结果不明,以同一编号再发"} for row in lost
    ])  # fmt: skip


def _close(tx: Session, notices: list[int], now: datetime) -> None:
    """No line is added after this. A notice whose lines are all finished is not sent at all."""
    # Locked by a statement of its own: the next one must see the lines of a sweep that held the row until a moment ago.
    tx.execute(select(_notice.c.id).where(_notice.c.id.in_(notices)).order_by(_notice.c.id).with_for_update())
    has_line = exists().where(_line.c.notice_id == _notice.c.id, _line.c.removed_at.is_(None))
    ours = and_(_notice.c.id.in_(notices), _notice.c.state == "open")
    empty = tx.execute(update(_notice).where(ours, ~has_line, _notice.c.body.is_(None)).values(state="empty").returning(_notice.c.id)).scalars().all()
    if empty:
        tx.execute(update(_delivery).where(_delivery.c.notice_id.in_(empty)).values(state="cancelled", next_attempt_at=None))
    tx.execute(update(_notice).where(ours).values(state="issued", issued_at=now))
    numbered = tx.execute(
        select(_notice.c.id, _notice.c.campaign_id, _notice.c.kind)
        .outerjoin(_rung, and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung))
        .where(_notice.c.id.in_(notices), _notice.c.state == "issued", _notice.c.number.is_(None), or_(_rung.c.numbered, _notice.c.kind.in_(NUMBERED_ALWAYS)))
        .order_by(_notice.c.id)
    ).all()
    give_numbers(tx, [(row.id, row.campaign_id, row.kind) for row in numbered], now)


def _outgoing(tx: Session, delivery_ids: list[int]) -> list[Outgoing]:
    rows = tx.execute(
        select(_delivery, _notice.c.campaign_id, _notice.c.unit_id, _notice.c.kind, _notice.c.rung, _notice.c.number.label("document_number"),
               _notice.c.issued_at, _notice.c.body, _notice.c.signed_by, _campaign.c.title, _campaign.c.live_at, _unit.c.name, _notice.c.unit_name,
               _unit.c.kind.label("unit_kind"), _unit.c.external)
        .join(_notice, _notice.c.id == _delivery.c.notice_id)
        .join(_campaign, _campaign.c.id == _notice.c.campaign_id)
        .join(_unit, _unit.c.id == _notice.c.unit_id)
        .where(_delivery.c.id.in_(delivery_ids), _delivery.c.state == "sending")
        .order_by(_delivery.c.id)
    ).all()  # fmt: skip
    lines = lines_of(tx, [row.notice_id for row in rows], {row.notice_id for row in rows if row.kind == COPY_TO_LEAD})
    heads = letterheads(tx, (row.campaign_id for row in rows))
    return [
        Outgoing(
            delivery_id=row.id, notice_id=row.notice_id, campaign_id=row.campaign_id, campaign_title=row.title, unit_id=row.unit_id,
            unit_name=row.unit_name or row.name, kind=row.kind, rung=row.rung, number=row.document_number, channel=row.channel, audience=row.audience,
            idempotency_key=row.idempotency_key, attempts=row.attempts, issued_at=row.issued_at, live=row.live_at is not None,
            body=row.body, lines=tuple(lines.get(row.notice_id, ())), signatory=heads[row.campaign_id].signatory, signed_by=row.signed_by,
            relation=heads[row.campaign_id].relation(row.name, row.unit_kind, external=row.external),
        )
        for row in rows
    ]  # fmt: skip


def lines_of(tx: Session, notice_ids: Collection[int], with_unit: Collection[int] = ()) -> dict[int, list[Line]]:
    """Paper → what it lists; for those `with_unit` each line says whose work it is."""
    found: dict[int, list[Line]] = {}
    listed = (
        select(_line.c.notice_id, duty.c.id, duty.c.title, duty.c.due_at, duty.c.closed_reason, duty.c.unit_id)
        .join(duty, duty.c.id == _line.c.duty_id)
        .where(_line.c.notice_id.in_(list(notice_ids)), _line.c.removed_at.is_(None))
        .order_by(duty.c.due_at, duty.c.id)
    )
    rows = tx.execute(listed).all()
    owners = {row.unit_id for row in rows if row.notice_id in with_unit}
    names = {row.id: row.name for row in tx.execute(select(_unit.c.id, _unit.c.name).where(_unit.c.id.in_(owners)))} if owners else {}
    for row in rows:
        title = f"{names[row.unit_id]}：{row.title}" if row.notice_id in with_unit else row.title
        found.setdefault(row.notice_id, []).append(Line(row.id, title, row.due_at, row.closed_reason))
    return found


@dataclass(frozen=True, slots=True)
class Outcome:
    delivery_id: int
    outcome: str
    detail: str
    recipients: tuple[dict[str, str], ...] = ()


def record_outcomes(tx: Session, outcomes: Sequence[Outcome], holder: str, now: datetime) -> list[int]:
    """Write the attempts; answers the notices for which every channel has failed.

    An outcome of a claim that was lost meanwhile changes nothing: whoever claimed it next has recorded that attempt as of unknown end.
    """
    if not outcomes:
        return []
    by_id = {outcome.delivery_id: outcome for outcome in outcomes}
    rows = tx.execute(select(_delivery).where(_delivery.c.id.in_(by_id)).order_by(_delivery.c.id)).all()
    ours = [row for row in rows if row.claimed_by == holder and row.state == "sending"]
    insert_new(tx, Attempt, [
        {"delivery_id": row.id, "number": row.attempts, "at": now, "outcome": by_id[row.id].outcome, "detail": by_id[row.id].detail[:500]} for row in ours
    ])  # fmt: skip
    arrived = [row for row in ours if by_id[row.id].outcome == "delivered"]
    if arrived:
        settled = update(_delivery).where(_delivery.c.id == bindparam("b_id")).values(
            state="delivered", delivered_at=now, next_attempt_at=None, recipients=bindparam("b_recipients"))  # fmt: skip
        tx.connection().execute(settled, [{"b_id": row.id, "b_recipients": list(by_id[row.id].recipients)} for row in arrived])
    mark_delivered(tx, sorted({row.notice_id for row in arrived}), now)
    exhausted: list[int] = []
    for row in ours:
        outcome = by_id[row.id].outcome
        if outcome in ("failed", "unknown") and row.attempts <= len(RETRY_AFTER):
            tx.execute(update(_delivery).where(_delivery.c.id == row.id).values(state="pending", next_attempt_at=now + RETRY_AFTER[row.attempts - 1]))
        elif outcome != "delivered":
            tx.execute(update(_delivery).where(_delivery.c.id == row.id).values(state="failed", next_attempt_at=None))
            if not _fall_over(tx, row, now):
                exhausted.append(row.notice_id)
    return exhausted


def _fall_over(tx: Session, row: Any, now: datetime) -> bool:
    """The channel behind this one, as a new delivery; False when there is none. Its number follows the last, for a successor may have one too."""
    channels = tx.execute(
        select(_rung.c.channel, _rung.c.fallbacks)
        .join(_notice, and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung))
        .where(_notice.c.id == row.notice_id)
    ).one_or_none()
    ways = ["webhook", "file"] if channels is None else [channels.channel, *(name for name in channels.fallbacks.split(",") if name)]
    rest = ways[ways.index(row.channel) + 1 :] if row.channel in ways else []
    if not rest:
        return False
    last = tx.execute(select(func.max(_delivery.c.number)).where(_delivery.c.notice_id == row.notice_id)).scalar_one()
    add_deliveries(tx, [row.notice_id], channel=rest[0], audience=row.audience, now=now, number=last + 1)
    return True


def mark_delivered(tx: Session, notice_ids: list[int], now: datetime) -> None:
    """The notices have arrived: the dwell of the next rung begins now for the duties on them."""
    if not notice_ids:
        return
    fresh: list[int] = []
    for part in chunks(notice_ids, 900):
        fresh += tx.execute(
            update(_notice).where(_notice.c.id.in_(part), _notice.c.state == "issued").values(state="delivered", delivered_at=now).returning(_notice.c.id)
        ).scalars()
    for part in chunks(fresh, 900):
        told = select(_escalation.c.duty_id).where(
            _escalation.c.notice_id.in_(part), _escalation.c.duty_id == duty.c.id, _escalation.c.revision == duty.c.revision, _escalation.c.rung == duty.c.rung
        )
        waiting = and_(duty.c.next_rung_at.is_(None), duty.c.state.in_(CLIMBING), exists(told))
        on_lines = duty.c.id.in_(select(_line.c.duty_id).where(_line.c.notice_id.in_(part)))
        alike = (duty.c.campaign_id, duty.c.ladder_id, duty.c.rung, duty.c.due_at, duty.c.floor_rung)
        for group in tx.execute(select(*alike).where(on_lines, waiting).distinct()).all():
            at = clock_of(tx, group.campaign_id).after(group.ladder_id, group.rung, group.due_at, now, group.floor_rung)
            if at is not None:
                same = and_(*(column == group[place] for place, column in enumerate(alike)))
                tx.execute(update(duty).where(on_lines, waiting, same).values(next_rung_at=at))


def write_notice(
    tx: Session, *, campaign_id: int, unit_id: int, kind: str, title: str, body: str, now: datetime, channel: str = "webhook", audience: str = "contact"
) -> int:
    """A notice with a text of its own (a bulletin, an adjustment), issued at once."""
    batch = tx.execute(
        select(func.count()).select_from(_notice).where(_notice.c.campaign_id == campaign_id, _notice.c.unit_id == unit_id, _notice.c.kind == kind)
    ).scalar_one()
    notice_id: int = tx.execute(
        insert(_notice).values(campaign_id=campaign_id, unit_id=unit_id, kind=kind, rung=0, day=campaign_day(now), batch=batch + 1, state="open",
                               title=title[:300], body=body, created_at=now).returning(_notice.c.id)
    ).scalar_one()  # fmt: skip
    add_deliveries(tx, [notice_id], channel=channel, audience=audience, now=now)
    return notice_id
