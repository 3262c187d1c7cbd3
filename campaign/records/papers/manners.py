"""When a message may go out: not at night, not on rest days, one paper a unit and day, three messages at most for a unit and for a
person. What must wait is postponed, never lost.

Asked when a delivery is claimed, so that it holds for whatever made the delivery and after any outage. A notice that began to go out goes on:
its retries and its other channels are the same message. Urgent rungs (the inspectors are in the house) go out at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, false, func, not_, select, update
from sqlmodel import Session

from campaign.records.planning.calendars import calendar_of
from campaign.records.statements import among, one_of_words, table_of
from campaign.records.tables import Campaign, Delivery, Event, Notice, RungRow, Unit
from campaign.rules.calendar import CAMPAIGN_ZONE, campaign_day
from campaign.rules.papers import BULLETINS, SUMMARY
from campaign.rules.sending import Window, next_sending, window_of

MESSAGES_A_DAY = 3
PAPERS_A_DAY = 1
PAPERS_A_MONTH = 30
_delivery, _notice, _rung, _event, _unit = (table_of(model) for model in (Delivery, Notice, RungRow, Event, Unit))
_own_rung = and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung)
_NUMBERED = func.coalesce(_rung.c.numbered, false()).label("numbered")

# Built once: every sending asks all of them.
_ASKED = (
    select(_delivery.c.id, _delivery.c.id.label("delivery_id"), _delivery.c.audience, _delivery.c.notice_id, _delivery.c.state, _delivery.c.attempts,
           _notice.c.kind, _notice.c.body.is_not(None).label("has_body"), _notice.c.unit_id, _notice.c.campaign_id, _notice.c.sent_on, _notice.c.rung,
           func.coalesce(_rung.c.urgent, false()).label("urgent"), _NUMBERED)
    .join(_notice, _notice.c.id == _delivery.c.notice_id)
    .outerjoin(_rung, _own_rung)
    .where(among(_delivery.c.id))
)  # fmt: skip
_SENT = (
    select(_notice.c.unit_id, _NUMBERED, func.count().label("count"))
    .outerjoin(_rung, _own_rung)
    .where(among(_notice.c.unit_id), _notice.c.sent_on == bindparam("b_today"), _notice.c.kind != SUMMARY)
    .group_by(_notice.c.unit_id, "numbered")
)
_POSTPONE = update(_delivery).where(among(_delivery.c.id)).values(next_attempt_at=bindparam("b_at"))
_BEGIN = (
    update(_notice)
    .where(among(_notice.c.id), _notice.c.sent_on.is_(None))
    .values(sent_on=bindparam("b_today"), unit_name=select(_unit.c.name).where(_unit.c.id == _notice.c.unit_id).scalar_subquery())
)
# The + 0 keeps both databases off the index of the campaign, which holds all years: a unit's papers of a month have one of their own.
_IN_MONTH = (
    select(_unit.c.id, _unit.c.name, func.count())
    .join(_notice, _notice.c.unit_id == _unit.c.id)
    .where(_notice.c.campaign_id + 0 == bindparam("b_campaign"), _notice.c.number.is_not(None))
    .where(_notice.c.sent_on >= bindparam("b_first"), _notice.c.sent_on < bindparam("b_end"), not_(one_of_words(_notice.c.kind, BULLETINS)))
    .group_by(_unit.c.id, _unit.c.name)
    .order_by(func.count().desc(), _unit.c.id)
)
_IN_MONTH_OF = _IN_MONTH.where(among(_notice.c.unit_id))


class Admission(Protocol):
    """Do the people of a delivery take one more message today? Asked in the order of sending, of what else may go out."""

    def admits(self, row: Any) -> bool: ...


def hold_back(tx: Session, delivery_ids: Sequence[int], now: datetime, admission: Callable[[Sequence[Any]], Admission] | None = None) -> list[Any]:
    """Of due deliveries those that may go out now, as rows with `id`, `state` and `attempts`; the others are due again when they may."""
    rows = tx.execute(_ASKED, {"b_ids": delivery_ids}).all()
    persons = admission(rows) if admission is not None and rows else None
    today = campaign_day(now)
    sent, papers = _sent_today(tx, sorted({row.unit_id for row in rows}), today)
    windows: dict[int, Window] = {}
    opens: dict[int, datetime] = {}
    go: list[Any] = []
    later: dict[datetime, list[int]] = {}
    first: list[int] = []
    for row in sorted(rows, key=lambda row: (row.kind != SUMMARY, not row.numbered, -row.rung, row.id)):
        calendar = calendar_of(tx, row.campaign_id)
        if row.campaign_id not in windows:
            windows[row.campaign_id] = window_of(tx.get_one(Campaign, row.campaign_id).settings)
        window = windows[row.campaign_id]
        if row.campaign_id not in opens:
            opens[row.campaign_id] = next_sending(now, calendar, window)
        at = now if row.urgent else opens[row.campaign_id]
        fresh = row.sent_on is None
        crowded = papers[row.unit_id] >= PAPERS_A_DAY if row.numbered else sent[row.unit_id] >= MESSAGES_A_DAY and row.kind != SUMMARY
        if at <= now and fresh and crowded and not row.urgent:
            at = next_sending(now, calendar, window, after_today=True)
        if at <= now and persons is not None and not persons.admits(row):
            at = next_sending(now, calendar, window, after_today=True)
        if at > now:
            later.setdefault(at, []).append(row.id)
            continue
        go.append(row)
        if fresh:
            first.append(row.notice_id)
            sent[row.unit_id] += row.kind != SUMMARY
            papers[row.unit_id] += bool(row.numbered)
    for at, ids in later.items():
        tx.execute(_POSTPONE, {"b_ids": ids, "b_at": at})
    if first:
        tx.execute(_BEGIN, {"b_ids": first, "b_today": today})
    return go


def _sent_today(tx: Session, unit_ids: Sequence[int], today: date) -> tuple[Counter[int], Counter[int]]:
    """Messages and papers that began to go out to these units today, whatever the campaign."""
    sent, papers = Counter[int](), Counter[int]()
    for row in tx.execute(_SENT, {"b_ids": unit_ids, "b_today": today}).all():
        sent[row.unit_id] += row[2]
        if row.numbered:
            papers[row.unit_id] += row[2]
    return sent, papers


def papers_in_month(tx: Session, campaign_id: int, month: date, unit_ids: Collection[int] | None = None) -> list[tuple[int, str, int]]:
    """(unit id, unit, numbered papers) of a month, most first: a burden that is shown, and may have a cap. Bulletins ask nothing of anybody.

    Of all units, or of those that are named.
    """
    first = month.replace(day=1)
    asked = {"b_campaign": campaign_id, "b_first": first, "b_end": (first + timedelta(days=32)).replace(day=1)}
    found = tx.execute(_IN_MONTH, asked) if unit_ids is None else tx.execute(_IN_MONTH_OF, asked | {"b_ids": unit_ids})
    return [(row[0], row[1], row[2]) for row in found.all()]


def already_warned(tx: Session, campaign_id: int, month: date) -> set[int]:
    """Units of which the log says already that their cap of this month is exceeded."""
    since = datetime.combine(month.replace(day=1), time.min, CAMPAIGN_ZONE)
    rows = select(_event.c.subject_id).where(_event.c.campaign_id == campaign_id, _event.c.verb == "paper_cap", _event.c.at >= since)
    return set(tx.execute(rows).scalars())
