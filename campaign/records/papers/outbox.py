"""The outbox: notices collected in the transaction that caused them, claimed by a sender, and every attempt recorded.

Numbers of documents are given when a notice is closed for sending (`numbers`). Refuses to send: that is `campaign.notices`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import Update, and_, func, insert, select
from sqlmodel import Session

from campaign.records.duty.duties import clock_of
from campaign.records.papers import outbox_statements as statements
from campaign.records.papers.letterhead import SIGNATORY, letterheads
from campaign.records.papers.manners import Admission, hold_back
from campaign.records.papers.numbers import give_numbers
from campaign.records.statements import add_new, chunks, table_of
from campaign.records.tables import Attempt, Delivery, Notice, RungRow, Unit
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import LISTS_OTHERS, Relation, form_for

CLAIM_FOR = timedelta(minutes=2)
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
_notice, _delivery, _unit, _rung = (table_of(model) for model in (Notice, Delivery, Unit, RungRow))


@dataclass(frozen=True, slots=True)
class Line:
    duty_id: int
    title: str
    due_at: datetime | None
    reason: str | None = None
    ended: bool = False
    """Told of although it is owed no more."""


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
    batch: int = 0,
    send_at: datetime | None = None,
    notes: Mapping[int, str] = MappingProxyType({}),
) -> int:
    """Add duties (unit_id, duty_id) to each unit's open notice of this kind and day, making it and its delivery; answers how many notices were touched.

    `notes` say of a duty what its line shall say.
    """
    units = sorted({unit_id for unit_id, _ in duties})
    if not units:
        return 0
    day = campaign_day(now)
    tx.execute(statements.COLLECT, [
        {"campaign_id": campaign_id, "unit_id": unit, "kind": kind, "day": day, "batch": batch, "created_at": now, "pass_id": pass_id} for unit in units
    ])  # fmt: skip
    asked = {"b_campaign": campaign_id, "b_kind": kind, "b_day": day, "b_batch": batch, "b_ids": units}
    found = {row.unit_id: row.id for row in tx.execute(statements.COLLECTING_TODAY, asked).all()}
    add_deliveries(tx, sorted(found.values()), channel=channel, audience=audience, now=send_at or now)
    tx.execute(statements.LIST, [{"notice_id": found[unit], "duty_id": duty_id, "note": notes.get(duty_id)} for unit, duty_id in duties])
    return len(found)


def add_deliveries(tx: Session, notice_ids: Iterable[int], *, channel: str, audience: str, now: datetime, number: int = 1) -> None:
    rows = [
        {"notice_id": notice_id, "number": number, "channel": channel, "audience": audience, "state": "pending", "idempotency_key": f"n{notice_id}-{number}",
         "attempts": 0, "next_attempt_at": now, "recipients": []}
        for notice_id in notice_ids
    ]  # fmt: skip
    for part in chunks(rows, 1000):
        add_new(tx, Delivery, part)


def claim(
    tx: Session,
    now: datetime,
    limit: int,
    holder: str,
    *,
    campaign_id: int | None = None,
    admission: Callable[[Sequence[Any]], Admission] | None = None,
    with_lines: bool = True,
) -> list[Outgoing]:
    """Take up to `limit` deliveries that are due, closing and numbering their notices. A sender that dies leaves them due again in two minutes.

    `admission` says of what may go out now whether its people still take messages today; without `with_lines` what the papers list is not read.
    """
    chosen = statements.due_ids(campaign_id is not None, tx.get_bind().dialect.name == "postgresql")
    due = tx.execute(chosen, {"b_now": now, "b_limit": limit} | ({} if campaign_id is None else {"b_campaign": campaign_id})).scalars().all()
    going = hold_back(tx, list(due), now, admission)
    if not going:
        return []
    _record_lost(tx, [row for row in going if row.state == "sending"], now)
    taken = [row.id for row in going]
    claimed = tx.execute(statements.TAKE, {"b_ids": taken, "b_holder": holder, "b_until": now + CLAIM_FOR}).all()
    _close(tx, sorted({row.notice_id for row in claimed}), now)
    return _outgoing(tx, [row.id for row in claimed], with_lines=with_lines)


def _record_lost(tx: Session, lost: Sequence[Any], now: datetime) -> None:
    """A claim that ran out is an attempt of which nobody knows the end: it may have arrived, so the repetition may arrive twice."""
    add_new(tx, Attempt, [
        {"delivery_id": row.id, "number": row.attempts, "at": now, "outcome": "unknown", "detail": "发送中断，结果不明，以同一编号再发"} for row in lost
    ])  # fmt: skip


def _close(tx: Session, notices: list[int], now: datetime) -> None:
    """No line is added after this. A notice whose lines are all finished is not sent at all."""
    ours = {"b_ids": notices}
    if tx.get_bind().dialect.name == "postgresql":
        # Locked by a statement of its own: the next one must see the lines of a sweep that held the row until a moment ago.
        tx.execute(statements.LOCK_NOTICES, ours)
    empty = tx.execute(statements.DROP_EMPTY, ours).scalars().all()
    if empty:
        tx.execute(statements.CANCEL_EMPTY, {"b_ids": empty})
    tx.execute(statements.ISSUE, ours | {"b_now": now})
    numbered = tx.execute(statements.TO_NUMBER, ours).all()
    give_numbers(tx, [(row.id, row.campaign_id, row.kind) for row in numbered], now)


def _outgoing(tx: Session, delivery_ids: list[int], *, with_lines: bool) -> list[Outgoing]:
    rows = tx.execute(statements.OUTGOING, {"b_ids": delivery_ids}).all()
    lines = lines_of(tx, [row.notice_id for row in rows], {row.notice_id for row in rows if row.kind in LISTS_OTHERS}) if with_lines else {}
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
    rows = tx.execute(statements.LINES, {"b_ids": list(notice_ids)}).all()
    owners = {row.unit_id for row in rows if row.notice_id in with_unit}
    names = {row.id: row.name for row in tx.execute(statements.UNIT_NAMES, {"b_ids": owners})} if owners else {}
    for row in rows:
        title = f"{names[row.unit_id]}：{row.title}" if row.notice_id in with_unit else row.title
        found.setdefault(row.notice_id, []).append(Line(row.id, title, row.due_at, row.said, row.ended))
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
    ours = tx.execute(statements.CLAIMED, {"b_ids": list(by_id), "b_holder": holder}).all()
    add_new(tx, Attempt, [
        {"delivery_id": row.id, "number": row.attempts, "at": now, "outcome": by_id[row.id].outcome, "detail": by_id[row.id].detail[:500]} for row in ours
    ])  # fmt: skip
    arrived = [row for row in ours if by_id[row.id].outcome == "delivered"]
    again = [row for row in ours if by_id[row.id].outcome in ("failed", "unknown") and row.attempts <= len(RETRY_AFTER)]
    _each(tx, statements.SETTLE, [{"b_id": row.id, "b_now": now, "b_recipients": list(by_id[row.id].recipients)} for row in arrived])
    _each(tx, statements.PUT_OFF, [{"b_id": row.id, "b_again_at": now + RETRY_AFTER[row.attempts - 1]} for row in again])
    mark_delivered(tx, sorted({row.notice_id for row in arrived}), now)
    settled = {row.id for row in (*arrived, *again)}
    failed = [row for row in ours if row.id not in settled]
    if failed:
        tx.execute(statements.FAIL, {"b_ids": [row.id for row in failed]})
    return [row.notice_id for row in failed if not _fall_over(tx, row, now)]


def _each(tx: Session, statement: Update, rows: list[dict[str, Any]]) -> None:
    """One statement for many rows, each with its own values; the ORM would take it for its bulk update by primary key."""
    if rows:
        tx.connection().execute(statement, rows)


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
    fresh = tx.execute(statements.ARRIVED, {"b_ids": notice_ids, "b_now": now}).scalars().all()
    if not fresh:
        return
    armed: dict[datetime, list[int]] = {}
    # Neighbours by id mostly ask the same question: one item, its many units.
    for (campaign_id, ladder_id, rung, due_at, floor_rung), alike in groupby(tx.execute(statements.TO_ARM, {"b_ids": fresh}).all(), itemgetter(slice(1, None))):
        at = clock_of(tx, campaign_id).after(ladder_id, rung, due_at, now, floor_rung)
        if at is not None:
            armed.setdefault(at, []).extend(row.id for row in alike)
    for at, ids in armed.items():
        tx.execute(statements.ARM, {"b_ids": ids, "b_at": at})


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
