"""What is due at all, and when something will be, each asked in one statement: the clock's questions, the first mostly answered by six times nothing.

Every part is a look-up in an index, or a walk over campaigns and phases, of which there are hundreds. Rehearsals live in their own time: their
duties are never read, however long they are overdue by ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Boolean, bindparam, column, text
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Series
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.calendar import due_at_of_day


@dataclass(frozen=True, slots=True)
class Due:
    phase: bool
    duty: bool
    series: bool
    digest: bool
    bulletin: bool
    delivery: bool


def kinds_due(tx: Session, now: datetime, today: date, horizon: date) -> Due:
    """Of each kind: is anything due? Series are to be grown up to `horizon`."""
    return Due(*tx.execute(_KINDS_DUE, {"now": now, "today": today, "horizon": horizon}).one())


def next_at(tx: Session) -> datetime | None:
    """When anything of campaigns that live in our time is due next: a rung, a sending, a bulletin, a digest, a pass of a phase or its first day."""
    times = tx.execute(_NEXT).one()
    day = times[-1]
    known = [*times[:-1], due_at_of_day(day - timedelta(days=1)) if day else None]
    return min((at for at in known if at is not None), default=None)


_LIVE = "c.state = 'launched' AND NOT c.rehearsal"
_ASKED = f"""
    SELECT
    EXISTS (SELECT 1 FROM phase p JOIN campaign c ON c.id = p.campaign_id
        WHERE {_LIVE} AND ((p.state = 'planned' AND p.starts_on <= :today) OR (p.state = 'open' AND p.next_pass_at <= :now))) AS phase,
    EXISTS (SELECT 1 FROM campaign c WHERE NOT c.rehearsal
        AND (SELECT min(d.next_rung_at) FROM duty d WHERE d.campaign_id = c.id AND d.next_rung_at IS NOT NULL) <= :now) AS duty,
    EXISTS (SELECT 1 FROM series s JOIN campaign c ON c.id = s.campaign_id JOIN phase p ON p.id = s.phase_id
        WHERE s.state = 'active' AND s.next_on <= :horizon AND p.state = 'open' AND {_LIVE}) AS series,
    EXISTS (SELECT 1 FROM campaign c WHERE {_LIVE} AND c.next_digest_at <= :now) AS digest,
    EXISTS (SELECT 1 FROM campaign c WHERE {_LIVE} AND c.next_bulletin_at <= :now) AS bulletin,
    EXISTS (SELECT 1 FROM delivery v JOIN notice n ON n.id = v.notice_id JOIN campaign c ON c.id = n.campaign_id
        WHERE v.next_attempt_at <= :now AND NOT c.rehearsal) AS delivery"""  # noqa: S608 - constants
_KINDS_DUE = (
    text(_ASKED)
    .bindparams(
        bindparam("now", type_=duty.c.next_rung_at.type),
        bindparam("today", type_=table_of(Series).c.next_on.type),
        bindparam("horizon", type_=table_of(Series).c.next_on.type),
    )
    .columns(phase=Boolean(), duty=Boolean(), series=Boolean(), digest=Boolean(), bulletin=Boolean(), delivery=Boolean())
)

_PHASE_OF = f"FROM phase p JOIN campaign c ON c.id = p.campaign_id WHERE {_LIVE}"
# Said though min() skips NULLs: without IS NOT NULL SQLite may not use the partial index of rungs, and reads every duty of the campaign.
_TIMES = f"""
    SELECT
    (SELECT min(first) FROM (
        SELECT (SELECT min(d.next_rung_at) FROM duty d WHERE d.campaign_id = c.id AND d.next_rung_at IS NOT NULL) AS first
        FROM campaign c WHERE NOT c.rehearsal) AS rungs) AS rung,
    (SELECT min(v.next_attempt_at) FROM delivery v WHERE v.next_attempt_at IS NOT NULL
        AND EXISTS (SELECT 1 FROM notice n JOIN campaign c ON c.id = n.campaign_id WHERE n.id = v.notice_id AND NOT c.rehearsal)) AS attempt,
    (SELECT min(c.next_bulletin_at) FROM campaign c WHERE {_LIVE}) AS bulletin,
    (SELECT min(c.next_digest_at) FROM campaign c WHERE {_LIVE}) AS digest,
    (SELECT min(p.next_pass_at) {_PHASE_OF} AND p.state = 'open') AS pass,
    (SELECT min(p.starts_on) {_PHASE_OF} AND p.state = 'planned') AS opens"""  # noqa: S608 - constants
_TIME = duty.c.next_rung_at.type
_NEXT = text(_TIMES).columns(
    column("rung", _TIME), column("attempt", _TIME), column("bulletin", _TIME), column("digest", _TIME), column("pass", _TIME),
    column("opens", table_of(Series).c.next_on.type),
)  # fmt: skip
