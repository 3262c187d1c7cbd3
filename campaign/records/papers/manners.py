"""When a message may go out: not at night, not on rest days, one paper a unit and day, three messages at most for a unit and for a
person. What must wait is postponed, never lost.

Asked when a delivery is claimed, so that it holds for whatever made the delivery and after any outage. A notice that began to go out goes on:
its retries and its other channels are the same message. Urgent rungs (the inspectors are in the house) go out at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import and_, func, select, update
from sqlmodel import Session

from campaign.records.planning.calendars import calendar_of
from campaign.records.statements import chunks, table_of
from campaign.records.tables import Campaign, Delivery, Event, Notice, RungRow, Unit
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day
from campaign.rules.papers import BULLETINS, SUMMARY
from campaign.rules.sending import Window, next_sending, window_of

MESSAGES_A_DAY = 3
PAPERS_A_DAY = 1
PAPERS_A_MONTH = 30
_delivery, _notice, _rung, _campaign, _event, _unit = (table_of(model) for model in (Delivery, Notice, RungRow, Campaign, Event, Unit))


class Admission(Protocol):
    """Do the people of a delivery take one more message today? Asked in the order of sending, of what else may go out."""

    def admits(self, row: Any) -> bool: ...


def hold_back(tx: Session, delivery_ids: Sequence[int], now: datetime, admission: Callable[[Sequence[Any]], Admission] | None = None) -> list[int]:
    """Of due deliveries those that may go out now; the others are due again when they may."""
    rows = _rows(tx, delivery_ids)
    persons = admission(rows) if admission is not None and rows else None
    today = campaign_day(now)
    sent, papers = _sent_today(tx, sorted({row.unit_id for row in rows}), today)
    windows: dict[int, Window] = {}
    go: list[int] = []
    later: dict[datetime, list[int]] = {}
    first: list[int] = []
    for row in sorted(rows, key=lambda row: (row.kind != SUMMARY, not row.numbered, -row.rung, row.id)):
        calendar = calendar_of(tx, row.campaign_id)
        if row.campaign_id not in windows:
            windows[row.campaign_id] = window_of(tx.execute(select(_campaign.c.settings).where(_campaign.c.id == row.campaign_id)).scalar_one())
        window = windows[row.campaign_id]
        at = now if row.urgent else next_sending(now, calendar, window)
        fresh = row.sent_on is None
        crowded = papers[row.unit_id] >= PAPERS_A_DAY if row.numbered else sent[row.unit_id] >= MESSAGES_A_DAY and row.kind != SUMMARY
        if at <= now and fresh and crowded and not row.urgent:
            at = next_sending(now, calendar, window, after_today=True)
        if at <= now and persons is not None and not persons.admits(row):
            at = next_sending(now, calendar, window, after_today=True)
        if at > now:
            later.setdefault(at, []).append(row.id)
            continue
        go.append(row.id)
        if fresh:
            first.append(row.notice_id)
            sent[row.unit_id] += row.kind != SUMMARY
            papers[row.unit_id] += bool(row.numbered)
    for at, ids in later.items():
        for part in chunks(ids, 900):
            tx.execute(update(_delivery).where(_delivery.c.id.in_(part)).values(next_attempt_at=at))
    for part in chunks(first, 900):
        named = select(_unit.c.name).where(_unit.c.id == _notice.c.unit_id).scalar_subquery()
        tx.execute(update(_notice).where(_notice.c.id.in_(part), _notice.c.sent_on.is_(None)).values(sent_on=today, unit_name=named))
    return go


def _rows(tx: Session, delivery_ids: Sequence[int]) -> list[Any]:
    rung = and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung)
    found: list[Any] = []
    for part in chunks(delivery_ids, 900):
        rows = (
            select(_delivery.c.id, _delivery.c.id.label("delivery_id"), _delivery.c.audience, _delivery.c.notice_id,
                   _notice.c.kind, _notice.c.body.is_not(None).label("has_body"), _notice.c.unit_id, _notice.c.campaign_id, _notice.c.sent_on, _notice.c.rung,
                   func.coalesce(_rung.c.urgent, False).label("urgent"), func.coalesce(_rung.c.numbered, False).label("numbered"))
            .join(_notice, _notice.c.id == _delivery.c.notice_id)
            .outerjoin(_rung, rung)
            .where(_delivery.c.id.in_(part))
        )  # fmt: skip
        found += tx.execute(rows).all()
    return found


def _sent_today(tx: Session, unit_ids: Sequence[int], today: date) -> tuple[Counter[int], Counter[int]]:
    """Messages and papers that began to go out to these units today, whatever the campaign."""
    rung = and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung)
    sent, papers = Counter[int](), Counter[int]()
    for part in chunks(unit_ids, 900):
        rows = (
            select(_notice.c.unit_id, func.coalesce(_rung.c.numbered, False).label("numbered"), func.count().label("count"))
            .outerjoin(_rung, rung)
            .where(_notice.c.unit_id.in_(part), _notice.c.sent_on == today, _notice.c.kind != SUMMARY)
            .group_by(_notice.c.unit_id, "numbered")
        )
        for row in tx.execute(rows):
            sent[row.unit_id] += row[2]
            if row.numbered:
                papers[row.unit_id] += row[2]
    return sent, papers


def papers_in_month(tx: Session, campaign_id: int, month: date) -> list[tuple[int, str, int]]:
    """(unit id, unit, numbered papers) of a month, most first: a burden that is shown, and may have a cap. Bulletins ask nothing of anybody."""
    first = month.replace(day=1)
    end = (first + timedelta(days=32)).replace(day=1)
    rows = (
        select(_unit.c.id, _unit.c.name, func.count())
        .join(_notice, _notice.c.unit_id == _unit.c.id)
        .where(_notice.c.campaign_id == campaign_id, _notice.c.number.is_not(None), _notice.c.sent_on >= first, _notice.c.sent_on < end)
        .where(_notice.c.kind.not_in(BULLETINS))
        .group_by(_unit.c.id, _unit.c.name)
        .order_by(func.count().desc(), _unit.c.id)
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(rows)]


def already_warned(tx: Session, campaign_id: int, month: date) -> set[int]:
    """Units of which the log says already that their cap of this month is exceeded."""
    since = datetime.combine(month.replace(day=1), time.min, CAMPAIGN_ZONE)
    rows = select(_event.c.subject_id).where(_event.c.campaign_id == campaign_id, _event.c.verb == "paper_cap", _event.c.at >= since)
    return set(tx.execute(rows).scalars())
